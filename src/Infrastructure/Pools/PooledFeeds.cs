using Zaqar.Domain;
using Zaqar.Domain.Catalogue;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Following;

namespace Zaqar.Infrastructure.Pools;

/// <summary>The histories of the queues of all pools.</summary>
internal sealed class PooledFeeds(Feeds home, Catalogue catalogue, OpenPools pools) : IFeeds
{
    public async Task<FeedStart> Begin(QueueId queue, Actor by, CancellationToken ct)
    {
        var pool = await catalogue.FindOrPlace(queue, flavor: null, by, ct);
        return await (pool == Placement.Home ? home : (await pools.Get(pool, ct)).Feeds).Begin(queue, by, ct);
    }

    public async Task EndLapsed(CancellationToken ct)
    {
        await home.EndLapsed(ct);
        foreach (var pool in pools.All)
            await pool.Feeds.EndLapsed(ct);
    }
}
