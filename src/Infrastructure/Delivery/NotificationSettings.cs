using System.Net;
using MimeKit;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>How subscribers are told; section <c>Zaqar:Notification</c>. Names and defaults are upstream's <c>[notification]</c> options unless it says ours.</summary>
/// <remarks>Source: API contract, sections 8.4 and 13.</remarks>
public sealed record NotificationSettings
{
    /// <summary>Mail goes to <see cref="SmtpCommand"/>.</summary>
    public const string ThirdPart = "third_part";

    /// <summary>Mail goes to <see cref="SmtpHost"/>.</summary>
    public const string SelfLocal = "self_local";

    /// <summary>Whether this node relays and delivers. Where no node does, what is due waits until one does. Ours.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary><c>third_part</c> or <c>self_local</c>.</summary>
    public string SmtpMode { get; init; } = ThirdPart;

    /// <summary>The mail server of <c>self_local</c>.</summary>
    public string? SmtpHost { get; init; }

    public int? SmtpPort { get; init; }

    /// <summary>Null: nobody logs in.</summary>
    public string? SmtpUserName { get; init; }

    public string? SmtpUserPassword { get; init; }

    /// <summary>How the connection to the mail server is kept private. Ours.</summary>
    public SmtpSecurity SmtpSecurity { get; init; } = SmtpSecurity.Tls;

    /// <summary>The program of <c>third_part</c> and its arguments, split at spaces and run without a shell; it reads a mail and takes the recipient from it.</summary>
    public string SmtpCommand { get; init; } = "/usr/sbin/sendmail -t -oi";

    /// <summary>Deliveries that use the database at a time; those that wait for their subscribers are not counted.</summary>
    public int MaxNotifierWorkers { get; init; } = 10;

    /// <summary>Whether subscribers get nothing until they confirm; takes a secret key for signed URLs too.</summary>
    public bool RequireConfirmation { get; init; }

    /// <summary>URL of the page that confirmation mails link to; null: <see cref="ConfirmationPage"/> says which.</summary>
    public string? ExternalConfirmationUrl { get; init; }

    /// <summary>Where subscribers reach the service by HTTP, without <c>/v2</c>; null asks Keystone's catalog, as upstream, where clients are known by Keystone. Ours.</summary>
    public string? PublicEndpoint { get; init; }

    /// <summary>Likewise by WebSocket.</summary>
    public string? PublicWebSocketEndpoint { get; init; }

    public MailTemplate SubscriptionConfirmationEmailTemplate { get; init; } = new()
    {
        Topic = "Zaqar Notification - Subscription Confirmation",
        Body = "You have chosen to subscribe to the queue: {0}. This queue belongs to project: {1}. " +
            "To confirm this subscription, click or visit this link below: {2}",
    };

    public MailTemplate UnsubscribeConfirmationEmailTemplate { get; init; } = new()
    {
        Topic = "Zaqar Notification - Unsubscribe Confirmation",
        Body = "You have unsubscribed successfully to the queue: {0}. This queue belongs to project: {1}. " +
            "To resubscribe this subscription, click or visit this link below: {2}",
    };

    /// <summary>Longest that one attempt takes, from the first look-up to the end of the answer. Ours; 30 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of a webhook's answer that are read before it is cut off; nothing is done with them. Ours; 64 KiB.</summary>
    public int MaxResponseBytes { get; init; } = 64 * 1024;

    /// <summary>URL of the page that confirmation mails link to: the operator's, else the service's own where it is known how that is reached.</summary>
    /// <returns>Null: confirmations are not sent by mail.</returns>
    public string? ConfirmationPage() =>
        ExternalConfirmationUrl ?? (PublicEndpoint is { } endpoint ? endpoint.TrimEnd('/') + "/confirm" : null);

    // With a password in it, it prints as nothing.
    public override string ToString() => nameof(NotificationSettings);

