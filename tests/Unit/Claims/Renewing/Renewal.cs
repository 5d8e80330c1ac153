using Zaqar.Domain;
using Zaqar.Domain.Claims;
using Zaqar.Domain.Queues;

namespace Zaqar.Unit.Claims.Renewing;

/// <summary>Renewing the claim <see cref="Story.Mine"/>: a file for each state that it may be in.</summary>
internal static class Renewal
{
    public static Func<QueueState, DateTimeOffset, Decision<bool>> Of(Guid claim, long ttl = 300, long grace = 60) =>
        (queue, now) => ClaimDecider.Renew(queue, claim, ttl, grace, Story.Bounds, Story.Client, now);

    public static ClaimRenewed Renewed(double at, long ttl = 300, long grace = 60, params MessageLife[] lives) =>
        new(Story.Mine, ttl, grace, Story.At(at + ttl), lives, Story.At(at), Story.Client);
}
