using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Following;

/// <summary>The histories of one database's queues.</summary>
internal sealed class Feeds(QueueFeeds feeds, NodeHeartbeat heartbeat) : IFeeds
{
    public async Task<FeedStart> Begin(QueueId queue, Actor by, CancellationToken ct)
    {
        await heartbeat.Begin(ct);
        return new(feeds, await feeds.End(queue, ct));
    }

    public Task EndLapsed(CancellationToken ct) => feeds.EndLapsed(ct);
}
