using FluentAssertions;
using Xunit;
using Zaqar.Domain.Messages;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Messages;

public class PoppingMessagesTests
{
    [Fact]
    public void a_pop_takes_the_oldest_out_of_the_queue() =>
        Given(Created(), Posted(1), Posted(2), Posted(3))
            .When((queue, now) => MessageDecider.Pop(queue, 2, Client, now))
            .Then(Deleted([1, 2], popped: true))
            .ThatAnswers(popped => popped.Select(message => message.Id).Should().Equal(IdOf(1), IdOf(2)))
            .LeavingQueue(queue => queue.Messages.Keys.Should().Equal(3));

    [Fact]
    public void a_pop_of_more_than_there_are_takes_all() =>
        Given(Created(), Posted(1))
            .When((queue, now) => MessageDecider.Pop(queue, 20, Client, now))
            .Then(Deleted([1], popped: true));

    [Fact]
    public void a_pop_passes_over_what_is_claimed() =>
        Given(Created(), Posted(1), Posted(2), Claimed(Theirs, [1]))
            .When((queue, now) => MessageDecider.Pop(queue, 20, Client, now))
            .Then(Deleted([2], popped: true));

    [Fact]
    public void a_pop_takes_what_a_claim_gave_back() =>
        Given(Created(), Posted(1), Posted(2), Claimed(Theirs, [1]), Released(Theirs, [1]))
            .When((queue, now) => MessageDecider.Pop(queue, 1, Client, now))
            .Then(Deleted([1], popped: true));

    [Fact]
    public void a_pop_passes_over_what_is_over() =>
        Given(Created(), Posted(1, ttl: 60), Posted(2)).At(60)
            .When((queue, now) => MessageDecider.Pop(queue, 20, Client, now))
            .Then(Deleted([2], at: 60, popped: true));

    [Fact]
    public void a_pop_counts_no_claim_and_makes_no_dead_letter() =>
        Given(Created("""{"_dead_letter_queue":"dead","_max_claim_count":1}"""), Posted(1, claimCount: 1))
            .When((queue, now) => MessageDecider.Pop(queue, 1, Client, now))
            .Then(Deleted([1], popped: true))
            .DeadLettering()
            .ThatAnswers(popped => popped.Single().ClaimCount.Should().Be(1));

    [Fact]
    public void a_pop_of_an_empty_queue_answers_nothing() =>
        Given(Created())
            .When((queue, now) => MessageDecider.Pop(queue, 1, Client, now))
            .ThenNothing()
            .Answering([]);

    [Fact]
    public void a_pop_of_a_missing_queue_answers_nothing_and_makes_no_queue() =>
        Given()
            .When((queue, now) => MessageDecider.Pop(queue, 1, Client, now))
            .ThenNothing()
            .Answering([]);
}
