namespace Zaqar.Infrastructure.Delivery;

/// <summary>Something to tell one subscriber.</summary>
/// <param name="DeliveryId">The same for every attempt, and for no other delivery: receivers know repetitions by it. Visible ASCII.</param>
/// <param name="Queue">Its name, or the topic's, as clients know it.</param>
/// <param name="Subscriber">The URI as the client wrote it.</param>
/// <param name="Options">JSON text of the subscription's options.</param>
/// <param name="Document">What <see cref="NotificationDocument"/> made of it: JSON in ASCII.</param>
/// <param name="Link">Where the subscriber answers; null for a notification.</param>
internal sealed record Notice(
    string DeliveryId, string Project, string Queue, string Subscriber, string Options, NoticeKind Kind,
    ReadOnlyMemory<byte> Document, ConfirmationLink? Link = null)
{
    // Neither the message nor the secrets in the options are for a log.
    public override string ToString() => $"{Kind} {DeliveryId}";
}

/// <summary>The occasions to tell a subscriber something. Source: API contract, sections 8.2 and 8.3.</summary>
internal enum NoticeKind
{
    /// <summary>A message came.</summary>
    Notification,

    /// <summary>The subscription waits to be confirmed.</summary>
    SubscriptionConfirmation,

    /// <summary>The subscription was taken back, and may be confirmed again.</summary>
    UnsubscribeConfirmation,
}
