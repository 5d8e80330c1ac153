using System.Text;
using FluentAssertions;
using MimeKit;
using Xunit;
using Zaqar.Infrastructure.Delivery;

namespace Zaqar.Unit.Delivery;

public class MailTests
{
    private const string Document = """{"ttl": 60, "body": {"u": "\u00e9"}, "Message_Type": "Notification", "queue_name": "q1"}""";
    private static readonly DateTimeOffset _now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly NotificationSettings _settings = new() { ExternalConfirmationUrl = "https://page/" };

    [Fact]
    public void a_notification_is_the_document_in_plain_text()
    {
        var mail = Read(Compose("mailto:joe@example.com", """{"from": "Zaqar <zaqar@example.com>", "subject": "News"}"""));

        mail.To.ToString().Should().Be("joe@example.com");
        mail.From.ToString().Should().Be("\"Zaqar\" <zaqar@example.com>");
        mail.Subject.Should().Be("News");
        mail.TextBody.Should().Be(Document);
        mail.Date.Should().Be(_now);
        mail.Body!.ContentType.MimeType.Should().Be("text/plain");
    }

    [Fact]
    public void every_attempt_has_the_same_message_id() => Read(Compose("mailto:joe@example.com", "{}")).MessageId.Should().Be("d1@zaqar");

    [Fact]
    public void nobody_and_nothing_may_stand_for_sender_and_subject()
    {
        var mail = Compose("mailto:joe@example.com", """{"from": "", "subject": null}""");

        mail.Sender.Should().BeNull();
        mail.Message.Headers.Contains(HeaderId.From).Should().BeFalse();
        Read(mail).Subject.Should().BeNullOrEmpty();
    }

    [Theory]
    [InlineData("mailto:joe@example.com?subject=Of%20the%20URI", "Of the URI")]
    [InlineData("MAILTO:joe@example.com?Subject=caf%C3%A9", "café")]
    [InlineData("mailto:joe@example.com?subject=one&subject=two", "one")]
    [InlineData("mailto:joe@example.com?subject=", "Of the options")]
    [InlineData("mailto:joe@example.com", "Of the options")]
    public void the_subject_of_the_uri_takes_precedence(string subscriber, string subject) =>
        Read(Compose(subscriber, """{"subject": "Of the options"}""")).Subject.Should().Be(subject);

    [Theory]
    [InlineData("a\r\nBcc: eve@example.com")]
    [InlineData("a\nBcc: eve@example.com\n\nbody")]
    [InlineData("a\u2028\u0000b")]
    [InlineData("Grüße 😀 an alle, die mehr als eine Zeile lang lesen möchten, und noch einige mehr dazu, weil es so schön ist")]
    public void a_subject_stays_one_header(string subject)
    {
        var mail = Compose("mailto:joe@example.com", $$"""{"subject": {{System.Text.Json.JsonSerializer.Serialize(subject)}}}""");

        var read = Read(mail);
        read.Headers.Select(header => header.Field).Should().BeEquivalentTo("Date", "Subject", "Message-Id", "To", "Auto-Submitted", "MIME-Version");
        read.TextBody.Should().Be(Document);
        Bytes(mail).Should().OnlyContain(octet => octet < 128);
        if (!subject.Any(char.IsControl))
            read.Subject.Should().Be(subject);
    }

    [Theory]
    [InlineData("mailto:")]
    [InlineData("mailto:joe")]
    [InlineData("mailto:joe@example.com,eve@example.com")]
    [InlineData("mailto:joe@example.com%2Ceve@example.com")]
    [InlineData("mailto:joe@example.com%0D%0ABcc:eve@example.com")]
    [InlineData("mailto:joe@example.com?cc=eve@example.com")]
    [InlineData("mailto:joe@example.com?bcc=eve@example.com&subject=x")]
    [InlineData("mailto:friends:joe@example.com,eve@example.com;")]
    public void there_is_exactly_one_recipient_or_no_mail(string subscriber) =>
        FluentActions.Invoking(() => Compose(subscriber, "{}")).Should().Throw<UndeliverableException>();

    [Theory]
    [InlineData("a@example.com, b@example.com")]
    [InlineData("nobody")]
    [InlineData("a@example.com\\r\\nBcc: eve@example.com")]
    [InlineData("a\\u0000@example.com")]
    [InlineData("<@relay.example:a@example.com>")]
    public void a_sender_is_one_address_or_there_is_no_mail(string from) =>
        FluentActions.Invoking(() => Compose("mailto:joe@example.com", $$"""{"from": "{{from}}"}""")).Should().Throw<UndeliverableException>();

    [Theory]
    [InlineData(NoticeKind.SubscriptionConfirmation, "Zaqar Notification - Subscription Confirmation", "You have chosen to subscribe to the queue: q1.*")]
    [InlineData(NoticeKind.UnsubscribeConfirmation, "Zaqar Notification - Unsubscribe Confirmation", "You have unsubscribed successfully to the queue: q1.*")]
    internal void a_confirmation_is_the_template_with_the_link(NoticeKind kind, string topic, string body)
    {
        var notice = Confirmation(kind);

        var mail = Read(Mail.Of(notice, _settings, _now));

        mail.From.ToString().Should().Be("\"Zaqar Notifications\" <no-reply@openstack.org>");
        mail.Subject.Should().Be(topic);
        mail.TextBody.Should().Match(body + "{2}*" + notice.Link!.On("https://page/"));
    }

    [Fact]
    public void without_a_page_there_is_no_confirmation() =>
        FluentActions.Invoking(() => Mail.Of(Confirmation(NoticeKind.SubscriptionConfirmation), new(), _now)).Should().Throw<NoConfirmationPageException>();

    // A project may have any name.
    private static Notice Confirmation(NoticeKind kind) => new("d1", "{2}", "q1", "mailto:joe@example.com?subject=ignored", """{"subject": "ignored"}""", kind,
        ReadOnlyMemory<byte>.Empty, ConfirmationLink.For(new("{2}", "q1"), "S", _now, "topsecret", _settings));

    private static Mail Compose(string subscriber, string options) =>
        Mail.Of(new("d1", "p1", "q1", subscriber, options, NoticeKind.Notification, Encoding.ASCII.GetBytes(Document)), _settings, _now);

    private static byte[] Bytes(Mail mail)
    {
        using var bytes = new MemoryStream();
        mail.Message.WriteTo(bytes);
        return bytes.ToArray();
    }

    private static MimeMessage Read(Mail mail) => MimeMessage.Load(new MemoryStream(Bytes(mail)));
}
