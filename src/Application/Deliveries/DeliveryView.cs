namespace Zaqar.Application.Deliveries;

/// <summary>What became of one thing that was to be told to one subscriber. It shows neither what was told nor where.</summary>
/// <param name="Kind"><c>Notification</c>, <c>SubscriptionConfirmation</c> or <c>UnsubscribeConfirmation</c>.</param>
/// <param name="MessageId">Null for a confirmation.</param>
/// <param name="Status"><c>waiting</c>, <c>delivered</c> or <c>failed</c>.</param>
/// <param name="Attempts">Made so far, since it was last asked for.</param>
/// <param name="NextAttemptAt">Null when it has ended.</param>
/// <param name="LastAttemptAt">Null before the first.</param>
/// <param name="EndedAt">Null while it waits.</param>
/// <param name="LastStatus">What the subscriber last answered; null when it did not.</param>
/// <param name="LastReason">Why the last attempt did not end it well; null when it did.</param>
/// <param name="LatencyMs">Of the last attempt; null before the first.</param>
public sealed record DeliveryView(
    Guid Id, string Kind, Guid? MessageId, string Status, int Attempts, DateTimeOffset CreatedAt, DateTimeOffset? NextAttemptAt,
    DateTimeOffset? LastAttemptAt, DateTimeOffset? EndedAt, int? LastStatus, string? LastReason, int? LatencyMs);

/// <summary>The states of a delivery.</summary>
public enum DeliveryStatus
{
    /// <summary>Another attempt will be made.</summary>
    Waiting,

    /// <summary>The subscriber took it.</summary>
    Delivered,

    /// <summary>It was given up.</summary>
    Failed,
}
