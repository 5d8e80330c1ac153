using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Queues;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Queues;

/// <summary>A queue leaves one database for another: frozen, copied, arrived, left; or thawed.</summary>
public class MovingQueuesTests
{
    private static readonly Guid _move = Mine;
    private static readonly object[] _queue = [Created("""{"a":1}"""), Posted(1), Claimed(Theirs, [1]), Posted(2)];
    private static readonly object[] _frozen =
    [
        .. _queue, new SegmentClosed(2, At(1)), new SegmentOpened(2, 1, """{"a":1}""", Dawn, 3, 2, 2, At(1)), new QueueFrozen(_move, "b", At(1)),
    ];

    private static readonly object[] _copied = [.. _frozen, new QueueCopied(_move, "a", At(2))];
    private static readonly object[] _left = [.. _frozen, new QueueLeft(_move, "b", At(3))];

    [Fact]
    public void a_queue_is_frozen_in_a_segment_of_its_own() =>
        Given(_queue).At(1).When(Freeze).Answering(true).Then(
            new SegmentClosed(2, At(1)), new SegmentOpened(2, 1, """{"a":1}""", Dawn, 3, 2, 2, At(1)), new QueueFrozen(_move, "b", At(1)))
            .LeavingQueue(queue => (queue.Exists, queue.Hold, queue.Segment, queue.Version).Should().Be((true, new Hold(HoldKind.Leaving, _move), 2, 2)));

    [Fact]
    public void freezing_twice_is_no_error() => Given(_frozen).When(Freeze).Answering(false).ThenNothing();

    [Fact]
    public void a_missing_queue_is_not_frozen() => Given().When(Freeze).ThenRejected<QueueNotFound>(ErrorKind.NotFound);

    [Fact]
    public void a_queue_that_another_move_froze_is_not_frozen() =>
        Given(_frozen).When((queue, now) => QueueDecider.Freeze(queue, Theirs, "b", now)).ThenRejected<QueueMoving>(ErrorKind.Unavailable);

    [Fact]
    public void a_queue_that_has_left_is_not_frozen() => Given(_left).When(Freeze).ThenRejected<QueueMoved>(ErrorKind.Unavailable);

    [Fact]
    public void a_queue_that_stays_thaws_as_it_was() =>
        Given(_frozen).At(2).When(Thaw).Answering(true).Then(new QueueThawed(_move, At(2))).LeavingQueue(queue =>
        {
            (queue.Hold, queue.Exists, queue.Total, queue.NextNumber).Should().Be((null, true, 2, 3));
            queue.HolderOf(1, Dawn)!.Id.Should().Be(Theirs);
        });

    [Fact]
    public void what_that_move_did_not_freeze_it_does_not_thaw()
    {
        Given(_queue).When(Thaw).Answering(false).ThenNothing();
        Given(_left).When(Thaw).Answering(false).ThenNothing();
        Given(_frozen).When((queue, now) => QueueDecider.Thaw(queue, Theirs, now)).ThenNothing();
    }

    [Fact]
    public void nobody_sees_a_copy() =>
        Given(_copied).State().Should().Match<QueueState>(queue => !queue.Exists && queue.Hold == new Hold(HoldKind.Arriving, _move));

    [Fact]
    public void a_copy_arrives_and_goes_on_in_a_new_segment() =>
        Given(_copied).At(4).When(Arrive).Answering(true).Then(
            new QueueArrived(_move, "a", At(4)), new SegmentClosed(3, At(4)), new SegmentOpened(3, 1, """{"a":1}""", Dawn, 3, 2, 2, At(4)))
            .LeavingQueue(queue => (queue.Exists, queue.Hold, queue.Segment, queue.Incarnation).Should().Be((true, null, 3, 1)));

    [Fact]
    public void arriving_twice_is_no_error() => Given([.. _copied, new QueueArrived(_move, "a", At(4))]).When(Arrive).Answering(false).ThenNothing();

    [Fact]
    public void what_has_not_been_copied_does_not_arrive() => Given(_frozen).When(Arrive).ThenRejected<QueueMoving>(ErrorKind.Unavailable);

    [Fact]
    public void what_is_not_there_at_all_does_not_arrive() => Given().When(Arrive).ThenRejected<MoveRefused>(ErrorKind.Conflict);

    [Fact]
    public void a_frozen_queue_leaves_and_its_metadata_with_it() =>
        Given(_frozen).At(3).When(Leave).Answering(true).Then(new QueueLeft(_move, "b", At(3))).LeavingQueue(queue =>
            (queue.Exists, queue.Hold, queue.Total, queue.Metadata.Json).Should().Be((false, new Hold(HoldKind.Gone, _move), 0, "{}")));

    [Fact]
    public void leaving_twice_is_no_error() => Given(_left).When(Leave).Answering(false).ThenNothing();

    [Fact]
    public void a_queue_that_is_in_use_does_not_leave() => Given(_queue).When(Leave).ThenRejected<MoveRefused>(ErrorKind.Conflict);

    [Fact]
    public void a_name_that_was_left_may_be_used_again_by_the_next_incarnation() =>
        Given(_left).At(9).When(QueueDecider.Readmit).Answering(true).Then(new QueueThawed(_move, At(9))).LeavingQueue(queue =>
            QueueDecider.Create(queue, QueueMetadata.Empty, Client, At(9)).Events.Should().Equal(new QueueCreated(2, "{}", At(9), Client)));

    [Fact]
    public void only_a_name_that_was_left_has_to_be_readmitted()
    {
        Given(_queue).When(QueueDecider.Readmit).Answering(false).ThenNothing();
        Given(_frozen).When(QueueDecider.Readmit).Answering(false).ThenNothing();
    }

    private static Decision<bool> Freeze(QueueState queue, DateTimeOffset now) => QueueDecider.Freeze(queue, _move, "b", now);

    private static Decision<bool> Thaw(QueueState queue, DateTimeOffset now) => QueueDecider.Thaw(queue, _move, now);

    private static Decision<bool> Arrive(QueueState queue, DateTimeOffset now) => QueueDecider.Arrive(queue, _move, "a", now);

    private static Decision<bool> Leave(QueueState queue, DateTimeOffset now) => QueueDecider.Leave(queue, _move, "b", now);
}
