using System.Text;
using FluentAssertions;
using Microsoft.Extensions.Logging.Abstractions;
using MimeKit;
using Xunit;
using Zaqar.Infrastructure.Delivery;
using Zaqar.Integration.Delivery.Sinks;

namespace Zaqar.Integration.Delivery;

/// <summary>Mail to a server of the operator's, over real connections.</summary>
public class SmtpTests
{
    [Fact]
    public async Task a_server_on_this_machine_may_be_spoken_to_openly()
    {
        await using var server = SmtpSink.Start(offersTls: false);

        (await Send(server, SmtpSecurity.None)).Should().Be(new Outcome.Delivered(250));

        var mail = server.Mails.Should().ContainSingle().Subject;
        mail.IsEncrypted.Should().BeFalse();
        mail.From.Should().Be("zaqar@example.com");
        mail.Recipients.Should().Equal("joe@example.com");
        var message = await MimeMessage.LoadAsync(new MemoryStream(Encoding.Latin1.GetBytes(mail.Data)));
        message.To.ToString().Should().Be("joe@example.com");
        message.Subject.Should().Be("Grüße");
        message.TextBody!.TrimEnd().Should().Be(Delivering.Document);
    }

    [Fact]
    public async Task without_a_sender_the_envelope_has_none()
    {
        await using var server = SmtpSink.Start(offersTls: false);

        (await Send(server, SmtpSecurity.None, options: "{}")).Should().Be(new Outcome.Delivered(250));

        server.Mails.Should().ContainSingle().Which.From.Should().BeEmpty();
    }

    [Theory, InlineData(SmtpSecurity.Tls), InlineData(SmtpSecurity.StartTls)]
    public async Task mail_goes_by_tls(SmtpSecurity security)
    {
        await using var server = SmtpSink.Start(tlsFromStart: security == SmtpSecurity.Tls);

        (await Send(server, security, password: SmtpSink.Password)).Should().Be(new Outcome.Delivered(250));

        var mail = server.Mails.Should().ContainSingle().Subject;
        mail.IsEncrypted.Should().BeTrue();
        mail.User.Should().Be(SmtpSink.User);
    }

    [Theory, InlineData(SmtpSecurity.Tls), InlineData(SmtpSecurity.StartTls)]
    public async Task a_certificate_that_nobody_trusts_is_tried_again_without_a_word_said(SmtpSecurity security)
    {
        await using var server = SmtpSink.Start(tlsFromStart: security == SmtpSecurity.Tls);

        (await Send(server, security, password: SmtpSink.Password, isTrusted: false)).Should().BeOfType<Outcome.TryAgain>();

        server.Verbs.Should().NotContain("AUTH").And.NotContain("MAIL");
    }

    [Fact]
    public async Task a_server_that_offers_no_tls_gets_no_mail()
    {
        await using var server = SmtpSink.Start(offersTls: false);

        (await Send(server, SmtpSecurity.StartTls, password: SmtpSink.Password)).Should().BeOfType<Outcome.TryAgain>();

        server.Verbs.Should().NotContain("AUTH").And.NotContain("MAIL");
    }

    [Fact]
    public async Task a_wrong_password_is_the_operators_to_mend()
    {
        await using var server = SmtpSink.Start();

        (await Send(server, SmtpSecurity.StartTls, password: "wrong")).Should().BeOfType<Outcome.TryAgain>();

        server.Verbs.Should().NotContain("MAIL");
    }

    [Theory]
    [InlineData("MAIL", "553 who are you?", 553)]
    [InlineData("RCPT", "550 5.1.1 nobody of that name", 550)]
    [InlineData("DATA", "554 no", 554)]
    [InlineData(".", "552 too much", 552)]
    public async Task a_lasting_refusal_ends_the_delivery(string verb, string reply, int status)
    {
        await using var server = SmtpSink.Start().Replies(verb, reply);

        (await Send(server, SmtpSecurity.None)).Should().BeOfType<Outcome.Refused>().Which.Status.Should().Be(status);

        server.Mails.Should().BeEmpty();
    }

