using System.Text.Json;
using FluentAssertions;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Unit;

/// <summary>Given what happened, when something is asked, then these events or this refusal; all compared by value.</summary>
internal static class Specification
{
    public static Past Given(params object[] events) => new(events, Story.Dawn);

    /// <summary>An event's name and fields as text, so that lists and bodies within are compared by value.</summary>
    public static string Described(object @event) => $"{@event.GetType().Name} {JsonSerializer.Serialize(@event, @event.GetType())}";
}

/// <summary>A queue's past, and the time that has come.</summary>
internal sealed class Past(IReadOnlyList<object> events, DateTimeOffset now)
{
    /// <summary>Says when it is, in seconds since dawn.</summary>
    public Past At(double seconds) => new(events, Story.At(seconds));

    /// <summary>The state that the past leads to.</summary>
    public QueueState State() => StateOf(Story.Orders);

    public QueueState StateOf(QueueId queue)
    {
        var state = new QueueState(queue);
        foreach (var @event in events)
            state.Evolve(@event);

        return state;
    }

    public Outcome<TAnswer> When<TAnswer>(Func<QueueState, DateTimeOffset, Decision<TAnswer>> decide)
    {
        var state = State();
        try
        {
            return new(state, decide(state, now), null);
        }
        catch (RejectedException rejected)
        {
            return new(state, null, rejected);
        }
    }

    public Outcome<int> When(Func<QueueState, DateTimeOffset, IReadOnlyList<object>> decide) =>
        When((state, time) => new Decision<int>(0, decide(state, time)));
}

/// <summary>What came of a decision.</summary>
internal sealed class Outcome<TAnswer>(QueueState state, Decision<TAnswer>? decision, RejectedException? rejected)
{
    public Outcome<TAnswer> Then(params object[] events)
    {
        Decided().Events.Select(Specification.Described).Should().Equal(events.Select(Specification.Described));
        return this;
    }

    public Outcome<TAnswer> ThenNothing() => Then();

    public Outcome<TAnswer> Answering(TAnswer answer)
    {
        Decided().Answer.Should().BeEquivalentTo(answer, options => options.WithStrictOrdering());
        return this;
    }

    public Outcome<TAnswer> DeadLettering(params long[] numbers)
    {
        var letters = Decided().DeadLetters?.Messages ?? [];
        letters.Select(message => message.Number).Should().Equal(numbers);
        return this;
    }

    public Outcome<TAnswer> ThatAnswers(Action<TAnswer> check)
    {
        check(Decided().Answer);
        return this;
    }

    public void ThatDecides(Action<IReadOnlyList<object>> check) => check(Decided().Events);

    /// <summary>Looks at the queue after the events.</summary>
    public Outcome<TAnswer> LeavingQueue(Action<QueueState> check)
    {
        foreach (var @event in Decided().Events)
            state.Evolve(@event);

        check(state);
        return this;
    }

    public DeadLetters DeadLetters() => Decided().DeadLetters!;

    public void ThenRejected<TError>(ErrorKind kind)
        where TError : RejectedException
    {
        rejected.Should().BeOfType<TError>();
        rejected!.Kind.Should().Be(kind);
    }

    private Decision<TAnswer> Decided()
    {
        rejected.Should().BeNull();
        return decision!;
    }
}
