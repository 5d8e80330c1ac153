using Zaqar.Domain;
using Zaqar.Domain.Claims;
using Zaqar.Domain.Queues;

namespace Zaqar.Unit.Claims.Releasing;

/// <summary>Giving back what a claim holds: a file for each state that the claim may be in.</summary>
internal static class Release
{
    public static Func<QueueState, DateTimeOffset, Decision<bool>> Of(Guid claim) =>
        (queue, now) => ClaimDecider.Release(queue, claim, Story.Client, now);
}
