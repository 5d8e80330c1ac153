using System.Diagnostics.CodeAnalysis;
using Zaqar.Application;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Committing;

/// <summary>
/// What the last batches left of the queues they touched: counters, claims with the facts of their messages, and the beginning of the line.
/// A batch that needs no more is decided without reading; one that needs more reads only that.
/// </summary>
/// <remarks>
/// <para>
/// A cache and nothing else: it is dropped with any failure. What is remembered of a queue is true as long as its stream is at the version
/// of the state, which the append of a batch proves, for its refusals too. So a batch that appends nothing to one of its queues is not
/// decided from memory.
/// </para>
/// <para>
/// Time passes here between two readings of the database's clock, for a second at most; it lags behind that clock by what a reading
/// takes to arrive. A queue is not remembered beyond the end of a claim that this node may not know of.
/// Bounds: 1,000 queues, 20,000 messages and claims, 16 MiB of bodies. Source: ADR 0009.
/// </para>
/// </remarks>
/// <param name="maxQueues">Queues to remember at a time; beyond, all are forgotten.</param>
internal sealed class QueueMemory(DatabaseClock clock, TimeProvider time, int maxQueues = 1_000)
{
    /// <summary>How long a queue is remembered without being read.</summary>
    internal static readonly TimeSpan Span = TimeSpan.FromSeconds(1);

    private const int MaxFacts = 20_000;
    private const int MaxBytes = 16 << 20;
    private const int MaxLine = 100;
    private const int MaxLineBytes = 64 << 10;

    private readonly Dictionary<QueueId, Memory> _queues = [];
    private DateTimeOffset _read;
    private long _readAt;
    private int _facts;
    private int _bytes;

    /// <summary>The database's time, <see cref="DatabaseClock.Ahead"/> included, as far as is known without asking.</summary>
    internal DateTimeOffset Now => _read + time.GetElapsedTime(_readAt) + clock.Ahead;

    /// <summary>Takes over the database's time, just read.</summary>
    /// <param name="ahead">What it ran ahead of the database when that was asked.</param>
    internal void SetTime(DateTimeOffset now, TimeSpan ahead) => (_read, _readAt) = (now - ahead, time.GetTimestamp());

    internal QueueState? Of(QueueId queue) => _queues.GetValueOrDefault(queue)?.State;

    /// <summary>Whether all that commands need is remembered.</summary>
    internal bool TryTell(
        IReadOnlyList<PendingCommand> commands, DateTimeOffset now, [NotNullWhen(true)] out Dictionary<QueueId, QueueState>? states)
    {
        states = [];
        var lines = new Dictionary<QueueId, int>();
        foreach (var command in commands)
        {
            if (command.Needs.Line > 0)
                lines[command.Queue] = lines.GetValueOrDefault(command.Queue) + command.Needs.Line;
            if (!_queues.TryGetValue(command.Queue, out var memory) || now >= memory.Until || !IsRemembered(memory.State, command, now))
            {
                states = null;
                return false;
            }

            states[command.Queue] = memory.State;
        }

        foreach (var (queue, count) in lines)
            if (!states[queue].Sees(count, now))
            {
                states = null;
                return false;
            }

        return true;
    }

    /// <summary>How much more of the line to read than is asked for, to remember it: none of a queue that was not touched lately.</summary>
    internal int Foresight(QueueId queue) =>
        Of(queue) is { } state ? Math.Clamp(MaxLineBytes / Math.Max(state.LastBodyBytes, 256), 0, MaxLine) : 0;

    /// <summary>Whether a message is known as held by a claim that is known; everything that can be decided about it follows from that.</summary>
    internal static bool Knows(QueueState state, MessageId id, DateTimeOffset now) =>
        state.Find(id) is { } message && state.HolderOf(message.Number, now) is { } holder && state.Claims.ContainsKey(holder.Id);

    /// <summary>Remembers a queue as a committed batch left it.</summary>
    /// <param name="until">When a claim may be over that is not known.</param>
    /// <param name="hasSubscribers">As of the last reading.</param>
    internal void Keep(QueueState state, DateTimeOffset until, bool hasSubscribers)
    {
        Forget(state.Id);
        if (!state.Exists || state.Hold is not null)
            return;

        state.Settle(MaxLine, MaxLineBytes);
        if (_queues.Count >= maxQueues || _facts + FactsOf(state) > MaxFacts || _bytes + state.LineBytes > MaxBytes)
            Forget();
        if (FactsOf(state) > MaxFacts)
            return;

        _queues.Add(state.Id, new(state, until, FactsOf(state), state.LineBytes, hasSubscribers));
        _facts += FactsOf(state);
        _bytes += state.LineBytes;
    }

    /// <summary>Remembers a queue as a batch left it that was decided from memory.</summary>
    internal void Keep(QueueState state)
    {
        // Another of the batch may have gone beyond the bounds.
        if (_queues.TryGetValue(state.Id, out var memory))
            Keep(state, memory.Until, memory.HasSubscribers);
    }

    /// <summary>Whether the queue had subscribers when it was last read; then the relay is woken for its messages.</summary>
    internal bool HasSubscribers(QueueId queue) => _queues.GetValueOrDefault(queue)?.HasSubscribers ?? false;

    internal void Forget(QueueId queue)
    {
        if (!_queues.Remove(queue, out var memory))
            return;

        _facts -= memory.Facts;
        _bytes -= memory.Bytes;
    }

    internal void Forget()
    {
        _queues.Clear();
        (_facts, _bytes) = (0, 0);
    }

    private static int FactsOf(QueueState state) => state.Messages.Count + state.Claims.Count;

    private static bool IsRemembered(QueueState state, PendingCommand command, DateTimeOffset now) =>
        command.Needs is { PurgeUpTo: 0, Expired: 0, ClaimedMessages: false, Letters.Count: 0 } needs
        && needs.Claims.All(state.Claims.ContainsKey)
        && needs.Messages.All(id => Knows(state, id, now));

    private sealed record Memory(QueueState State, DateTimeOffset Until, int Facts, int Bytes, bool HasSubscribers);
}
