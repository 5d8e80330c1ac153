using FluentAssertions;
using Microsoft.Extensions.Logging.Abstractions;
using MimeKit;
using Xunit;
using Zaqar.Infrastructure.Delivery;
using Zaqar.Integration.Delivery.Sinks;
using Zaqar.Integration.Postgres;

namespace Zaqar.Integration.Delivery;

/// <summary>Mail through a program of the operator's: real scripts stand for sendmail.</summary>
public class MailCommandTests
{
    private readonly string _directory = Directory.CreateDirectory(TestDirectory.New()).FullName;

    private string Output => Path.Combine(_directory, "out");

    [Fact]
    public async Task the_program_gets_the_mail_on_its_input()
    {
        (await Send($"/bin/sh {Script("cat > $1")} {Output} unused")).Should().Be(new Outcome.Delivered(0));

        var mail = await MimeMessage.LoadAsync(Output);
        mail.To.ToString().Should().Be("joe@example.com");
        mail.Subject.Should().Be("News");
        mail.TextBody.Should().Be(Delivering.Document);
        (await File.ReadAllTextAsync(Output)).Should().NotContain("\r");
    }

    [Fact]
    public async Task its_arguments_are_split_at_spaces_and_go_through_no_shell()
    {
        await Send($"/bin/sh {Script($"printf '%s|' \"$@\" > {Output}; cat > /dev/null")} -t   -oi $HOME ;id");

        (await File.ReadAllTextAsync(Output)).Should().Be("-t|-oi|$HOME|;id|");
    }

    [Fact]
    public async Task it_sees_nothing_of_our_environment()
    {
        Environment.SetEnvironmentVariable("ZAQAR_TEST_SECRET", "secret");

        await Send($"/bin/sh {Script($"env > {Output}; cat > /dev/null")}");

        (await File.ReadAllTextAsync(Output)).Should().Contain("PATH=").And.NotContain("ZAQAR_TEST_SECRET");
    }

    [Theory, InlineData(65), InlineData(67), InlineData(68)]
    public async Task a_mail_that_is_wrong_for_good_is_refused(int exitCode) =>
        (await Send($"/bin/sh {Script($"cat > /dev/null; exit {exitCode}")}")).Should().BeOfType<Outcome.Refused>();

    [Theory, InlineData(1), InlineData(69), InlineData(75), InlineData(78)]
    public async Task other_trouble_is_tried_again(int exitCode) =>
        (await Send($"/bin/sh {Script($"echo trouble >&2; cat > /dev/null; exit {exitCode}")}")).Should().BeOfType<Outcome.TryAgain>();

    [Fact]
    public async Task a_program_that_is_not_there_is_tried_again() => (await Send("/nowhere/sendmail -t")).Should().BeOfType<Outcome.TryAgain>();

    [Fact]
    public async Task a_program_that_does_not_end_is_killed_with_all_it_started()
    {
        var outcome = await Send($"/bin/sh {Script($"sleep 600 & echo $$ $! > {Output}.new; mv {Output}.new {Output}; wait")}", TimeSpan.FromSeconds(2));

        outcome.Should().BeOfType<Outcome.TryAgain>();
        var processes = (await File.ReadAllTextAsync(Output)).Split();
        await Eventually.Is(() => !processes.Any(id => id.Length > 0 && IsRunning(id)), "the program and its child are gone");
    }

    [Fact]
    public async Task a_program_that_leaves_something_running_is_not_waited_for() =>
        (await Send($"/bin/sh {Script($"cat > /dev/null; sleep 60 & echo $! > {Output}; exit 0")}", TimeSpan.FromSeconds(20))).Should().Be(new Outcome.Delivered(0));

    [Fact]
    public async Task a_program_that_does_not_read_the_whole_mail_has_not_taken_it() =>
        (await Send($"/bin/sh {Script("exec 0<&-; exit 0")}", body: new string('x', 1 << 20))).Should().BeOfType<Outcome.TryAgain>();

    [Fact]
    public async Task a_program_may_write_as_much_as_it_likes() =>
        (await Send($"/bin/sh {Script("cat > /dev/null; head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2")}")).Should().Be(new Outcome.Delivered(0));

    [Fact]
    public async Task a_subscriber_that_is_not_one_address_gets_no_mail()
    {
        var driver = Driver($"/bin/sh {Script($"cat > {Output}")}", null);

        (await driver.Send(Delivering.Notice("mailto:joe@example.com,eve@example.com"), default)).Should().BeOfType<Outcome.Refused>();

        File.Exists(Output).Should().BeFalse();
    }

    [Fact]
    public async Task without_a_page_nobody_is_asked_to_confirm() =>
        (await Driver("/bin/cat", null).Send(Delivering.Notice("mailto:joe@example.com", kind: NoticeKind.SubscriptionConfirmation), default))
            .Should().BeOfType<Outcome.Refused>();

    [Fact]
    public void it_serves_mailto()
    {
        Driver("/bin/cat", null).Serves("MailTo").Should().BeTrue();
        Driver("/bin/cat", null).Serves("http").Should().BeFalse();
    }

    private static bool IsRunning(string id) =>
        File.Exists($"/proc/{id}/stat") && !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);

    private string Script(string text)
    {
        var path = Path.Combine(_directory, Path.GetRandomFileName());
        File.WriteAllText(path, text + "\n");
        return path;
    }

    private static Task<Outcome> Send(string command, TimeSpan? timeout = null, string? body = null)
    {
        var notice = Delivering.Notice("mailto:joe@example.com?subject=News", """{"from": "zaqar@example.com"}""");
        return Driver(command, timeout).Send(body is null ? notice : notice with { Document = System.Text.Encoding.ASCII.GetBytes(body) }, default);
    }

    private static MailDriver Driver(string command, TimeSpan? timeout)
    {
        var (settings, clock) = (new NotificationSettings { SmtpCommand = command, Timeout = timeout ?? TimeSpan.FromSeconds(20) }, new SetClock());
        return new(new MailCommand(settings, clock, NullLogger<MailCommand>.Instance), settings, clock, NullLogger<MailDriver>.Instance);
    }
}
