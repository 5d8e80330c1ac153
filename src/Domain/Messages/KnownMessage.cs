namespace Zaqar.Domain.Messages;

/// <summary>A message that a decision can see.</summary>
/// <param name="Number">Place in this queue's order.</param>
/// <param name="Ttl">Seconds as reported.</param>
/// <param name="VisibleAt">First instant it may be claimed.</param>
/// <param name="ExpiresAt">Instant from which it is gone.</param>
public sealed record KnownMessage(
    long Number, MessageId Id, ReadOnlyMemory<byte> Body, long Ttl,
    DateTimeOffset PostedAt, DateTimeOffset VisibleAt, DateTimeOffset ExpiresAt, int ClaimCount, string? Checksum)
{
    /// <summary>Client-ID of who posted it, by which listings leave out a client's own; null when this state did not learn it.</summary>
    public string? Client { get; init; }

    public bool IsAlive(DateTimeOffset now) => ExpiresAt > now;

    /// <summary>Alive, and past its delay; without a delay visible from the start, also when the clock was set back since.</summary>
    public bool IsVisible(DateTimeOffset now) => (VisibleAt <= now || VisibleAt == PostedAt) && IsAlive(now);
}
