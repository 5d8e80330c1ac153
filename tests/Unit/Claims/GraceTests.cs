using FluentAssertions;
using Xunit;
using Zaqar.Domain.Claims;
using Zaqar.Domain.Messages;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Claims;

/// <summary>A claimed message outlives its claim by the grace; one that would anyway stays as it is.</summary>
public class GraceTests
{
    [Fact]
    public void a_message_that_would_end_before_its_claim_outlives_it_by_the_grace() =>
        Given(Created(), Posted(1, ttl: 60)).At(10)
            .When((queue, now) => ClaimDecider.Claim(queue, Mine, 10, 100, 70, Bounds, Client, now))
            .Then(Claimed(Mine, [1], 100, 10, new MessageLife(1, 170, At(10 + 100 + 70), 0)) with { Grace = 70 })
            .ThatAnswers(claimed => claimed.Single().Ttl.Should().Be(170))
            .LeavingQueue(queue => (queue.Messages[1].Ttl, queue.Messages[1].ExpiresAt).Should().Be((170, At(180))));

    [Fact]
    public void a_message_that_ends_with_its_claim_stays_as_it_is() =>
        Given(Created(), Posted(1, ttl: 100))
            .When((queue, now) => ClaimDecider.Claim(queue, Mine, 10, 100, 70, Bounds, Client, now))
            .Then(Claimed(Mine, [1], 100) with { Grace = 70 })
            .ThatAnswers(claimed => claimed.Single().Ttl.Should().Be(100));

    [Fact]
    public void a_message_that_ends_after_its_claim_stays_as_it_is_although_within_the_grace() =>
        Given(Created(), Posted(1, ttl: 101))
            .When((queue, now) => ClaimDecider.Claim(queue, Mine, 10, 100, 70, Bounds, Client, now))
            .Then(Claimed(Mine, [1], 100) with { Grace = 70 });

    [Fact]
    public void each_message_of_a_claim_is_judged_by_itself() =>
        Given(Created(), Posted(1), Posted(2, ttl: 60), Posted(3))
            .When((queue, now) => ClaimDecider.Claim(queue, Mine, 10, 100, 70, Bounds, Client, now))
            .Then(Claimed(Mine, [1, 2, 3], 100, 0, new MessageLife(2, 170, At(170), 0)) with { Grace = 70 });

    [Fact]
    public void a_renewal_extends_as_a_creation_does() =>
        Given(Created(), Posted(1, ttl: 60), Claimed(Mine, [1], 100, 0, new MessageLife(1, 170, At(170), 0))).At(50)
            .When((queue, now) => ClaimDecider.Renew(queue, Mine, 200, 60, Bounds, Client, now))
            .Then(new ClaimRenewed(Mine, 200, 60, At(250), [new MessageLife(1, 260, At(310), 0)], At(50), Client))
            .LeavingQueue(queue => (queue.Messages[1].Ttl, queue.Messages[1].ExpiresAt).Should().Be((260, At(310))));

    [Fact]
    public void what_a_claim_extended_stays_extended_when_it_is_given_back() =>
        Given(Created(), Posted(1, ttl: 60), Claimed(Mine, [1], 100, 0, new MessageLife(1, 170, At(170), 0)), Released(Mine, [1])).At(169)
            .When((queue, now) => MessageDecider.Pop(queue, 1, Client, now))
            .Then(Deleted([1], at: 169, popped: true));
}