    [Theory]
    [InlineData("MAIL", "451 busy", 451)]
    [InlineData("RCPT", "450 come back later", 450)]
    [InlineData("DATA", "421 closing", 421)]
    [InlineData(".", "452 disk full", 452)]
    [InlineData("CONNECT", "554 go away", null)]
    [InlineData("CONNECT", "421 busy", null)]
    [InlineData("CONNECT", "SSH-2.0-OpenSSH_9.2", null)]
    [InlineData("CONNECT", SmtpSink.Drop, null)]
    [InlineData("EHLO", SmtpSink.Drop, null)]
    [InlineData("MAIL", SmtpSink.Drop, null)]
    [InlineData("DATA", SmtpSink.Drop, null)]
    [InlineData(".", SmtpSink.Drop, null)]
    public async Task passing_trouble_is_tried_again(string verb, string reply, int? status)
    {
        await using var server = SmtpSink.Start().Replies(verb, reply);

        (await Send(server, SmtpSecurity.None)).Should().BeOfType<Outcome.TryAgain>().Which.Status.Should().Be(status);

        server.Mails.Should().BeEmpty();
    }

    [Theory, InlineData("CONNECT"), InlineData("RCPT"), InlineData(".")]
    public async Task a_server_that_hangs_is_given_up_and_tried_again(string verb)
    {
        await using var server = SmtpSink.Start().Replies(verb, SmtpSink.Hang);

        (await Send(server, SmtpSecurity.None, timeout: TimeSpan.FromMilliseconds(500))).Should().BeOfType<Outcome.TryAgain>();
    }

    [Theory, InlineData(SmtpSink.Drop), InlineData("500 what?"), InlineData(SmtpSink.Hang)]
    public async Task a_mail_that_was_taken_is_delivered_however_rude_the_farewell(string reply)
    {
        await using var server = SmtpSink.Start().Replies("QUIT", reply);

        (await Send(server, SmtpSecurity.None, timeout: TimeSpan.FromSeconds(2))).Should().Be(new Outcome.Delivered(250));

        server.Mails.Should().ContainSingle();
    }

    [Fact]
    public async Task a_server_that_is_not_there_is_tried_again()
    {
        var server = SmtpSink.Start();
        var port = server.Port;
        await server.DisposeAsync();

        (await Send(port, SmtpSecurity.None, null, null, true, """{"from": "zaqar@example.com"}""")).Should().BeOfType<Outcome.TryAgain>();
    }

    [Fact]
    public async Task who_stops_the_service_is_not_kept_waiting()
    {
        await using var server = SmtpSink.Start().Replies("RCPT", SmtpSink.Hang);
        using var stop = new CancellationTokenSource();
        var (settings, clock) = (new NotificationSettings { SmtpHost = "127.0.0.1", SmtpPort = server.Port, SmtpSecurity = SmtpSecurity.None }, new SetClock());
        var driver = new MailDriver(new SmtpRelay(settings, clock, NullLogger<SmtpRelay>.Instance), settings, clock, NullLogger<MailDriver>.Instance);
        var sending = driver.Send(Delivering.Notice("mailto:joe@example.com"), stop.Token);
        await Eventually.Is(() => server.Verbs.Contains("RCPT"), "the mail is under way");

        await stop.CancelAsync();

        await FluentActions.Awaiting(() => sending).Should().ThrowAsync<OperationCanceledException>();
    }

    private static Task<Outcome> Send(
        SmtpSink server, SmtpSecurity security, string? password = null, TimeSpan? timeout = null, bool isTrusted = true,
        string options = """{"from": "zaqar@example.com", "subject": "Grüße"}""") =>
        Send(server.Port, security, password, timeout, isTrusted, options);

    private static Task<Outcome> Send(int port, SmtpSecurity security, string? password, TimeSpan? timeout, bool isTrusted, string options)
    {
        var settings = new NotificationSettings
        {
            SmtpMode = NotificationSettings.SelfLocal,
            SmtpHost = "127.0.0.1",
            SmtpPort = port,
            SmtpSecurity = security,
            SmtpUserName = password is null ? null : SmtpSink.User,
            SmtpUserPassword = password,
            Timeout = timeout ?? TimeSpan.FromSeconds(20),
        };
        var relay = new SmtpRelay(settings, TimeProvider.System, NullLogger<SmtpRelay>.Instance)
        {
            TrustsCertificate = isTrusted ? TestCertificate.Trusted : null,
        };
        return new MailDriver(relay, settings, TimeProvider.System, NullLogger<MailDriver>.Instance).Send(Delivering.Notice("mailto:joe@example.com", options), default);
    }
}
