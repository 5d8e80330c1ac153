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

    /// <returns>Messages that another queue has to take, with <see cref="Receive"/>; null without any.</returns>
    public DeadLetters? Decide(PendingCommand command)
    {
        var outcome = Ask(command);
        Apply(states[command.Queue], outcome.Events);
        return outcome.DeadLetters;
    }

    /// <summary>What a command would have, before any of it is done.</summary>
    public PendingCommand.Outcome Ask(PendingCommand command)
    {
        var state = states[command.Queue];
        return !command.Needs.WhileHeld && Refuses(state, command) ? new([], null) : command.Decide(state, now);
    }

    /// <summary>Whether a command comes to nothing because a queue that it would change is held; it is told so.</summary>
    public bool Refuses(QueueId queue, PendingCommand command) => Refuses(states[queue], command);

    /// <summary>Lets a queue whose state has been read take dead letters.</summary>
    /// <exception cref="MessageUnreadable">One of them cannot be opened, to be sealed for this queue.</exception>
    public void Receive(QueueId queue, DeadLetters letters, Actor by)
    {
        var from = queue with { Name = letters.From };
        var moved = letters with { Messages = [.. letters.Messages.Select(message => seal.Move(message, from, queue))] };
        Apply(states[queue], MessageDecider.Receive(states[queue], moved, by, now));
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

    /// <param name="From">The version that was read; the stream must still be there.</param>
    internal sealed record Append(QueueId Queue, int Incarnation, string Stream, long From)
    {
        public List<object> Events { get; } = [];
    }
}
