using FluentAssertions;
using Xunit;
using Zaqar.Infrastructure.Delivery;
using Zaqar.Integration.Delivery.Sinks;

namespace Zaqar.Integration.Delivery;

/// <summary>Where redirects lead a delivery, and where not.</summary>
public class WebhookRedirectTests : Delivering
{
    private const string Secrets = """{"post_headers": {"X-Auth-Token": "t", "Authorization": "Bearer b", "X-Mine": "m", "Content-Type": "text/plain"}}""";

    [Theory, InlineData(301), InlineData(302), InlineData(307), InlineData(308)]
    public async Task a_move_is_followed_with_the_message(int status)
    {
        (await Send(Sink.Answers("/old", SinkAnswer.Redirect(status, "/new?x=1")))).Should().Be(new Outcome.Delivered(200));

        var request = Sink.RequestsTo("/new").Should().ContainSingle().Subject;
        request.Method.Should().Be("POST");
        request.Target.Should().Be("/new?x=1");
        request.Text.Should().Be(Document);
        request.Headers.Should().Contain("X-Auth-Token", "t").And.Contain("Authorization", "Bearer b").And.Contain("X-Mine", "m").And.Contain("Content-Type", "text/plain");
    }

    [Fact]
    public async Task where_to_look_after_the_message_was_taken_is_looked_at_without_it()
    {
        (await Send(Sink.Answers("/old", SinkAnswer.Redirect(303, "/new")))).Should().Be(new Outcome.Delivered(200));

        var request = Sink.RequestsTo("/new").Should().ContainSingle().Subject;
        request.Method.Should().Be("GET");
        request.Body.Should().BeEmpty();
        request.Headers.Keys.Should().NotContain("Content-Type");
    }

    [Fact]
    public async Task secrets_do_not_follow_to_another_server()
    {
        await using var other = await WebhookSink.Start();

        (await Send(Sink.Answers("/old", SinkAnswer.Redirect(307, other.At("/new"))))).Should().Be(new Outcome.Delivered(200));

        var request = other.Requests.Should().ContainSingle().Subject;
        request.Text.Should().Be(Document);
        request.Headers.Should().Contain("X-Mine", "m").And.NotContainKey("X-Auth-Token").And.NotContainKey("Authorization");
    }

    [Fact]
    public async Task the_answer_at_the_end_counts() =>
        (await Send(Sink.Answers("/old", SinkAnswer.Redirect(307, Sink.Answers("/new", SinkAnswer.Status(500)))))).Should().BeOfType<Outcome.TryAgain>();

    [Fact]
    public async Task three_moves_are_followed()
    {
        (await Send(Chain(3))).Should().Be(new Outcome.Delivered(200));

        Sink.Requests.Should().HaveCount(4);
    }

    [Fact]
    public async Task four_moves_are_not()
    {
        (await Send(Chain(4))).Should().BeOfType<Outcome.Refused>();

        Sink.Requests.Should().HaveCount(4);
    }

    [Theory]
    [InlineData("http://127.0.0.2:1/")]
    [InlineData("http://10.0.0.1/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://[::ffff:10.0.0.1]/")]
    [InlineData("http://0x0a000001/")]
    [InlineData("ftp://127.0.0.1/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("mailto:joe@example.com")]
    public async Task a_move_to_where_the_guard_lets_nobody_is_refused(string location) =>
        (await Send(Sink.Answers("/old", SinkAnswer.Redirect(307, location)))).Should().BeOfType<Outcome.Refused>();

    [Fact]
    public async Task a_move_from_https_to_http_is_refused()
    {
        Sink.Answers("/old", SinkAnswer.Redirect(307, Sink.At("/new")));

        var outcome = await new WebhookDriver(TrustingSender()).Send(Notice(new Uri(Sink.Https, "old").AbsoluteUri, Secrets), default);

        outcome.Should().BeOfType<Outcome.Refused>();
        Sink.RequestsTo("/new").Should().BeEmpty();
    }

    [Fact]
    public async Task a_move_from_http_to_https_is_followed()
    {
        Sink.Answers("/old", SinkAnswer.Redirect(307, new Uri(Sink.Https, "new").AbsoluteUri));

        (await new WebhookDriver(TrustingSender()).Send(Notice(Sink.At("/old"), Secrets), default)).Should().Be(new Outcome.Delivered(200));
    }

    [Fact]
    public async Task all_moves_share_one_time_out()
    {
        Sink.Answers("/new", SinkAnswer.Hang);

        (await new WebhookDriver(Sender(TimeSpan.FromMilliseconds(300))).Send(Notice(Sink.Answers("/old", SinkAnswer.Redirect(307, "/new"))), default))
            .Should().BeOfType<Outcome.TryAgain>();
    }

    private string Chain(int moves)
    {
        for (var i = 1; i <= moves; i++)
            Sink.Answers($"/{i}", SinkAnswer.Redirect(307, $"/{i + 1}"));

        return Sink.At("/1");
    }

    private Task<Outcome> Send(string subscriber) => new WebhookDriver(Sender()).Send(Notice(subscriber, Secrets), default);
}
