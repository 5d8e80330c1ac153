using System.Text;
using Zaqar.Domain.Messages;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>The JSON documents that subscribers get, spelled as the original server spells them.</summary>
/// <remarks>Source: API contract, sections 8.2 and 8.3.</remarks>
internal static class NotificationDocument
{
    /// <summary>Longest body that <c>post_data</c> may make, above the document's own length: it may ask for the document many times.</summary>
    internal const int MaxTemplateBytes = 16 << 20;

    private static ReadOnlySpan<byte> Placeholder => "\"$zaqar_message$\""u8;

    /// <summary>What a notification says of a message.</summary>
    /// <param name="queue">The queue's name, or the topic's, as clients know it.</param>
    /// <param name="queueDelays">Whether the queue has a delay of its own: then each notification tells the message's.</param>
    public static byte[] Of(MessagePosted posted, string queue, bool queueDelays) =>
        Notification(posted.Ttl, posted.Body.Span, queueDelays || posted.IsDelayed ? (long)(posted.VisibleAt - posted.PostedAt).TotalSeconds : null, queue);

    /// <summary>What a notification says of a message.</summary>
    /// <param name="ttl">Seconds, as posted.</param>
    /// <param name="body">Valid JSON of any type in UTF-8.</param>
    /// <param name="delay">Seconds; null when the queue delays nothing.</param>
    /// <returns>JSON in ASCII, of at most three times the body's length and some hundred bytes.</returns>
    public static byte[] Notification(long ttl, ReadOnlySpan<byte> body, long? delay, string queue)
    {
        var json = new AsciiJson().Raw("{\"ttl\": "u8).Number(ttl).Raw(", \"body\": "u8).Value(body);
        if (delay is { } seconds)
            json.Raw(", \"delay\": "u8).Number(seconds);

        return json.Raw(", \"Message_Type\": \"Notification\", \"queue_name\": "u8).Text(queue).Raw("}"u8).ToArray();
    }

    /// <summary>What asks a subscriber to confirm its subscription, or tells it that it ended.</summary>
    /// <param name="kind">Anything but a notification.</param>
    /// <returns>JSON in ASCII.</returns>
    public static byte[] Confirmation(NoticeKind kind, ConfirmationLink link)
    {
        var message = kind switch
        {
            NoticeKind.SubscriptionConfirmation => $"You have chosen to subscribe to the {link.Queue.Noun}: {link.Queue.ShownName}",
            NoticeKind.UnsubscribeConfirmation =>
                $"You have unsubscribed successfully to the {link.Queue.Noun}: {link.Queue.ShownName}, you can resubscribe it by using confirmed=True.",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };

        var json = new AsciiJson().Raw("{"u8);
        Member("Message_Type", kind.ToString());
        Member("Message", message);
        Member("URL-Signature", link.Signature);
        Member("URL-Methods", ConfirmationLink.Methods);
        Member("URL-Paths", link.Path);
        Member("X-Project-ID", link.Queue.Project);
        Member("URL-Expires", link.Expires);
        json.Raw("\"SubscribeBody\": {\"confirmed\": true}, \"UnsubscribeBody\": {\"confirmed\": false}, "u8);
        if (link.SubscribeUrl is { } url)
            Member("WSGISubscribeURL", url);
        if (link.WebSocketSubscribeUrl is { } webSocketUrl)
            Member("WebSocketSubscribeURL", webSocketUrl);

        return json.Raw("\"queue_name\": "u8).Text(link.Queue.ShownName).Raw("}"u8).ToArray();

        void Member(string key, string value) => json.Text(key).Raw(": "u8).Text(value).Raw(", "u8);
    }

    /// <summary>The body of a request: the document, or the client's template with the document in place of each <c>"$zaqar_message$"</c>.</summary>
    /// <param name="template"><c>post_data</c>; null when there is none.</param>
    /// <exception cref="UndeliverableException">The template asks for more than <see cref="MaxTemplateBytes"/>.</exception>
    public static ReadOnlyMemory<byte> Fill(string? template, ReadOnlyMemory<byte> document)
    {
        if (template is null)
            return document;

        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(template);
        var length = rest.Length + ((long)rest.Count(Placeholder) * (document.Length - Placeholder.Length));
        if (length > MaxTemplateBytes + document.Length)
            throw new UndeliverableException($"With the message in it, options.post_data is longer than {MaxTemplateBytes} bytes.");

        var body = new byte[length];
        var free = body.AsSpan();
        for (var at = rest.IndexOf(Placeholder); at >= 0; at = rest.IndexOf(Placeholder))
        {
            rest[..at].CopyTo(free);
            document.Span.CopyTo(free[at..]);
            free = free[(at + document.Length)..];
            rest = rest[(at + Placeholder.Length)..];
        }

        rest.CopyTo(free);
        return body;
    }
}
