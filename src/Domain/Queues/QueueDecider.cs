using Zaqar.Domain.Messages;

namespace Zaqar.Domain.Queues;

/// <summary>The rules of a queue itself: creation, metadata, purge, deletion, the books.</summary>
public static class QueueDecider
{
    /// <summary>Messages after which a segment's books are closed.</summary>
    public const int SegmentLength = 10_000;

    /// <summary>Most messages that one <see cref="QueuePurged"/> throws away, so that a purge of many never holds up the others.</summary>
    public const int PurgeChunk = 1_000;

    /// <summary>Makes a queue.</summary>
    /// <returns>Whether it is new; an existing queue and its metadata stay as they are.</returns>
    public static Decision<bool> Create(QueueState queue, QueueMetadata metadata, Actor by, DateTimeOffset now) =>
        queue.Exists
            ? new(false, [])
            : new(true, [new QueueCreated(queue.Incarnation + 1, metadata.Json, now, by)]);

    /// <summary>Changes metadata by a patch.</summary>
    /// <returns>The metadata afterwards.</returns>
    /// <exception cref="QueueNotFound">There is no queue to patch.</exception>
    /// <exception cref="MetadataKeyMissing">An operation names a key that is not there: nothing is changed.</exception>
    /// <exception cref="MetadataInvalid">The result breaks a rule of a reserved key: nothing is changed.</exception>
    public static Decision<QueueMetadata> Patch(
        QueueState queue, IReadOnlyList<MetadataOperation> operations, Limits limits, Actor by, DateTimeOffset now)
    {
        if (!queue.Exists)
            throw new QueueNotFound(queue.Id);

        var patched = queue.Metadata.Patch(operations, queue.Id.IsTopic, limits);
        return new(patched, patched.Json == queue.Metadata.Json ? [] : [new QueueMetadataChanged(patched.Json, now, by)]);
    }

    /// <summary>Throws away up to <see cref="PurgeChunk"/> unclaimed messages, delayed ones included. What is over by the clock is gone already.</summary>
    /// <param name="upTo">Last number that the purge covers: what is posted meanwhile stays.</param>
    /// <returns>How many went.</returns>
    public static Decision<int> Purge(QueueState queue, long upTo, Actor by, DateTimeOffset now)
    {
        var numbers = queue.Messages.Values
            .Where(message => message.Number <= upTo && message.IsAlive(now) && queue.HolderOf(message.Number, now) is null)
            .Select(message => message.Number).Order().Take(PurgeChunk).ToArray();

        return new(numbers.Length, numbers.Length == 0 ? [] : [new QueuePurged(numbers, now, by)]);
    }

    /// <summary>Deletes a queue with its messages and claims; deleting what is not there is no error.</summary>
    public static Decision<bool> Delete(QueueState queue, Actor by, DateTimeOffset now) =>
        new(queue.Exists, queue.Exists ? [new QueueDeleted(now, by)] : []);

    /// <summary>Records the claims that are over by the clock, so that their messages return to the line.</summary>
    public static IReadOnlyList<object> ExpireClaims(QueueState queue, DateTimeOffset now) =>
    [
        .. queue.Claims.Values
            .Where(claim => !claim.IsLive(now))
            .OrderBy(claim => claim.ExpiresAt).ThenBy(claim => claim.Id)
            .Select(claim => new Claims.ClaimExpired(claim.Id, [.. claim.Numbers], now)),
    ];

    /// <summary>Records the messages that are over by the clock.</summary>
    /// <returns>How many there were.</returns>
    public static Decision<int> ExpireMessages(QueueState queue, DateTimeOffset now)
    {
        var numbers = queue.Messages.Values
            .Where(message => !message.IsAlive(now) && queue.HolderOf(message.Number, now) is null)
            .Select(message => message.Number).Order().ToArray();

        return new(numbers.Length, numbers.Length == 0 ? [] : [new MessageExpired(numbers, now)]);
    }

