namespace Zaqar.Domain.Queues;

/// <summary>A queue came to be: asked for, or by the first post to its name.</summary>
/// <param name="Incarnation">1 for the first queue of that name, one more each time it is made anew.</param>
/// <param name="Metadata">The stored metadata, a JSON object's text.</param>
public sealed record QueueCreated(int Incarnation, string Metadata, DateTimeOffset At, Actor By);

/// <summary>The books of a segment were closed; nothing follows it in that stream.</summary>
/// <param name="Next">Number of the segment that goes on.</param>
public sealed record SegmentClosed(int Next, DateTimeOffset At);

/// <summary>The books were opened anew: a segment starts from its queue's metadata and counters.</summary>
/// <remarks>
/// Claims and messages are not carried over. A segment is dropped only when every message in it and before it is gone, so what tells of a
/// message that is still there, its claim included, is never older than the oldest segment kept.
/// </remarks>
/// <param name="Segment">This segment's number, from 2.</param>
/// <param name="NextNumber">Number of the next message.</param>
/// <param name="Frontier">No message from here on was ever claimed; see <see cref="QueueState.Frontier"/>.</param>
/// <param name="Total">Messages that the queue holds.</param>
public sealed record SegmentOpened(
    int Segment, int Incarnation, string Metadata, DateTimeOffset CreatedAt, long NextNumber, long Frontier, long Total, DateTimeOffset At);

/// <summary>A queue's metadata became another document.</summary>
/// <param name="Metadata">The whole stored document, a JSON object's text.</param>
public sealed record QueueMetadataChanged(string Metadata, DateTimeOffset At, Actor By);

/// <summary>Unclaimed messages were thrown away; a purge of many is several of these.</summary>
/// <param name="Numbers">Ascending; at most <see cref="QueueDecider.PurgeChunk"/>.</param>
public sealed record QueuePurged(IReadOnlyList<long> Numbers, DateTimeOffset At, Actor By);

/// <summary>A queue was deleted with all its messages and claims; ends the stream.</summary>
public sealed record QueueDeleted(DateTimeOffset At, Actor By);

/// <summary>A queue is about to leave for another database; until it has left or thaws, nothing else happens to it.</summary>
/// <param name="To">Name of the pool it is to live in.</param>
public sealed record QueueFrozen(Guid MoveId, string To, DateTimeOffset At);

/// <summary>The move is called off and the queue stays; or it had left, and its name may be used here again.</summary>
public sealed record QueueThawed(Guid MoveId, DateTimeOffset At);

/// <summary>All of a queue up to here was copied from another database; nobody sees the copy yet.</summary>
/// <param name="From">Name of the pool it comes from.</param>
public sealed record QueueCopied(Guid MoveId, string From, DateTimeOffset At);

/// <summary>The copy has become the queue.</summary>
public sealed record QueueArrived(Guid MoveId, string From, DateTimeOffset At);

/// <summary>The queue lives in another database; ends the stream.</summary>
public sealed record QueueLeft(Guid MoveId, string To, DateTimeOffset At);
