using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Zaqar.Application.Waiting;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Following;

/// <summary>Tells this node's followers of the messages of their queues, as they are committed on whichever node. One reader for each queue, however many follow it.</summary>
/// <remarks>
/// What a follower is told comes from the event log, from a place that was the end when it came: each message at least once while it follows, in the
/// queue's order, also one that is claimed or deleted at once. Nothing is stored for it: who leaves leaves nothing behind. Source: ADR 0011.
/// </remarks>
internal sealed class QueueFeeds(QueueHistory history, QueueSignals signals, TimeProvider time, ILogger<QueueFeeds> log) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<QueueId, QueueFeed> _feeds = [];
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Subscriptions that are followed by on this node.</summary>
    public IEnumerable<Guid> Followed => _feeds.Values.SelectMany(feed => feed.Followed);

    /// <inheritdoc cref="QueueHistory.End"/>
    public Task<QueuePlace> End(QueueId queue, CancellationToken ct) => history.End(queue, ct);

    /// <summary>Follows a queue.</summary>
    /// <param name="from">Only what comes after this place is told.</param>
    public void Follow(QueueId queue, QueuePlace from, IFollower follower)
    {
        while (true)
        {
            var feed = _feeds.GetOrAdd(queue, queue => new(queue, history, signals, time, log));
            if (feed.TryAdd(follower, from, _stopping.Token))
                return;

            // Its last follower has just left.
            _feeds.TryRemove(new(queue, feed));
        }
    }

    /// <summary>Follows it no longer; nothing happens when it does not.</summary>
    public void Leave(QueueId queue, Guid subscription)
    {
        if (_feeds.TryGetValue(queue, out var feed) && feed.Remove(subscription))
            _feeds.TryRemove(new(queue, feed));
    }

    /// <summary>Ends the followers whose subscriptions are over, on queues where nothing comes to show it.</summary>
    public async Task EndLapsed(CancellationToken ct)
    {
        foreach (var feeds in _feeds.Values.Chunk(1_000))
        {
            var asked = feeds.SelectMany(feed => feed.Followed).ToHashSet();
            var still = await history.StillSubscribed([.. asked], ct);
            foreach (var feed in feeds)
                feed.EndOthers(asked, still);
        }
    }

    /// <summary>Has a follower looked after that was too slow and is no longer.</summary>
    public void GoOn(QueueId queue) => signals.Wake(QueueSignals.KeyOf(queue));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_feeds.Values.Select(feed => feed.Ended));
        _stopping.Dispose();
    }
}
