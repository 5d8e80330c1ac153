namespace Zaqar.Domain.Claims;

/// <summary>A claim that a decision can see.</summary>
/// <param name="Numbers">Those of its messages that still exist, ascending.</param>
/// <param name="Ttl">Seconds from <paramref name="RenewedAt"/>.</param>
/// <param name="Grace">Seconds its messages outlive it at least.</param>
/// <param name="RenewedAt">Creation or last renewal; its age counts from here.</param>
public sealed record KnownClaim(
    Guid Id, SortedSet<long> Numbers, long Ttl, long Grace, DateTimeOffset RenewedAt, DateTimeOffset ExpiresAt)
{
    public bool IsLive(DateTimeOffset now) => ExpiresAt > now;
}
