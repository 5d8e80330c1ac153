using System.Text.Json.Serialization;

namespace Zaqar.Domain.Subscriptions;

/// <summary>Something that happened to one subscription.</summary>
public interface ISubscriptionEvent
{
    Guid Id { get; }
}

/// <summary>Somebody subscribed to a queue. The subscription starts unconfirmed, unless the subscriber is the connection that asked for it.</summary>
/// <param name="Id">UUID version 7 of <paramref name="At"/>, so that ids rise with time.</param>
/// <param name="Queue">The queue's name; the queue itself may come and go.</param>
/// <param name="Subscriber">The URI as the client wrote it.</param>
/// <param name="Ttl">Seconds it lives from <paramref name="At"/>.</param>
/// <param name="Options">JSON text as the client wrote it, its secret included.</param>
/// <param name="Trust">Keystone's id of the trust that was made for it, which the options name; null when none was.</param>
/// <param name="Node">The node whose connection the subscriber is; null for a subscriber that is reached by its URI.</param>
public sealed record SubscriptionCreated(
    Guid Id, string Queue, string Subscriber, long Ttl, string Options, DateTimeOffset ExpiresAt, DateTimeOffset At, Actor By,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Trust = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Node = null) : ISubscriptionEvent;

/// <summary>Somebody subscribed once more while the subscription waits to be confirmed; it stays as it is, and the subscriber is asked again.</summary>
public sealed record ConfirmationRequested(Guid Id, DateTimeOffset At, Actor By) : ISubscriptionEvent;

/// <summary>The subscriber wants what it was subscribed to.</summary>
public sealed record SubscriptionConfirmed(Guid Id, DateTimeOffset At, Actor By) : ISubscriptionEvent;

/// <summary>The subscriber wants no more of it, or never did; it may confirm again. It is told so each time.</summary>
public sealed record SubscriptionUnconfirmed(Guid Id, DateTimeOffset At, Actor By) : ISubscriptionEvent;

/// <summary>A client changed a subscription. Null leaves a value as it was.</summary>
/// <param name="Ttl">Seconds from <paramref name="At"/>; null exactly when <paramref name="ExpiresAt"/> is.</param>
/// <param name="Options">JSON text in place of the whole of what was.</param>
/// <param name="Trust">As of a creation.</param>
public sealed record SubscriptionChanged(
    Guid Id, string? Subscriber, long? Ttl, string? Options, DateTimeOffset? ExpiresAt, DateTimeOffset At, Actor By,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Trust = null) : ISubscriptionEvent;

/// <summary>A subscription reached its end; appended when something next touches it, while reads judge by the clock.</summary>
public sealed record SubscriptionExpired(Guid Id, DateTimeOffset At) : ISubscriptionEvent;

/// <summary>A subscription was ended before its time.</summary>
public sealed record SubscriptionDeleted(Guid Id, DeletionReason Reason, DateTimeOffset At, Actor By) : ISubscriptionEvent;

/// <summary>Why a subscription was deleted.</summary>
public enum DeletionReason
{
    /// <summary>A client asked for it.</summary>
    [JsonStringEnumMemberName("asked")]
    Asked,

    /// <summary>The subscriber answered a delivery with 410.</summary>
    [JsonStringEnumMemberName("gone")]
    Gone,

    /// <summary>It went with all subscriptions of its queue.</summary>
    [JsonStringEnumMemberName("purged")]
    Purged,

    /// <summary>The connection that was the subscriber is closed.</summary>
    [JsonStringEnumMemberName("disconnected")]
    Disconnected,
}
