using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Subscriptions;
using static Zaqar.Unit.Story;
using static Zaqar.Unit.Subscriptions.SubscriptionStory;

namespace Zaqar.Unit.Subscriptions;

public class ChangingSubscriptionsTests
{
    private static readonly SubscriptionPast _past = Given(Subscribed(ttl: 600, options: """{"secret": "s3", "a": 1}"""), Confirmed());

    [Fact]
    public void a_new_ttl_counts_from_now() =>
        _past.At(100).When(Change(ttl: 300)).Then(new SubscriptionChanged(Mine, null, 300, null, At(400), At(100), Client)).Answering(true)
            .Leaving(left => (left!.Ttl, left.ExpiresAt, left.CreatedAt, left.Version).Should().Be((300, At(400), Dawn, 3)));

    [Fact]
    public void the_same_ttl_counts_from_now_too() =>
        _past.At(100).When(Change(ttl: 600)).Then(new SubscriptionChanged(Mine, null, 600, null, At(700), At(100), Client));

    [Fact]
    public void a_new_subscriber_leaves_it_confirmed() =>
        _past.When(Change(OtherHook)).Then(new SubscriptionChanged(Mine, OtherHook, null, null, null, Dawn, Client))
            .Leaving(left => (left!.Subscriber, left.Confirmed, left.Ttl).Should().Be((OtherHook, true, 600)));

    [Fact]
    public void new_options_replace_the_whole() =>
        _past.When(Change(options: """{"b": 2}""")).Then(new SubscriptionChanged(Mine, null, null, """{"b": 2}""", null, Dawn, Client));

    [Fact]
    public void options_with_a_masked_secret_keep_it() =>
        _past.When(Change(options: """{"b": 2, "secret":"***"}"""))
            .Then(new SubscriptionChanged(Mine, null, null, """{"b": 2, "secret":"s3"}""", null, Dawn, Client));

    [Fact]
    public void a_masked_secret_without_one_to_keep_is_refused() =>
        Given(Subscribed()).When(Change(options: """{"secret": "***"}""")).ThenRejected<SubscriptionOptionsInvalid>(ErrorKind.InvalidRequest);

    [Fact]
    public void what_is_as_it_was_leaves_no_event() =>
        _past.When(Change(Hook, options: """{"secret": "***", "a": 1}""")).ThenNothing().Answering(false);

    [Fact]
    public void another_live_one_with_the_new_subscriber_is_in_the_way() =>
        _past.When(Change(OtherHook, other: Given(Subscribed(Theirs, OtherHook)).State()))
            .ThenRejected<SubscriptionExists>(ErrorKind.Conflict);

    [Fact]
    public void another_one_that_is_over_makes_room() =>
        _past.At(60).When(Change(OtherHook, other: Given(Subscribed(Theirs, OtherHook, ttl: 60)).State()))
            .Then(Over(Theirs, 60), new SubscriptionChanged(Mine, OtherHook, null, null, null, At(60), Client));

    [Fact]
    public void it_is_not_in_its_own_way() =>
        _past.When((state, now) => SubscriptionDecider.Change(state, Mine, state, new(Hook, 60, null), Bounds, Client, now))
            .Then(new SubscriptionChanged(Mine, null, 60, null, At(60), Dawn, Client));

    [Fact]
    public void an_unknown_one_cannot_be_changed() => Given().When(Change(ttl: 300)).ThenRejected<SubscriptionNotFound>(ErrorKind.NotFound);

    [Fact]
    public void one_that_is_over_cannot_be_changed() => _past.At(600).When(Change(ttl: 300)).ThenRejected<SubscriptionNotFound>(ErrorKind.NotFound);

    [Theory, InlineData(59), InlineData(long.MaxValue)]
    public void a_ttl_out_of_range_is_refused(long ttl) =>
        _past.When(Change(ttl: ttl)).ThenRejected<SubscriptionTtlOutOfRange>(ErrorKind.InvalidRequest);

    [Fact]
    public void a_scheme_that_nobody_takes_is_refused() =>
        _past.When(Change("gopher://example.com")).ThenRejected<SubscriberInvalid>(ErrorKind.InvalidRequest);

    [Fact]
    public void a_subscriber_by_trust_needs_a_trust() =>
        _past.When(Change("trust+https://example.com")).ThenRejected<TrustUnavailable>(ErrorKind.Unavailable);

    private static Func<SubscriptionState?, DateTimeOffset, Decision<bool>> Change(
        string? subscriber = null, long? ttl = null, string? options = null, SubscriptionState? other = null) =>
        (state, now) => SubscriptionDecider.Change(
            state, Mine, other, new(subscriber, ttl, options is null ? null : Options(options)), Bounds, Client, now);
}
