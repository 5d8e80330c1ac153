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
internal sealed class QueueFeeds : IAsyncDisposable
{
    private readonly ConcurrentDictionary<QueueId, QueueFeed> _feeds = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly QueueHistory _history;
    private readonly QueueSignals _signals;
    private readonly NodeIdentity _node;
    private readonly TimeProvider _time;
    private readonly ILogger<QueueFeeds> _log;

    public QueueFeeds(QueueHistory history, QueueSignals signals, NodeIdentity node, TimeProvider time, ILogger<QueueFeeds> log)
    {
        (_history, _signals, _node, _time, _log) = (history, signals, node, time, log);
        node.Add(this);
    }

    /// <summary>Subscriptions by which connections of this node follow queues of this database.</summary>
    public IEnumerable<Guid> Followed => _feeds.Values.SelectMany(feed => feed.Followed);

    /// <inheritdoc cref="QueueHistory.End"/>
    public Task<QueuePlace> End(QueueId queue, CancellationToken ct) => _history.End(queue, ct);

    /// <summary>Follows a queue.</summary>
    /// <param name="from">Only what comes after this place is told.</param>
    public void Follow(QueueId queue, QueuePlace from, IFollower follower)
    {
        while (true)
        {
            var feed = _feeds.GetOrAdd(queue, queue => new(queue, _history, _signals, _node, _time, _log));
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
            var still = await _history.StillSubscribed([.. asked], ct);
            foreach (var feed in feeds)
                if (feed.Followed.Any(one => asked.Contains(one) && !still.Contains(one)) && !await _history.HasLeft(feed.Queue, ct))
                    feed.EndOthers(asked, still);
        }
    }

    /// <summary>Has a follower looked after that was too slow and is no longer.</summary>
    public void GoOn(QueueId queue) => _signals.Wake(QueueSignals.KeyOf(queue));

    public async ValueTask DisposeAsync()
    {
        _node.Remove(this);
        await _stopping.CancelAsync();
        await Task.WhenAll(_feeds.Values.Select(feed => feed.Ended));
        _stopping.Dispose();
    }
}
