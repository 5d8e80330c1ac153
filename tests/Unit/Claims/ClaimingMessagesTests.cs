using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Claims;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Claims;

public class ClaimingMessagesTests
{
    [Fact]
    public void a_claim_takes_the_oldest() =>
        Given(Created(), Posted(1), Posted(2), Posted(3))
            .When(Claim(limit: 2))
            .Then(Claimed(Mine, [1, 2]))
            .ThatAnswers(claimed => claimed.Select(message => message.Id).Should().Equal(IdOf(1), IdOf(2)));

    [Fact]
    public void two_claims_never_share_a_message() =>
        Given(Created(), Posted(1), Posted(2), Posted(3), Claimed(Theirs, [1, 2]))
            .When(Claim())
            .Then(Claimed(Mine, [3]));

    [Fact]
    public void a_claim_with_nothing_to_take_is_none() =>
        Given(Created(), Posted(1), Claimed(Theirs, [1])).When(Claim()).ThenNothing().Answering([]);

    [Fact]
    public void a_claim_on_a_missing_queue_is_none_and_makes_no_queue() => Given().When(Claim()).ThenNothing().Answering([]);

    [Fact]
    public void what_a_claim_gave_back_is_claimed_first_again() =>
        Given(Created(), Posted(1), Posted(2), Posted(3), Claimed(Theirs, [1, 2]), Released(Theirs, [1, 2]))
            .When(Claim(limit: 2))
            .Then(Claimed(Mine, [1, 2]));

    [Fact]
    public void what_a_claim_held_can_be_claimed_from_the_instant_it_is_over()
    {
        var past = Given(Created(), Posted(1), Claimed(Theirs, [1]));

        past.At(299.999).When(ExpireThenClaim).ThenNothing();
        past.At(300).When(ExpireThenClaim).Then(ClaimOver(Theirs, [1], 300), Claimed(Mine, [1], at: 300));
    }

    [Fact]
    public void what_is_over_is_not_claimed() =>
        Given(Created(), Posted(1, ttl: 60), Posted(2)).At(60).When(Claim()).Then(Claimed(Mine, [2], at: 60));

    [Fact]
    public void what_was_deleted_is_not_claimed() =>
        Given(Created(), Posted(1), Posted(2), Deleted([1])).When(Claim()).Then(Claimed(Mine, [2]));

    [Fact]
    public void the_poster_may_claim_its_own_messages() =>
        Given(Created(), Posted(1)).When((queue, now) => ClaimDecider.Claim(queue, Mine, 1, 300, 60, Bounds, Client, now)).Then(Claimed(Mine, [1]));

    [Theory, InlineData(60), InlineData(43_200)]
    public void a_ttl_at_its_bounds_is_accepted(long ttl) =>
        Given(Created(), Posted(1, ttl: 1_209_600)).When(Claim(ttl: ttl)).Then(Claimed(Mine, [1], ttl));

    [Theory, InlineData(59), InlineData(43_201), InlineData(0), InlineData(long.MinValue), InlineData(long.MaxValue)]
    public void a_ttl_outside_its_bounds_is_rejected(long ttl) =>
        Given(Created(), Posted(1)).When(Claim(ttl: ttl)).ThenRejected<ClaimTtlOutOfRange>(ErrorKind.InvalidRequest);

    [Theory, InlineData(60), InlineData(43_200)]
    public void a_grace_at_its_bounds_is_accepted(long grace) =>
        Given(Created(), Posted(1)).When(Claim(grace: grace)).Then(Claimed(Mine, [1]) with { Grace = grace });

    [Theory, InlineData(59), InlineData(43_201), InlineData(-1), InlineData(long.MinValue), InlineData(long.MaxValue)]
    public void a_grace_outside_its_bounds_is_rejected(long grace) =>
        Given(Created(), Posted(1)).When(Claim(grace: grace)).ThenRejected<ClaimGraceOutOfRange>(ErrorKind.InvalidRequest);

    [Fact]
    public void bounds_are_judged_even_when_there_is_nothing_to_take() =>
        Given().When(Claim(ttl: 1)).ThenRejected<ClaimTtlOutOfRange>(ErrorKind.InvalidRequest);

    private static Decision<int> ExpireThenClaim(QueueState queue, DateTimeOffset now)
    {
        var events = QueueDecider.ExpireClaims(queue, now);
        foreach (var @event in events)
            queue.Evolve(@event);

        return new(0, [.. events, .. Claim()(queue, now).Events]);
    }

    private static Func<QueueState, DateTimeOffset, Decision<IReadOnlyList<KnownMessage>>> Claim(
        int limit = 10, long ttl = 300, long grace = 60) =>
        (queue, now) => ClaimDecider.Claim(queue, Mine, limit, ttl, grace, Bounds, Client, now);
}
