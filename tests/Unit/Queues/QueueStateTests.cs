using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Claims;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Queues;

public class QueueStateTests
{
    [Fact]
    public void before_anything_happened_there_is_no_queue()
    {
        var queue = Given().State();

        (queue.Exists, queue.Incarnation, queue.Segment, queue.Version, queue.NextNumber, queue.Total).Should().Be((false, 0, 0, 0, 1, 0));
        queue.Metadata.Should().Be(QueueMetadata.Empty);
    }

    [Fact]
    public void each_event_counts_toward_the_version() =>
        Given(Created(), Posted(1), Claimed(Mine, [1]), Released(Mine, [1])).State().Version.Should().Be(4);

    [Fact]
    public void a_new_incarnation_counts_its_own_events() =>
        Given(Created(), Posted(1), new QueueDeleted(Dawn, Client), Created(incarnation: 2)).State().Version.Should().Be(1);

    [Fact]
    public void metadata_is_what_it_last_became() =>
        Given(Created("""{"a":1}"""), new QueueMetadataChanged("""{"a":2}""", Dawn, Client)).State().Metadata.Json.Should().Be("""{"a":2}""");

    [Fact]
    public void claimed_and_delayed_messages_count_and_those_gone_do_not()
    {
        Given(Created(), Posted(1), Posted(2, delay: 30), Posted(3), Posted(4), Claimed(Mine, [1]),
                Deleted([3]), new MessageExpired([4], Dawn))
            .State().Total.Should().Be(2);
    }

    [Fact]
    public void the_line_is_in_order_whatever_was_given_back_when() =>
        Given(Created(), Posted(1), Posted(2), Posted(3), Posted(4), Claimed(Mine, [1, 2]), Claimed(Theirs, [3]),
                Released(Theirs, [3]), Released(Mine, [1, 2]))
            .State().Line.Select(message => message.Number).Should().Equal(1, 2, 3, 4);

