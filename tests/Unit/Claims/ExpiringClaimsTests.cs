using FluentAssertions;
using Xunit;
using Zaqar.Domain.Queues;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Claims;

public class ExpiringClaimsTests
{
    private static readonly Past _past =
        Given(Created(), Posted(1), Posted(2), Posted(3), Claimed(Mine, [1, 3], ttl: 100), Claimed(Theirs, [2], ttl: 60));

    [Fact]
    public void a_claim_lives_until_its_ttl_is_over() => _past.At(59.999).When(QueueDecider.ExpireClaims).ThenNothing();

    [Fact]
    public void a_claim_whose_ttl_is_over_gives_its_messages_back() =>
        _past.At(60).When(QueueDecider.ExpireClaims).Then(ClaimOver(Theirs, [2], 60))
            .LeavingQueue(queue => queue.Line.Select(message => message.Number).Should().Equal(2));

    [Fact]
    public void claims_that_are_over_are_recorded_in_the_order_they_ended() =>
        _past.At(500).When(QueueDecider.ExpireClaims).Then(ClaimOver(Theirs, [2], 500), ClaimOver(Mine, [1, 3], 500))
            .LeavingQueue(queue => queue.Line.Select(message => message.Number).Should().Equal(1, 2, 3));

    [Fact]
    public void a_claim_counts_as_over_before_that_is_recorded() =>
        _past.At(60).State().HolderOf(2, At(60)).Should().BeNull();

    [Fact]
    public void a_message_deleted_under_the_claim_does_not_come_back() =>
        Given(Created(), Posted(1), Posted(2), Claimed(Mine, [1, 2]), Deleted([1], claim: Mine)).At(300)
            .When(QueueDecider.ExpireClaims).Then(ClaimOver(Mine, [2], 300))
            .LeavingQueue(queue => queue.Line.Select(message => message.Number).Should().Equal(2));
}
