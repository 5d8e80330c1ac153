using System.Text;
using System.Text.RegularExpressions;
using MimeKit;
using MimeKit.Text;
using Zaqar.Infrastructure.Outbound;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>A mail, ready to be carried.</summary>
/// <param name="Sender">Of the envelope; null when nobody is to hear of failures.</param>
/// <param name="Recipient">The only one, of the envelope and of the message alike.</param>
internal sealed partial record Mail(MimeMessage Message, MailboxAddress? Sender, MailboxAddress Recipient)
{
    private const int MaxSubjectLength = 1_000;

    /// <summary>Writes a notice as a mail in plain text, in ASCII however it is carried.</summary>
    /// <exception cref="UndeliverableException">There is not exactly one recipient, or no sender where one is named, or nowhere to confirm at.</exception>
    /// <remarks>
    /// Every attempt has the same Message-Id, by which readers and servers know repetitions. Nothing of a client's reaches the header but as an
    /// address or an encoded subject, so that it cannot add lines to it. Source: API contract, section 8.4.
    /// </remarks>
    public static Mail Of(Notice notice, NotificationSettings settings, DateTimeOffset now)
    {
        var (recipient, ownSubject) = Recipients(notice.Subscriber);
        var (from, subject, body) = notice.Kind switch
        {
            NoticeKind.Notification => Notification(notice, ownSubject),
            NoticeKind.SubscriptionConfirmation => Confirmation(notice, settings.SubscriptionConfirmationEmailTemplate, settings),
            _ => Confirmation(notice, settings.UnsubscribeConfirmationEmailTemplate, settings),
        };

        var message = new MimeMessage { Date = now, MessageId = $"{notice.DeliveryId}@zaqar", Subject = OneLine(subject) };
        message.To.Add(recipient);
        if (from is not null)
            message.From.Add(from);
        else
            message.Headers.Remove(HeaderId.From); // A mail program fills a missing one in, and keeps an empty one.

        // Nobody's holiday answers a machine: RFC 3834.
        message.Headers.Add("Auto-Submitted", "auto-generated");

        var text = new TextPart(TextFormat.Plain);
        text.SetText(Encoding.UTF8, body);
        message.Body = text;
        message.Prepare(EncodingConstraint.SevenBit);
        return new(message, from, recipient);
    }

    private static (MailboxAddress Recipient, string? Subject) Recipients(string subscriber)
    {
        try
        {
            var recipient = MailRecipient.Parse(subscriber);
            return (new("", recipient.Address), recipient.Subject);
        }
        catch (FormatException refused)
        {
            throw new UndeliverableException(refused.Message);
        }
    }

    private static (MailboxAddress? From, string Subject, string Body) Notification(Notice notice, string? ownSubject)
    {
        var options = DeliveryOptions.Read(notice.Options);
        var from = options.From is { } text
            ? Address(text) ?? throw new UndeliverableException("options.from is not one mail address.")
            : null;
        return (from, ownSubject is { Length: > 0 } ? ownSubject : options.Subject ?? "", Encoding.ASCII.GetString(notice.Document.Span));
    }

    private static (MailboxAddress? From, string Subject, string Body) Confirmation(Notice notice, MailTemplate template, NotificationSettings settings)
    {
        if (notice.Link is not { } link)
            throw new UndeliverableException("There is no link to confirm the subscription by.");
        if ((settings.ConfirmationPage() ?? link.OwnPage) is not { } page)
            throw new NoConfirmationPageException();

        // All at once: a project may be called {2}.
        var body = Blank().Replace(template.Body, blank => blank.ValueSpan[1] switch
        {
            '0' => notice.Queue,
            '1' => notice.Project,
            _ => link.On(page),
        });
        return (Address(template.Sender), template.Topic, body);
    }

    private static MailboxAddress? Address(string text) =>
        !text.Any(char.IsControl) && MailboxAddress.TryParse(text, out var address) && address.Address.Contains('@', StringComparison.Ordinal) && address.Route.Count == 0
            ? address
            : null;

    private static string OneLine(string text) =>
        string.Concat(text.Take(MaxSubjectLength).Select(unit => char.IsControl(unit) || unit is '\u2028' or '\u2029' ? ' ' : unit));

    [GeneratedRegex(@"\{[012]\}")]
    private static partial Regex Blank();
}
