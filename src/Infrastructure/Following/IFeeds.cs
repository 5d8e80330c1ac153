using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Following;

/// <summary>Where the connections of this node find the histories of queues, whichever database each is in.</summary>
internal interface IFeeds
{
    /// <summary>Takes a place at the end of a queue's history, before a connection subscribes itself: nothing that comes after it is missed.</summary>
    Task<FeedStart> Begin(QueueId queue, Actor by, CancellationToken ct);

    /// <summary>Ends the followers whose subscriptions are over, on queues where nothing comes to show it.</summary>
    Task EndLapsed(CancellationToken ct);
}

/// <summary>Where a follower begins.</summary>
/// <param name="Feeds">Of the database that the queue is in.</param>
/// <param name="From">Only what comes after this place is told.</param>
internal sealed record FeedStart(QueueFeeds Feeds, QueuePlace From);
