using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Subscriptions;
using static Zaqar.Unit.Story;
using static Zaqar.Unit.Subscriptions.SubscriptionStory;

namespace Zaqar.Unit.Subscriptions;

public class CreatingSubscriptionsTests
{
    [Fact]
    public void a_new_subscription_starts_unconfirmed_and_lives_for_its_ttl() =>
        Given().At(10).When(Create(ttl: 300)).Then(Subscribed(Theirs, ttl: 300, at: 10)).Answering(Theirs)
            .Leaving(left => left.Should().BeEquivalentTo(new
            {
                Id = Theirs, Queue = Orders.Name, Subscriber = Hook, Ttl = 300L, Options = SubscriptionOptions.Empty, Confirmed = false,
                CreatedAt = At(10), ExpiresAt = At(310), Version = 1L,
            }));

    [Fact]
    public void without_a_ttl_it_lives_as_long_as_the_operator_says() =>
        Given().When((state, now) => SubscriptionDecider.Create(
            state, Orders.Name, new(Hook, null, SubscriptionOptions.Empty), Theirs, asksAgain: true, Bounds with { DefaultSubscriptionTtl = 777 }, Client, now))
            .Then(Subscribed(Theirs, ttl: 777));

    [Fact]
    public void one_that_waits_to_be_confirmed_stays_as_it_is_and_its_subscriber_is_asked_again() =>
        Given(Subscribed(ttl: 600)).At(5).When(Create(ttl: 300, options: """{"a": 1}""")).Then(new ConfirmationRequested(Mine, At(5), Client)).Answering(Mine)
            .Leaving(left => (left!.Ttl, left.Options.Json, left.ExpiresAt, left.Version).Should().Be((600, "{}", At(600), 2)));

    [Fact]
    public void one_that_was_taken_back_is_asked_again_too() =>
        Given(Subscribed(), Confirmed(), Unconfirmed()).When(Create()).Then(new ConfirmationRequested(Mine, Dawn, Client)).Answering(Mine);

    [Fact]
    public void a_confirmed_one_is_in_the_way() =>
        Given(Subscribed(), Confirmed()).When(Create()).ThenRejected<SubscriptionExists>(ErrorKind.Conflict);

    [Theory, InlineData(true), InlineData(false)]
    public void one_that_is_over_makes_room(bool confirmed) =>
        Given(confirmed ? [Subscribed(ttl: 60), Confirmed()] : [Subscribed(ttl: 60)]).At(60).When(Create())
            .Then(Over(Mine, 60), Subscribed(Theirs, at: 60)).Answering(Theirs);

    [Fact]
    public void a_deleted_one_makes_room() =>
        Given(Subscribed(), Confirmed(), new SubscriptionDeleted(Mine, DeletionReason.Asked, Dawn, Client)).When(Create()).Then(Subscribed(Theirs));

    [Theory, InlineData(59), InlineData(0), InlineData(-1), InlineData(long.MinValue), InlineData(long.MaxValue), InlineData(251_630_000_000)]
    public void a_ttl_below_a_minute_or_beyond_the_calendar_is_refused(long ttl) =>
        Given().When(Create(ttl: ttl)).ThenRejected<SubscriptionTtlOutOfRange>(ErrorKind.InvalidRequest);

    [Theory, InlineData(60), InlineData(251_000_000_000)]
    public void any_other_ttl_is_taken(long ttl) => Given().When(Create(ttl: ttl)).Then(Subscribed(Theirs, ttl: ttl));

    [Theory]
    [InlineData("HTTP://example.com/"), InlineData("https://example.com/"), InlineData("mailto:a@example.com"), InlineData("MailTo:a@example.com")]
    public void a_scheme_of_the_operators_is_taken_in_any_case(string subscriber) =>
        Given().When(Create(subscriber)).Then(Subscribed(Theirs, subscriber));

    [Theory, InlineData("ftp://example.com/"), InlineData("example.com"), InlineData(":"), InlineData("http"), InlineData(",:x"), InlineData("http,https:x")]
    public void any_other_scheme_is_refused(string subscriber) =>
        Given().When(Create(subscriber)).ThenRejected<SubscriberInvalid>(ErrorKind.InvalidRequest);

    [Fact]
    public void a_scheme_that_the_operator_does_not_take_is_refused() =>
        Given().When((state, now) => SubscriptionDecider.Create(
            state, Orders.Name, new("mailto:a@example.com", null, SubscriptionOptions.Empty), Theirs, asksAgain: true, Bounds with { SubscriberTypes = "http, https" }, Client, now))
            .ThenRejected<SubscriberInvalid>(ErrorKind.InvalidRequest);

    [Fact]
    public void a_subscriber_has_at_most_2048_characters()
    {
        var longest = $"http://example.com/{new string('x', 2_029)}";

        Given().When(Create(longest)).Then(Subscribed(Theirs, longest));
        Given().When(Create($"{longest}x")).ThenRejected<SubscriberInvalid>(ErrorKind.InvalidRequest);
    }

    [Theory, InlineData("trust+http://example.com/"), InlineData("TRUST+https://example.com/")]
    public void a_subscriber_by_trust_needs_one(string subscriber)
    {
        Given().When(Create(subscriber)).ThenRejected<TrustUnavailable>(ErrorKind.Unavailable);
        Given().When(Create(subscriber, options: """{"trust_id": ""}""")).ThenRejected<TrustUnavailable>(ErrorKind.Unavailable);
        Given().When(Create(subscriber, options: """{"trust_id": "t1"}""")).Then(Subscribed(Theirs, subscriber, options: """{"trust_id": "t1"}"""));
    }

    [Fact]
    public void a_trust_that_was_made_for_it_is_remembered()
    {
        var draft = new SubscriptionDraft("trust+http://example.com/", 3600, Options("{}")).Trusting("t1");

        Given().When((state, now) => SubscriptionDecider.Create(state, Orders.Name, draft, Theirs, asksAgain: true, Bounds, Client, now))
            .Then(Subscribed(Theirs, draft.Subscriber, options: """{"trust_id": "t1"}""") with { Trust = "t1" });
    }

    [Fact]
    public void a_mask_is_no_secret() =>
        Given().When(Create(options: """{"secret": "***"}""")).ThenRejected<SubscriptionOptionsInvalid>(ErrorKind.InvalidRequest);

    private static Func<SubscriptionState?, DateTimeOffset, Decision<Guid>> Create(string subscriber = Hook, long ttl = 3600, string options = "{}") =>
        (state, now) => SubscriptionDecider.Create(state, Orders.Name, new(subscriber, ttl, Options(options)), Theirs, asksAgain: true, Bounds, Client, now);
}
