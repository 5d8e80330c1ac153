using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Claims;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Claims;

/// <summary>A message that was claimed as often as its queue allows goes to the dead-letter queue when the next claim meets it.</summary>
public class DeadLetteringTests
{
    private const string Twice = """{"_dead_letter_queue":"dead","_max_claim_count":2}""";

    [Fact]
    public void each_claim_counts() =>
        Given(Created(Twice), Posted(1))
            .When(Claim)
            .Then(Claimed(Mine, [1], lives: new MessageLife(1, 3600, At(3600), 1)))
            .ThatAnswers(claimed => claimed.Single().ClaimCount.Should().Be(1));

    [Fact]
    public void claimed_twice_of_two_it_is_still_delivered() =>
        Given(Created(Twice), Posted(1, claimCount: 1))
            .When(Claim)
            .Then(Claimed(Mine, [1], lives: new MessageLife(1, 3600, At(3600), 2)))
            .DeadLettering();

    [Fact]
    public void the_third_claim_of_two_moves_it() =>
        Given(Created(Twice), Posted(1, claimCount: 2))
            .When(Claim)
            .Then(new MessageDeadLettered([1], "dead", Dawn, Client))
            .Answering([])
            .DeadLettering(1)
            .LeavingQueue(queue => (queue.Total, queue.Messages.Count, queue.Claims.Count).Should().Be((0, 0, 0)));

    [Fact]
    public void what_moves_counts_against_the_limit_and_the_rest_is_delivered() =>
        Given(Created(Twice), Posted(1, claimCount: 2), Posted(2), Posted(3))
            .When((queue, now) => ClaimDecider.Claim(queue, Mine, 2, 300, 60, Bounds, Client, now))
            .Then(new MessageDeadLettered([1], "dead", Dawn, Client),
                Claimed(Mine, [2], lives: new MessageLife(2, 3600, At(3600), 1)))
            .DeadLettering(1);

    [Fact]
    public void what_moves_is_not_extended() =>
        Given(Created(Twice), Posted(1, ttl: 60, claimCount: 2))
            .When(Claim)
            .DeadLetters().Messages.Single().ExpiresAt.Should().Be(At(60));

    [Fact]
    public void the_target_learns_where_it_came_from_and_how_long_it_lives()
    {
        var letters = Given(Created("""{"_dead_letter_queue":"dead","_max_claim_count":1,"_dead_letter_queue_messages_ttl":900}"""), Posted(1, claimCount: 1))
            .When(Claim).DeadLetters();

        (letters.From, letters.To, letters.Ttl).Should().Be(("orders", "dead", 900L));
    }

    [Fact]
    public void without_a_ttl_of_its_own_it_keeps_what_it_had() =>
        Given(Created(Twice), Posted(1, claimCount: 2)).When(Claim).DeadLetters().Ttl.Should().BeNull();

    [Theory]
    [InlineData("""{"_dead_letter_queue":"dead"}""")]
    [InlineData("""{"_max_claim_count":1}""")]
    [InlineData("""{"_dead_letter_queue":"dead","_max_claim_count":0}""")]
    [InlineData("""{"_dead_letter_queue":"dead","_max_claim_count":null}""")]
    [InlineData("""{"_dead_letter_queue":"","_max_claim_count":1}""")]
    [InlineData("""{"_dead_letter_queue":null,"_max_claim_count":1}""")]
    [InlineData("""{"_dead_letter_queue":"no such name!","_max_claim_count":1}""")]
    [InlineData("""{"_dead_letter_queue":"~topic","_max_claim_count":1}""")]
    public void without_both_a_target_and_a_count_nothing_is_counted_or_moved(string metadata) =>
        Given(Created(metadata), Posted(1, claimCount: 5))
            .When(Claim)
            .Then(Claimed(Mine, [1]));

    [Fact]
    public void a_negative_count_moves_everything() =>
        Given(Created("""{"_dead_letter_queue":"dead","_max_claim_count":-1}"""), Posted(1)).When(Claim).DeadLettering(1).Answering([]);

    [Fact]
    public void a_renewal_keeps_the_count() =>
        Given(Created(Twice), Posted(1), Claimed(Mine, [1], lives: new MessageLife(1, 3600, At(3600), 1)))
            .When((queue, now) => ClaimDecider.Renew(queue, Mine, 300, 60, Bounds, Client, now))
            .LeavingQueue(queue => queue.Messages[1].ClaimCount.Should().Be(1));

    [Fact]
    public void a_release_keeps_the_count() =>
        Given(Created(Twice), Posted(1), Claimed(Mine, [1], lives: new MessageLife(1, 3600, At(3600), 2)), Released(Mine, [1]))
            .When(Claim)
            .DeadLettering(1);

    [Fact]
    public void a_move_moves_no_further_even_when_the_target_would_move_it_too()
    {
        var letters = Given(Created(Twice), Posted(1, claimCount: 2)).When(Claim).DeadLetters();

        Given(Created("""{"_dead_letter_queue":"deader","_max_claim_count":1}"""))
            .When((queue, now) => MessageDecider.Receive(queue, letters, Client, now))
            .LeavingQueue(queue => queue.Line.Single().ClaimCount.Should().Be(2));
    }

    [Fact]
    public void the_targets_own_rule_goes_on_counting_from_what_it_brought_along() =>
        Given(Created("""{"_dead_letter_queue":"deader","_max_claim_count":2}"""), Posted(1, claimCount: 2)).When(Claim).DeadLettering(1);

    [Fact]
    public void a_queue_that_is_its_own_dead_letter_queue_puts_it_last()
    {
        var queue = Given(Created("""{"_dead_letter_queue":"orders","_max_claim_count":1}"""), Posted(1, claimCount: 1), Posted(2)).State();

        var claimed = Claim(queue, Dawn);
        foreach (var @event in claimed.Events)
            queue.Evolve(@event);
        foreach (var @event in MessageDecider.Receive(queue, claimed.DeadLetters!, Client, Dawn))
            queue.Evolve(@event);

        queue.Line.Select(message => (message.Number, message.Id)).Should().Equal((3, IdOf(1)));
        (queue.Total, claimed.Answer.Single().Id).Should().Be((2, IdOf(2)));
    }

    private static Decision<IReadOnlyList<KnownMessage>> Claim(QueueState queue, DateTimeOffset now) =>
        ClaimDecider.Claim(queue, Mine, 10, 300, 60, Bounds, Client, now);
}
