using FluentAssertions;
using Xunit;
using Zaqar.Domain.Queues;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Queues;

/// <summary>A queue's history is a chain of segments; a full one is closed and the next begins with the queue's metadata and counters.</summary>
public class TurningThePageTests
{
    private static readonly object[] _full = [Created("""{"a":1}"""), Posted(1), Posted(2), Posted(3)];

    [Fact]
    public void a_segment_with_room_goes_on() => Given(Created(), Posted(1), Posted(2)).When(Turn).ThenNothing();

    [Fact]
    public void a_full_segment_is_closed_and_the_next_opened() =>
        Given(_full).At(9).When(Turn).Then(
            new SegmentClosed(2, At(9)),
            new SegmentOpened(2, 1, """{"a":1}""", Dawn, 4, 1, 3, At(9)));

    [Fact]
    public void the_new_segment_takes_the_counters_over_as_they_are() =>
        Given([.. _full, Claimed(Mine, [1, 2]), Deleted([1], claim: Mine)]).At(60).When(Turn).Then(
            new SegmentClosed(2, At(60)),
            new SegmentOpened(2, 1, """{"a":1}""", Dawn, 4, 3, 2, At(60)));

    [Fact]
    public void the_new_segment_counts_its_own_events() =>
        Given(_full).When(Turn).LeavingQueue(queue =>
            (queue.Segment, queue.Version, queue.SegmentStart, queue.NextNumber, queue.Total).Should().Be((2, 1, 4, 4, 3)));

    [Fact]
    public void turning_the_page_changes_nothing_for_clients() =>
        Given([.. _full, Claimed(Mine, [1])]).When(Turn).LeavingQueue(queue =>
        {
            queue.Line.Select(message => message.Number).Should().Equal(2, 3);
            queue.HolderOf(1, Dawn)!.Id.Should().Be(Mine);
        });

    [Fact]
    public void numbers_go_on_in_the_new_segment_and_fill_it_too() =>
        Given([.. _full, .. Turned(), Posted(4), Posted(5), Posted(6)]).When(Turn)
            .LeavingQueue(queue => (queue.Segment, queue.SegmentStart).Should().Be((3, 7)));

    [Fact]
    public void many_small_events_fill_a_segment_as_messages_do() =>
        Given([Created(), Posted(1), .. Many(5, _ => (object)new QueueMetadataChanged("{}", Dawn, Client)),
                Claimed(Mine, [1]), Released(Mine, [1]), Claimed(Mine, [1]), Released(Mine, [1]), Claimed(Mine, [1])])
            .When(Turn).LeavingQueue(queue => queue.Segment.Should().Be(2));

    [Fact]
    public void a_missing_queue_has_no_page_to_turn() => Given().When(Turn).ThenNothing();

    [Fact]
    public void a_deleted_queue_has_no_page_to_turn() => Given([.. _full, new QueueDeleted(Dawn, Client)]).When(Turn).ThenNothing();

    [Fact]
    public void a_fold_of_the_new_segment_alone_knows_metadata_and_counters()
    {
        var queue = Given([.. Turned(Claimed(Mine, [1])).Skip(1), Posted(4)]).State();

        (queue.Exists, queue.Incarnation, queue.Segment, queue.Version, queue.NextNumber, queue.Total, queue.Frontier)
            .Should().Be((true, 1, 2, 2, 5, 4, 2));
        (queue.Metadata.Json, queue.CreatedAt).Should().Be(("""{"a":1}""", Dawn));
    }

    private static IReadOnlyList<object> Turned(params object[] before) => Turn(Given([.. _full, .. before]).State(), Dawn);

    private static IReadOnlyList<object> Turn(QueueState queue, DateTimeOffset now) => QueueDecider.TurnPage(queue, 3, now);
}