    /// <summary>Closes the books of a full segment and opens the next.</summary>
    /// <returns>Nothing while the segment has room.</returns>
    public static IReadOnlyList<object> TurnPage(QueueState queue, int segmentLength, DateTimeOffset now) =>
        queue.Exists && IsFull(queue, segmentLength) ? Turn(queue, now) : [];

    /// <summary>Freezes a queue that is to leave for another database, in a segment of its own: what comes before is closed and never changes.</summary>
    /// <returns>Whether it was frozen only now.</returns>
    /// <exception cref="QueueNotFound">There is no queue to move.</exception>
    /// <exception cref="QueueMoving">Another move has it.</exception>
    /// <exception cref="QueueMoved">It has left already.</exception>
    public static Decision<bool> Freeze(QueueState queue, Guid move, string to, DateTimeOffset now)
    {
        if (queue.Hold is { } hold)
            return hold == new Hold(HoldKind.Leaving, move) ? new(false, []) : throw hold.Refusal(queue.Id);

        return queue.Exists ? new(true, [.. Turn(queue, now), new QueueFrozen(move, to, now)]) : throw new QueueNotFound(queue.Id);
    }

    /// <summary>Lets a queue stay that was to leave.</summary>
    /// <returns>Whether that move had frozen it.</returns>
    public static Decision<bool> Thaw(QueueState queue, Guid move, DateTimeOffset now) =>
        queue.Hold == new Hold(HoldKind.Leaving, move) ? new(true, [new QueueThawed(move, now)]) : new(false, []);

    /// <summary>Lets the copy be the queue, and goes on in a new segment: what follows is the first that happens here.</summary>
    /// <returns>False when it had arrived before.</returns>
    /// <exception cref="MoveRefused">There never was one.</exception>
    /// <exception cref="QueueMoving">Another move has it.</exception>
    /// <exception cref="QueueMoved">It has left.</exception>
    public static Decision<bool> Arrive(QueueState queue, Guid move, string from, DateTimeOffset now)
    {
        if (queue.Hold is not { } hold)
            return queue.Incarnation > 0
                ? new(false, [])
                : throw new MoveRefused($"There is no copy of the {queue.Id.Noun} {queue.Id.ShownName} that could arrive.");

        return hold == new Hold(HoldKind.Arriving, move)
            ? new(true, [new QueueArrived(move, from, now), .. Turn(queue, now)])
            : throw hold.Refusal(queue.Id);
    }

    /// <summary>Leaves a queue to the database that has it now.</summary>
    /// <returns>False when it had left before.</returns>
    /// <exception cref="MoveRefused">It was not frozen for that move.</exception>
    public static Decision<bool> Leave(QueueState queue, Guid move, string to, DateTimeOffset now)
    {
        if (queue.Hold == new Hold(HoldKind.Leaving, move))
            return new(true, [new QueueLeft(move, to, now)]);

        return queue.Hold == new Hold(HoldKind.Gone, move) || queue is { Exists: false, Hold: null }
            ? new(false, [])
            : throw new MoveRefused($"The {queue.Id.Noun} {queue.Id.ShownName} is not frozen for this move.");
    }

    /// <summary>Lets the name of a queue that has left be used here again.</summary>
    /// <returns>Whether a queue had left.</returns>
    public static Decision<bool> Readmit(QueueState queue, DateTimeOffset now) =>
        queue.Hold is { Kind: HoldKind.Gone } hold ? new(true, [new QueueThawed(hold.Move, now)]) : new(false, []);

    private static object[] Turn(QueueState queue, DateTimeOffset now) =>
    [
        new SegmentClosed(queue.Segment + 1, now),
        new SegmentOpened(queue.Segment + 1, queue.Incarnation, queue.Metadata.Json, queue.CreatedAt,
            queue.NextNumber, queue.Frontier, queue.Total, now),
    ];

    /// <summary>Whether the current segment has taken its messages, or as many other events as they bring along.</summary>
    public static bool IsFull(QueueState queue, int segmentLength) =>
        queue.NextNumber - queue.SegmentStart >= segmentLength || queue.Version >= 4L * segmentLength;
}