    [Fact]
    public void what_is_no_event_of_a_queue_is_refused()
    {
        var fold = () => Given("something").State();

        fold.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void a_state_that_is_recalled_sees_no_further_than_it_was_told()
    {
        var queue = Recalled();
        queue.Learn(Known(5));
        queue.Learn(Known(6));
        queue.Line.Should().BeEmpty();

        queue.SeesTo(5);
        queue.Line.Select(message => message.Number).Should().Equal(5);
    }

    [Fact]
    public void a_message_learned_after_the_claim_that_holds_it_does_not_stand_in_line()
    {
        var queue = Recalled();
        queue.SeesTo(9);
        queue.Learn(new KnownClaim(Theirs, [5], 300, 60, Dawn, At(300)));
        queue.Learn(Known(5));

        queue.Line.Should().BeEmpty();
        queue.HolderOf(5, Dawn)!.Id.Should().Be(Theirs);
    }

    [Fact]
    public void a_message_learned_before_the_claim_that_holds_it_does_not_stand_in_line()
    {
        var queue = Recalled();
        queue.SeesTo(9);
        queue.Learn(Known(5));
        queue.Learn(new KnownClaim(Theirs, [5], 300, 60, Dawn, At(300)));

        queue.Line.Should().BeEmpty();
    }

    [Fact]
    public void what_was_learned_and_changed_since_is_not_learned_again()
    {
        var queue = Recalled();
        queue.SeesTo(9);
        queue.Learn(Known(5));
        queue.Evolve(Claimed(Mine, [5], lives: new MessageLife(5, 3600, At(3600), 1)));
        queue.Learn(Known(5));

        queue.Messages[5].ClaimCount.Should().Be(1);
        queue.Line.Should().BeEmpty();
    }

    [Fact]
    public void a_message_learned_without_its_body_stands_in_line_once_the_body_is_learned_too()
    {
        var queue = Recalled();
        queue.SeesTo(9);
        queue.Learn(Known(5) with { Body = default });
        queue.Line.Should().BeEmpty();

        queue.Learn(Known(5));
        queue.Learn(Known(5) with { Body = default });
        queue.Line.Single().Body.IsEmpty.Should().BeFalse();
    }

    [Theory, InlineData(true), InlineData(false)]
    public void a_message_that_an_unknown_claim_holds_does_not_stand_in_line(bool learnedFirst)
    {
        var queue = Recalled();
        queue.SeesTo(9);
        if (learnedFirst)
            queue.Learn(Known(5));
        queue.LearnHeld(5);
        queue.Learn(Known(5));

        queue.Line.Should().BeEmpty();
    }

    [Fact]
    public void a_message_that_an_unknown_claim_holds_is_deleted_by_nobody_who_cannot_name_it()
    {
        var queue = Recalled();
        queue.Learn(Known(5));
        queue.LearnHeld(5);

        Deletion(null).Should().Throw<MessageClaimedByAnother>();
        Deletion(Malformed).Should().Throw<MessageNotClaimed>();
        Deletion(Theirs).Should().Throw<MessageNotClaimed>();

        Func<Decision<bool>> Deletion(Guid? claim) => () => MessageDecider.Delete(queue, IdOf(5), claim, Client, Dawn);
    }

    [Fact]
    public void an_unknown_claim_is_nothing_to_expire()
    {
        var queue = Recalled();
        queue.LearnHeld(5);

        queue.Claims.Should().BeEmpty();
    }

    [Fact]
    public void a_claim_that_ends_gives_back_no_message_that_was_never_learned()
    {
        var queue = Recalled();
        queue.SeesTo(9);
        queue.Learn(new KnownClaim(Theirs, [5, 6], 300, 60, Dawn, At(300)));
        queue.Learn(Known(5));
        queue.Evolve(ClaimOver(Theirs, [5, 6], 300));

        queue.Line.Select(message => message.Number).Should().Equal(5);
    }

    [Fact]
    public void a_recalled_state_goes_on_from_its_counters()
    {
        var queue = Recalled();
        queue.Evolve(Posted(10));

        (queue.Version, queue.NextNumber, queue.Total, queue.Frontier).Should().Be((78, 11, 8, 4));
    }

    private static QueueState Recalled()
    {
        var queue = new QueueState(Orders);
        queue.Recall(true, 1, 2, 77, Dawn, QueueMetadata.Empty, 10, 4, 7, 1);
        return queue;
    }

    private static KnownMessage Known(long number) =>
        new(number, IdOf(number), BodyOf(number), 3600, Dawn, Dawn, At(3600), 0, null);

    [Fact]
    public void what_settles_keeps_its_counters_and_its_claims_with_their_messages()
    {
        var queue = Given(Created(), Posted(1), Posted(2), Posted(3), Claimed(Mine, [1, 2]), Deleted([1], claim: Mine)).State();

        queue.Settle(maxLine: 100, maxLineBytes: 1000);

        (queue.NextNumber, queue.Total, queue.Frontier, queue.Version).Should().Be((4, 2, 3, 6));
        queue.Claims[Mine].Numbers.Should().Equal(2);
        queue.Messages.Keys.Should().Equal(2);
        queue.Messages[2].Body.IsEmpty.Should().BeTrue();
    }

    [Fact]
    public void what_settles_sees_nothing_of_the_line()
    {
        var queue = Given(Created(), Posted(1), Posted(2), Claimed(Mine, [1]), Released(Mine, [1])).State();

        queue.Settle(maxLine: 100, maxLineBytes: 1000);

        (queue.Horizon, queue.Messages.Count).Should().Be((0, 0));
        queue.Line.Should().BeEmpty();
    }

    [Fact]
    public void a_plain_line_stays_in_sight_as_far_as_its_bounds_allow()
    {
        var queue = Given(Created(), Posted(1), Posted(2), Posted(3)).State();
        queue.SeesTo(long.MaxValue, isPlain: true);

        queue.Settle(maxLine: 2, maxLineBytes: 1000);

        queue.Line.Select(message => message.Number).Should().Equal(1, 2);
        queue.Horizon.Should().Be(2);
        queue.Evolve(Posted(4));
        queue.Line.Select(message => message.Number).Should().Equal([1, 2], "what is behind the horizon may have others before it");
    }

    [Fact]
    public void a_line_that_something_was_given_back_to_is_out_of_sight_once_it_settles()
    {
        var queue = Given(Created(), Posted(1), Posted(2)).State();
        queue.SeesTo(long.MaxValue, isPlain: true);
        queue.Evolve(Claimed(Mine, [1]));
        queue.Evolve(Released(Mine, [1]));

        queue.Settle(maxLine: 100, maxLineBytes: 1000);

        queue.Line.Should().BeEmpty();
    }

    [Fact]
    public void a_claim_whose_messages_are_all_deleted_is_not_kept()
    {
        var queue = Given(Created(), Posted(1), Claimed(Mine, [1]), Deleted([1], claim: Mine)).State();

        queue.Settle(maxLine: 100, maxLineBytes: 1000);

        queue.Claims.Should().BeEmpty();
    }
}
