using Zaqar.Domain.Claims;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Queues;

/// <summary>
/// What a run of events does to one row of <c>queue</c>. After an event that opens books the whole row is known; otherwise it is a
/// change to a row whose values are in the database.
/// </summary>
/// <remarks>
/// The frontier steps over a delayed message only when it stands right before it (see <see cref="QueueState.Frontier"/>), which depends
/// on the unread row. Both outcomes are folded: <see cref="FrontierIfAtEnd"/> where the row's frontier is its next number, and
/// the greater of the row's and <see cref="FrontierAtLeast"/> where it is not.
/// </remarks>
internal sealed class QueueRowChange(QueueId queue)
{
    public QueueId Queue { get; } = queue;

    /// <summary>Whether all values below are the row itself.</summary>
    public bool IsWhole { get; private set; }

    public Guid Key { get; private set; }
    public int Incarnation { get; private set; }
    public int Segment { get; private set; }
    public long Version { get; private set; }

    /// <summary>Null when unchanged.</summary>
    public bool? Deleted { get; private set; }

    /// <summary>Whether what was counted before is no more: the total is then that of a whole row.</summary>
    public bool Emptied { get; private set; }

    /// <summary>Whether the hold below is new.</summary>
    public bool Holds { get; private set; }

    /// <summary>As <see cref="QueueHolds"/> spells it; null for not held.</summary>
    public string? Held { get; private set; }

    public Guid? Move { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>Null when unchanged.</summary>
    public string? Metadata { get; private set; }

    public bool Delays { get; private set; }

    /// <summary>0 when unchanged.</summary>
    public long NextNumber { get; private set; }

    public long FrontierAtLeast { get; private set; }

    /// <summary>0 when nothing was posted.</summary>
    public long FrontierIfAtEnd { get; private set; }

    /// <summary>The total of a whole row; what is added to the row's otherwise.</summary>
    public long Total { get; private set; }

    public long SegmentStart { get; private set; }

    public void Add(int incarnation, long version, object @event)
    {
        Version = version;
        switch (@event)
        {
            case QueueCreated created:
                (IsWhole, Incarnation, Key, Segment, Deleted) = (true, incarnation, Queue.Key(incarnation), 1, false);
                (CreatedAt, NextNumber, FrontierAtLeast, FrontierIfAtEnd, Total, SegmentStart) = (created.At, 1, 1, 0, 0, 1);
                SetMetadata(created.Metadata);
                Hold(null, null);
                break;

            case SegmentOpened opened:
                (IsWhole, Incarnation, Key, Segment, Deleted) = (true, incarnation, Queue.Key(incarnation), opened.Segment, false);
                (CreatedAt, NextNumber, FrontierAtLeast, FrontierIfAtEnd) = (opened.CreatedAt, opened.NextNumber, opened.Frontier, 0);
                (Total, SegmentStart) = (opened.Total, opened.NextNumber);
                SetMetadata(opened.Metadata);
                Hold(null, null);
                break;

            case QueueMetadataChanged changed: SetMetadata(changed.Metadata); break;
            case MessagePosted posted: Post(posted); break;
            case MessageClaimed claimed: Advance(claimed.Numbers); break;
            case MessageDeleted { Popped: true } popped: Advance(popped.Numbers); Total -= popped.Numbers.Count; break;
            case MessageDeleted deleted: Total -= deleted.Numbers.Count; break;
            case MessageDeadLettered moved: Advance(moved.Numbers); Total -= moved.Numbers.Count; break;
            case MessageExpired expired: Total -= expired.Numbers.Count; break;
            case QueuePurged purged: Total -= purged.Numbers.Count; break;
            case QueueDeleted: End(); break;
            case QueueFrozen frozen: Hold(QueueHolds.Leaving, frozen.MoveId); break;
            case QueueThawed: Hold(null, null); break;

            // Nobody sees it until it has arrived.
            case QueueCopied copied: Deleted = true; Hold(QueueHolds.Arriving, copied.MoveId); break;
            case QueueArrived: Deleted = false; Hold(null, null); break;
            case QueueLeft left: End(); Hold(QueueHolds.Gone, left.MoveId); break;
        }
    }

    private void Post(MessagePosted posted)
    {
        if (!IsWhole && FrontierIfAtEnd == 0)
            FrontierIfAtEnd = posted.Number;

        if (posted.IsDelayed)
        {
            if (FrontierIfAtEnd == posted.Number)
                FrontierIfAtEnd++;
            if (FrontierAtLeast == posted.Number)
                FrontierAtLeast++;
        }

        NextNumber = posted.Number + 1;
        Total++;
    }

    private void End()
    {
        (Deleted, Emptied, Total) = (true, true, 0);
        SetMetadata(QueueMetadata.Empty.Json);
    }

    private void Hold(string? held, Guid? move) => (Holds, Held, Move) = (true, held, move);

    private void Advance(IReadOnlyList<long> taken)
    {
        FrontierAtLeast = Math.Max(FrontierAtLeast, taken[^1] + 1);
        if (FrontierIfAtEnd != 0)
            FrontierIfAtEnd = Math.Max(FrontierIfAtEnd, taken[^1] + 1);
    }

    private void SetMetadata(string metadata) =>
        (Metadata, Delays) = (metadata, QueueMetadata.Parse(metadata).DefaultMessageDelay is not (null or 0));
}
