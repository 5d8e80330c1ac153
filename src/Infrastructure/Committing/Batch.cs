using Zaqar.Application;
using Zaqar.Application.Encryption;
using Zaqar.Domain;
using Zaqar.Domain.Claims;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Committing;

/// <summary>
/// The states that a batch decides on and the events it has decided. Commands are decided in the order they came, each on what the
/// ones before it left; then everything is appended at once, with the versions that were read as the fence.
/// </summary>
/// <remarks>Deciders know nothing of encryption: what they decide for a queue that encrypts is sealed before it is folded or stored.</remarks>
internal sealed class Batch(IReadOnlyDictionary<QueueId, QueueState> states, MessageSeal seal, int segmentLength, DateTimeOffset now)
{
    private readonly Dictionary<(QueueId Queue, int Incarnation, int Segment), Append> _appends = [];
    private readonly HashSet<QueueId> _touched = [];
    private readonly List<(QueueId From, Letter Letter)> _letters = [];

    public DateTimeOffset Now => now;

    /// <summary>What goes to which stream, in the order of its first event.</summary>
    public IReadOnlyCollection<Append> Appends => _appends.Values;

    /// <summary>Whether anything is appended to a queue, and so its version proven.</summary>
    public bool Touches(QueueId queue) => _touched.Contains(queue);

    /// <summary>Queues that may have something to give since: posted to, or given back to; and those that are no more, for who follows them.</summary>
    public HashSet<QueueId> Replenished { get; } = [];

    /// <summary>Records what is over by the clock and turns the page of full segments; of a queue that is held, neither.</summary>
    public void KeepBooks()
    {
        foreach (var state in states.Values)
        {
            if (state.Hold is not null)
                continue;

            Apply(state, QueueDecider.ExpireClaims(state, now));
            Apply(state, QueueDecider.TurnPage(state, segmentLength, now));
        }
    }

    /// <summary>Letters to queues in other databases, in the order of their decisions.</summary>
    public IReadOnlyList<(QueueId From, Letter Letter)> Letters => _letters;

    /// <summary>Decides a command and records what it decided, unless messages leave for another queue.</summary>
    /// <returns>What is yet to be recorded, by <see cref="Move"/> or <see cref="Send"/>; null when all is.</returns>
    public Departure? Decide(PendingCommand command)
    {
        var state = states[command.Queue];
        if (!command.Needs.WhileHeld && Refuses(state, command))
            return null;

        var outcome = command.Decide(state, now);
        if (outcome.DeadLetters is { } letters)
            return new(command, outcome.Events, letters);

        Apply(state, outcome.Events);
        return null;
    }

    /// <summary>
    /// Lets a queue of this database, whose state has been read, take what leaves. One that is held takes nothing, nor does one that would have to seal
    /// what cannot be opened or without a key: then nothing leaves, and the command is refused.
    /// </summary>
    public void Move(Departure departure)
    {
        var target = states[departure.To];
        if (!HasLeft(departure.To) && Refuses(target, departure.Command))
            return;

        // Before anything is applied: what is thrown while it is would take the whole batch with it.
        DeadLetters letters;
        try
        {
            letters = departure.Letters with
            {
                Messages = [.. departure.Letters.Messages.Select(message => seal.Move(message, departure.From, departure.To))],
            };
            seal.CheckTakes(target, letters.Messages);
        }
        catch (RejectedException refusal)
        {
            departure.Command.Refuse(refusal);
            return;
        }

        Apply(states[departure.From], departure.Events);
        Apply(target, QueueDecider.Readmit(target, now).Events);
        Apply(target, MessageDecider.Receive(target, letters, departure.Command.By, now));
    }

    /// <summary>Whether a queue has left this database. Where it is said to be here all the same, its name is used here again.</summary>
    public bool HasLeft(QueueId queue) => states[queue].Hold is { Kind: HoldKind.Gone };

    /// <summary>Puts what leaves into a letter to another database.</summary>
    public void Send(Departure departure)
    {
        var letter = new Letter(Guid.CreateVersion7(now), departure.Letters, departure.Command.By);
        Apply(states[departure.From],
            [.. departure.Events.Select(@event => @event is MessageDeadLettered moved ? moved with { Letter = letter.Id } : @event)]);
        _letters.Add((departure.From, letter));
    }

    private static bool Refuses(QueueState state, PendingCommand command)
    {
        if (state.Hold is not { } hold)
            return false;

        command.Refuse(hold.Refusal(state.Id));
        return true;
    }

    private void Apply(QueueState state, IReadOnlyList<object> events)
    {
        if (events.Count > 0)
            _touched.Add(state.Id);

        foreach (var decided in events)
        {
            var @event = decided is MessagePosted posted && state.Metadata.EnableEncryptMessages ? seal.Seal(state.Id, posted) : decided;
            state.Evolve(@event);

            // An event that opens a stream has moved the state on to it already.
            var key = (state.Id, state.Incarnation, state.Segment);
            if (!_appends.TryGetValue(key, out var append))
                _appends.Add(key, append = new(state.Id, state.Incarnation,
                    StreamKey.OfQueue(state.Id.Name, state.Incarnation, state.Segment), state.Version - 1));

            append.Events.Add(@event);
            if (@event is MessagePosted or ClaimReleased or ClaimExpired or QueueDeleted or QueueThawed or QueueArrived or QueueLeft)
                Replenished.Add(state.Id);
        }
    }

    /// <summary>A decision by which messages leave their queue.</summary>
    internal sealed record Departure(PendingCommand Command, IReadOnlyList<object> Events, DeadLetters Letters)
    {
        public QueueId From => Command.Queue;
        public QueueId To => From with { Name = Letters.To };
    }

    /// <param name="From">The version that was read; the stream must still be there.</param>
    internal sealed record Append(QueueId Queue, int Incarnation, string Stream, long From)
    {
        public List<object> Events { get; } = [];
    }
}
