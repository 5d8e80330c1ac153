using System.Collections.Concurrent;

namespace Zaqar.Infrastructure.Following;

/// <summary>What this run of this node is called, and what its connections follow in whichever database: a queue may move from one to another under them.</summary>
internal sealed class NodeIdentity(TimeProvider time)
{
    private readonly ConcurrentDictionary<QueueFeeds, bool> _feeds = [];
    private readonly ConcurrentDictionary<Guid, long> _sentOn = [];
    private volatile bool _isSubscribing;

    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>Whether any of its connections has ever subscribed. From then on it says in every database that it lives.</summary>
    public bool IsSubscribing => _isSubscribing;

    /// <summary>Subscriptions by which its connections follow queues, those included that have just been sent to another database and may not have come there.</summary>
    public Guid[] Followed
    {
        get
        {
            // In this order: whoever is sent on is among the latter before it is no longer among the former.
            Guid[] followed = [.. _feeds.Keys.SelectMany(feeds => feeds.Followed)];
            foreach (var sent in _sentOn)
                if (time.GetElapsedTime(sent.Value) > NodeHeartbeat.GoneAfter)
                    _sentOn.TryRemove(sent);
            return [.. followed.Union(_sentOn.Keys)];
        }
    }

    public void BeginSubscribing() => _isSubscribing = true;

    public void Add(QueueFeeds feeds) => _feeds[feeds] = true;

    public void Remove(QueueFeeds feeds) => _feeds.TryRemove(feeds, out _);

    /// <summary>A follower is sent to another database, and counts as one until it has had the time to come there.</summary>
    public void SendOn(Guid subscription) => _sentOn[subscription] = time.GetTimestamp();
}
