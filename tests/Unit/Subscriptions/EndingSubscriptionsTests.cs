using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Subscriptions;
using static Zaqar.Unit.Story;
using static Zaqar.Unit.Subscriptions.SubscriptionStory;

namespace Zaqar.Unit.Subscriptions;

public class EndingSubscriptionsTests
{
    [Theory, InlineData(DeletionReason.Asked), InlineData(DeletionReason.Gone), InlineData(DeletionReason.Purged)]
    public void a_live_one_is_deleted_for_a_reason(DeletionReason reason) =>
        Given(Subscribed()).At(5).When(Delete(reason)).Then(new SubscriptionDeleted(Mine, reason, At(5), Client)).Answering(true)
            .Leaving(left => left.Should().BeNull());

    [Fact]
    public void deleting_an_unknown_one_is_no_error() => Given().When(Delete()).ThenNothing().Answering(false);

    [Fact]
    public void deleting_one_that_is_over_only_records_that_it_is() =>
        Given(Subscribed(ttl: 60)).At(61).When(Delete()).Then(Over(Mine, 61)).Answering(false);

    [Fact]
    public void it_is_over_at_the_very_end_of_its_ttl()
    {
        var state = Given(Subscribed(ttl: 60)).State();

        SubscriptionDecider.Expire(state, At(59.999)).Should().BeEmpty();
        SubscriptionDecider.Expire(state, At(60)).Should().Equal(Over(Mine, 60));
        SubscriptionDecider.Expire(null, At(60)).Should().BeEmpty();
    }

    private static Func<SubscriptionState?, DateTimeOffset, Decision<bool>> Delete(DeletionReason reason = DeletionReason.Asked) =>
        (state, now) => SubscriptionDecider.Delete(state, reason, Client, now);
}
