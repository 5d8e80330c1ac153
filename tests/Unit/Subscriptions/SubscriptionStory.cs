using FluentAssertions;
using Zaqar.Domain;
using Zaqar.Domain.Subscriptions;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Subscriptions;

/// <summary>The facts that specifications of subscriptions speak of, and given them, what a decision leaves.</summary>
internal static class SubscriptionStory
{
    public const string Hook = "https://example.com/hook";

    public const string OtherHook = "https://example.com/other";

    public static SubscriptionCreated Subscribed(Guid? id = null, string subscriber = Hook, long ttl = 3600, string options = "{}", double at = 0) =>
        new(id ?? Mine, Orders.Name, subscriber, ttl, options, Story.At(at + ttl), Story.At(at), Client);

    public static SubscriptionConfirmed Confirmed(Guid? id = null, double at = 0) => new(id ?? Mine, Story.At(at), Client);

    public static SubscriptionUnconfirmed Unconfirmed(Guid? id = null, double at = 0) => new(id ?? Mine, Story.At(at), Client);

    public static SubscriptionExpired Over(Guid id, double at) => new(id, Story.At(at));

    public static SubscriptionOptions Options(string json) => SubscriptionOptions.FromClient(System.Text.Encoding.UTF8.GetBytes(json));

    public static SubscriptionPast Given(params ISubscriptionEvent[] events) => new(events, Dawn);
}

/// <summary>The past of one subscription, and the time that has come.</summary>
internal sealed class SubscriptionPast(IReadOnlyList<ISubscriptionEvent> events, DateTimeOffset now)
{
    /// <summary>Says when it is, in seconds since dawn.</summary>
    public SubscriptionPast At(double seconds) => new(events, Story.At(seconds));

    /// <summary>Null before the first event, and after the last.</summary>
    public SubscriptionState? State() => Fold(null, events);

    public SubscriptionOutcome<TAnswer> When<TAnswer>(Func<SubscriptionState?, DateTimeOffset, Decision<TAnswer>> decide)
    {
        try
        {
            return new(State(), decide(State(), now), null);
        }
        catch (RejectedException rejected)
        {
            return new(State(), null, rejected);
        }
    }

    internal static SubscriptionState? Fold(SubscriptionState? state, IEnumerable<ISubscriptionEvent> events) =>
        events.Aggregate(state, SubscriptionState.Evolve);
}

/// <summary>What came of a decision.</summary>
internal sealed class SubscriptionOutcome<TAnswer>(SubscriptionState? state, Decision<TAnswer>? decision, RejectedException? rejected)
{
    public SubscriptionOutcome<TAnswer> Then(params object[] events)
    {
        rejected.Should().BeNull();
        decision!.Events.Select(Specification.Described).Should().Equal(events.Select(Specification.Described));
        return this;
    }

    public SubscriptionOutcome<TAnswer> ThenNothing() => Then();

    public SubscriptionOutcome<TAnswer> Answering(TAnswer answer)
    {
        decision!.Answer.Should().Be(answer);
        return this;
    }

    /// <summary>Looks at the subscription after its events.</summary>
    public void Leaving(Action<SubscriptionState?> check) =>
        check(SubscriptionPast.Fold(state, decision!.Events.Cast<ISubscriptionEvent>()));

    public void ThenRejected<TError>(ErrorKind kind)
        where TError : RejectedException
    {
        rejected.Should().BeOfType<TError>();
        rejected!.Kind.Should().Be(kind);
    }
}