    /// <summary>Judges the settings.</summary>
    /// <returns>The first rule that is broken, as a sentence that names the setting; null when all hold.</returns>
    public string? Broken()
    {
        return Reasons().FirstOrDefault(reason => reason is not null) is { } broken ? $"Zaqar:Notification:{broken}" : null;

        IEnumerable<string?> Reasons()
        {
            yield return SmtpMode is ThirdPart or SelfLocal
                ? null
                : $"{nameof(SmtpMode)} is {ThirdPart} or {SelfLocal}; \"{SmtpMode}\" was given.";
            yield return SmtpMode == ThirdPart && string.IsNullOrWhiteSpace(SmtpCommand)
                ? $"{nameof(SmtpCommand)} is a command where {nameof(SmtpMode)} is {ThirdPart}; none was given."
                : null;
            yield return SmtpMode == SelfLocal && string.IsNullOrWhiteSpace(SmtpHost)
                ? $"{nameof(SmtpHost)} is needed where {nameof(SmtpMode)} is {SelfLocal}."
                : null;
            yield return SmtpMode == SelfLocal && SmtpPort is null
                ? $"{nameof(SmtpPort)} is needed where {nameof(SmtpMode)} is {SelfLocal}."
                : null;
            yield return SmtpPort is { } port ? Between(1, 65535, port, nameof(SmtpPort)) : null;
            yield return SmtpMode == SelfLocal && SmtpSecurity == SmtpSecurity.None && !IsLoopback(SmtpHost)
                ? $"{nameof(SmtpSecurity)} is None only where {nameof(SmtpHost)} is this machine; \"{SmtpHost}\" was given."
                : null;
            yield return SmtpUserName is null != SmtpUserPassword is null
                ? $"{nameof(SmtpUserName)} and {nameof(SmtpUserPassword)} are given both or neither."
                : null;

            yield return Between(1, 1_000, MaxNotifierWorkers, nameof(MaxNotifierWorkers));
            yield return Between(0, 16 << 20, MaxResponseBytes, nameof(MaxResponseBytes));
            yield return Timeout < TimeSpan.FromMilliseconds(10) || Timeout > TimeSpan.FromMinutes(10)
                ? $"{nameof(Timeout)} is between 00:00:00.010 and 00:10:00; {Timeout} was given."
                : null;

            yield return Url(ExternalConfirmationUrl, nameof(ExternalConfirmationUrl), "http", "https");
            yield return Url(PublicEndpoint, nameof(PublicEndpoint), "http", "https");
            yield return Url(PublicWebSocketEndpoint, nameof(PublicWebSocketEndpoint), "ws", "wss");

            foreach (var (template, name) in new[]
            {
                (SubscriptionConfirmationEmailTemplate, nameof(SubscriptionConfirmationEmailTemplate)),
                (UnsubscribeConfirmationEmailTemplate, nameof(UnsubscribeConfirmationEmailTemplate)),
            })
            {
                yield return template.Topic.Any(char.IsControl) ? $"{name}:{nameof(template.Topic)} is one line." : null;
                yield return MailboxAddress.TryParse(template.Sender, out _)
                    ? null
                    : $"{name}:{nameof(template.Sender)} is one mail address, with or without a name; \"{template.Sender}\" was given.";
            }
        }

        static string? Between(int min, int max, int value, string name) =>
            value < min || value > max ? $"{name} is between {min} and {max}; {value} was given." : null;

        static string? Url(string? text, string name, params string[] schemes) =>
            text is null || (Uri.TryCreate(text, UriKind.Absolute, out var url) && schemes.Contains(url.Scheme))
                ? null
                : $"{name} is a URL with {string.Join(" or ", schemes)}; \"{text}\" was given.";

        static bool IsLoopback(string? host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
    }
}

/// <summary>The text of a confirmation mail.</summary>
public sealed record MailTemplate
{
    /// <summary>The subject.</summary>
    public string Topic { get; init; } = "";

    /// <summary><c>{0}</c> stands for the queue, <c>{1}</c> for the project, <c>{2}</c> for the link.</summary>
    public string Body { get; init; } = "";

    /// <summary>The address it comes from, perhaps with a name.</summary>
    public string Sender { get; init; } = "Zaqar Notifications <no-reply@openstack.org>";
}

/// <summary>Ways to keep the connection to a mail server private.</summary>
public enum SmtpSecurity
{
    /// <summary>TLS from the first byte, as upstream.</summary>
    Tls,

    /// <summary>TLS before anything is said of the mail; a server that does not offer it gets none.</summary>
    StartTls,

    /// <summary>Nothing: only for a server on this machine.</summary>
    None,
}
