using FluentAssertions;
using Xunit;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Queues;

/// <summary>
/// No undelayed message from the frontier on was ever claimed, and each undelayed one below was claimed or is gone: readers look for
/// unclaimed messages from there on, and for the few that stand loose before it.
/// </summary>
public class FrontierTests
{
    [Fact]
    public void it_begins_at_the_first_message() => FrontierAfter(Created()).Should().Be(1);

    [Fact]
    public void posting_leaves_it_where_it_is() => FrontierAfter(Created(), Posted(1), Posted(2)).Should().Be(1);

    [Fact]
    public void a_claim_moves_it_past_the_newest_message_it_took() =>
        FrontierAfter(Created(), Posted(1), Posted(2), Posted(3), Claimed(Mine, [1, 2])).Should().Be(3);

    [Fact]
    public void a_pop_moves_it_as_a_claim_does() =>
        FrontierAfter(Created(), Posted(1), Posted(2), Deleted([1], popped: true)).Should().Be(2);

    [Fact]
    public void a_dead_letter_moves_it_as_a_claim_does() =>
        FrontierAfter(Created(), Posted(1), Posted(2), new MessageDeadLettered([1], "dead", Dawn, Client)).Should().Be(2);

    [Fact]
    public void what_is_given_back_stays_behind_it() =>
        FrontierAfter(Created(), Posted(1), Posted(2), Claimed(Mine, [1]), Released(Mine, [1])).Should().Be(2);

    [Fact]
    public void a_claim_of_what_stays_behind_it_does_not_move_it_back() =>
        FrontierAfter(Created(), Posted(1), Posted(2), Posted(3), Claimed(Mine, [1, 2]), Released(Mine, [1, 2]), Claimed(Theirs, [1])).Should().Be(3);

    [Fact]
    public void a_plain_delete_leaves_it_where_it_is() =>
        FrontierAfter(Created(), Posted(1), Posted(2), Posted(3), Deleted([2])).Should().Be(1);

    [Fact]
    public void a_purge_and_an_expiry_leave_it_where_it_is() =>
        FrontierAfter(Created(), Posted(1), Posted(2), new QueuePurged([1], Dawn, Client), new MessageExpired([2], Dawn)).Should().Be(1);

    [Fact]
    public void a_delayed_message_that_would_stand_at_it_moves_it_on() =>
        FrontierAfter(Created(), Posted(1, delay: 30), Posted(2, delay: 30), Posted(3)).Should().Be(3);

    [Fact]
    public void a_delayed_message_behind_an_undelayed_one_leaves_it_where_it_is() =>
        FrontierAfter(Created(), Posted(1), Posted(2, delay: 30)).Should().Be(1);

    [Fact]
    public void a_dead_letter_that_arrives_counts_as_undelayed() =>
        FrontierAfter(Created(), Posted(1, delay: 30) with { DeadLetteredFrom = "elsewhere" }).Should().Be(1);

    [Fact]
    public void it_goes_over_into_the_next_segment() =>
        FrontierAfter(Created(), Posted(1), Claimed(Mine, [1]), new SegmentClosed(2, Dawn),
            new SegmentOpened(2, 1, "{}", Dawn, 2, 2, 1, Dawn)).Should().Be(2);

    [Fact]
    public void a_queue_made_anew_begins_anew() =>
        FrontierAfter(Created(), Posted(1), Claimed(Mine, [1]), new QueueDeleted(Dawn, Client), Created(incarnation: 2)).Should().Be(1);

    private static long FrontierAfter(params object[] events) => Given(events).State().Frontier;
}
