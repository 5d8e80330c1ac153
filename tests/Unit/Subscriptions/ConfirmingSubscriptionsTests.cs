using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Subscriptions;
using static Zaqar.Unit.Story;
using static Zaqar.Unit.Subscriptions.SubscriptionStory;

namespace Zaqar.Unit.Subscriptions;

public class ConfirmingSubscriptionsTests
{
    [Fact]
    public void an_unconfirmed_one_is_confirmed() =>
        Given(Subscribed()).At(5).When(Confirm(true)).Then(Confirmed(at: 5)).Answering(true).Leaving(left => left!.Confirmed.Should().BeTrue());

    [Fact]
    public void confirming_twice_is_no_error() => Given(Subscribed(), Confirmed()).When(Confirm(true)).ThenNothing().Answering(true);

    [Fact]
    public void a_confirmation_can_be_taken_back() =>
        Given(Subscribed(), Confirmed()).At(5).When(Confirm(false)).Then(Unconfirmed(at: 5)).Answering(false)
            .Leaving(left => left!.Confirmed.Should().BeFalse());

    [Fact]
    public void one_that_never_was_confirmed_can_be_taken_back_too() => Given(Subscribed()).When(Confirm(false)).Then(Unconfirmed());

    [Fact]
    public void what_was_taken_back_can_be_confirmed_again() =>
        Given(Subscribed(), Confirmed(), Unconfirmed()).When(Confirm(true)).Then(Confirmed());

    [Theory, InlineData(true), InlineData(false)]
    public void an_unknown_one_cannot_be_confirmed(bool confirmed) =>
        Given().When(Confirm(confirmed)).ThenRejected<SubscriptionNotFound>(ErrorKind.NotFound);

    [Theory, InlineData(true), InlineData(false)]
    public void one_that_is_over_cannot_be_confirmed(bool confirmed) =>
        Given(Subscribed(ttl: 60)).At(60).When(Confirm(confirmed)).ThenRejected<SubscriptionNotFound>(ErrorKind.NotFound);

    private static Func<SubscriptionState?, DateTimeOffset, Decision<bool>> Confirm(bool confirmed) =>
        (state, now) => SubscriptionDecider.Confirm(state, Mine, confirmed, Client, now);
}
