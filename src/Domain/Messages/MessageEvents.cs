using System.Text.Json.Serialization;

namespace Zaqar.Domain.Messages;

/// <summary>A queue accepted a message, from a client or, dead-lettered, from another queue.</summary>
/// <param name="Number">Place in the queue's order, from 1, without gaps; one number, one message.</param>
/// <param name="Id">What clients call it; keeps its first spelling when the message is dead-lettered.</param>
/// <param name="Body">UTF-8 JSON exactly as the client sent it; validated at the edge, never inspected after.</param>
/// <param name="Ttl">Lifetime in seconds as reported; 60 to 14 days.</param>
/// <param name="PostedAt">When the client posted it (UTC); a dead-lettered message keeps it.</param>
/// <param name="VisibleAt">First instant (UTC) it may be claimed, and listed by default: posting time plus delay.</param>
/// <param name="ExpiresAt">Instant (UTC) from which it is gone unless a claim's grace extends it.</param>
/// <param name="ClaimCount">0, or what a dead-lettered message brought along.</param>
/// <param name="Checksum"><c>MD5:</c> and 32 hex digits, or null.</param>
/// <param name="DeadLetteredFrom">Name of the queue it came from; null when a client posted it here.</param>
/// <param name="At">When it was accepted, by the database's clock.</param>
/// <param name="By">Who posted: a listing leaves out a client's own messages unless it asks for them.</param>
public sealed record MessagePosted(
    long Number, MessageId Id, ReadOnlyMemory<byte> Body, long Ttl,
    DateTimeOffset PostedAt, DateTimeOffset VisibleAt, DateTimeOffset ExpiresAt,
    int ClaimCount, string? Checksum, string? DeadLetteredFrom, DateTimeOffset At, Actor By)
{
    /// <summary>Whether it had to wait before it could be seen.</summary>
    public bool IsDelayed => VisibleAt > PostedAt && DeadLetteredFrom is null;
}

/// <summary>Messages were deleted by a client.</summary>
/// <param name="Numbers">Ascending.</param>
/// <param name="ClaimId">The claim the caller gave and that held them; null without one.</param>
/// <param name="Popped">Whether the client took them in the same step.</param>
public sealed record MessageDeleted(IReadOnlyList<long> Numbers, Guid? ClaimId, bool Popped, DateTimeOffset At, Actor By);

/// <summary>Messages reached the end of their life.</summary>
/// <param name="Numbers">Ascending.</param>
public sealed record MessageExpired(IReadOnlyList<long> Numbers, DateTimeOffset At);

/// <summary>Messages were claimed once too often and moved to the queue's dead-letter queue.</summary>
/// <param name="Numbers">Their places here, ascending; the target's <see cref="MessagePosted"/> events carry their ids.</param>
/// <param name="To">Name of the target queue, in the same project.</param>
public sealed record MessageDeadLettered(IReadOnlyList<long> Numbers, string To, DateTimeOffset At, Actor By)
{
    /// <summary>
    /// The letter that they left in, where the target lives in another database: its <see cref="LettersReceived"/> says that they arrived.
    /// Null where both queues live in one database, and then they moved in one step.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? Letter { get; init; }
}

/// <summary>A letter of dead letters arrived from another database; one <see cref="MessagePosted"/> follows for each that was still alive.</summary>
/// <param name="Letter">Its id, which <see cref="MessageDeadLettered"/> has too. One letter, one such event.</param>
/// <param name="From">Name of the queue it came from, in the same project.</param>
/// <param name="Expired">Ids of its messages whose life ended on the way; they are gone.</param>
public sealed record LettersReceived(Guid Letter, string From, IReadOnlyList<Guid> Expired, DateTimeOffset At, Actor By);
