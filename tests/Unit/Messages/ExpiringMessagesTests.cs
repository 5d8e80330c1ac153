using FluentAssertions;
using Xunit;
using Zaqar.Domain.Queues;
using Zaqar.Domain.Messages;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Messages;

public class ExpiringMessagesTests
{
    [Fact]
    public void a_message_lives_until_its_ttl_is_over() =>
        Given(Created(), Posted(1, ttl: 60)).At(59.999)
            .When(QueueDecider.ExpireMessages)
            .ThenNothing()
            .Answering(0);

    [Fact]
    public void messages_whose_ttl_is_over_expire_together() =>
        Given(Created(), Posted(1, ttl: 60), Posted(2), Posted(3, ttl: 60)).At(60)
            .When(QueueDecider.ExpireMessages)
            .Then(new MessageExpired([1, 3], At(60)))
            .Answering(2)
            .LeavingQueue(queue => (queue.Messages.Keys.Single(), queue.Total).Should().Be((2, 1)));

    [Fact]
    public void a_message_whose_claim_is_over_expires_too() =>
        Given(Created(), Posted(1, ttl: 500), Claimed(Theirs, [1], ttl: 300)).At(500)
            .When(QueueDecider.ExpireMessages)
            .Then(new MessageExpired([1], At(500)))
            .LeavingQueue(queue => queue.Claims[Theirs].Numbers.Should().BeEmpty());

    [Fact]
    public void a_message_that_is_over_is_gone_before_that_is_recorded() =>
        Given(Created(), Posted(1, ttl: 60)).At(60)
            .When((queue, now) => MessageDecider.Delete(queue, IdOf(1), Malformed, Client, now))
            .ThenNothing()
            .Answering(false);
}
