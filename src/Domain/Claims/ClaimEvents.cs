namespace Zaqar.Domain.Claims;

/// <summary>A client took messages for a while.</summary>
/// <param name="Numbers">The messages, ascending; at most 20 by default.</param>
/// <param name="Ttl">Seconds the claim lives from <paramref name="At"/>.</param>
/// <param name="Grace">Seconds its messages outlive it at least.</param>
/// <param name="Lives">The messages whose lifetime or claim count the claim changed; the others are as they were.</param>
public sealed record MessageClaimed(
    Guid ClaimId, IReadOnlyList<long> Numbers, long Ttl, long Grace, DateTimeOffset ExpiresAt,
    IReadOnlyList<MessageLife> Lives, DateTimeOffset At, Actor By);

/// <summary>A message's lifetime and claim count after a claim touched it.</summary>
/// <param name="Ttl">Seconds as reported from now on.</param>
public sealed record MessageLife(long Number, long Ttl, DateTimeOffset ExpiresAt, int ClaimCount);

/// <summary>A client kept its claim for longer; its age starts anew.</summary>
/// <param name="Lives">The messages whose lifetime the renewal extended.</param>
public sealed record ClaimRenewed(
    Guid ClaimId, long Ttl, long Grace, DateTimeOffset ExpiresAt, IReadOnlyList<MessageLife> Lives, DateTimeOffset At, Actor By);

/// <summary>A client gave a claim's remaining messages back.</summary>
/// <param name="Numbers">The messages that are claimable again, ascending.</param>
public sealed record ClaimReleased(Guid ClaimId, IReadOnlyList<long> Numbers, DateTimeOffset At, Actor By);

/// <summary>A claim reached its end; appended when the committer next touches the queue, while reads judge by the clock.</summary>
/// <param name="Numbers">The messages that are claimable again, ascending.</param>
public sealed record ClaimExpired(Guid ClaimId, IReadOnlyList<long> Numbers, DateTimeOffset At);
