using System.Collections.Concurrent;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Waiting;

/// <summary>
/// Lets a request wait until its queue may have something for it. A waiting request is an entry here and a timer: no thread,
/// no connection, no transaction.
/// </summary>
/// <remarks>
/// Who waits enters before it looks, so what arrives between the look and the wait is not missed. The committer of this node and
/// notices from other nodes wake it; so does the moment when a delay or a claim of the queue runs out. Waking proves nothing: the
/// woken looks again. Source: ADR 0006.
/// </remarks>
public sealed class QueueSignals(ReadDatabase database, DatabaseClock clock, TimeProvider time)
{
    private readonly ConcurrentDictionary<Guid, Gate> _gates = new();
    private volatile bool _closed;

    /// <summary>Whether anyone waits on this node at all: lets the committer skip the work of waking.</summary>
    public bool IsIdle => _gates.IsEmpty;

    /// <summary>Whether anyone waits for a queue on this node.</summary>
    public bool IsWaitedFor(Guid key) => _gates.ContainsKey(key);

    /// <summary>What nodes call a queue among themselves, whichever incarnation it is in.</summary>
    public static Guid KeyOf(QueueId queue) => queue.Key(0);

    /// <summary>Wakes whoever waits for a queue.</summary>
    /// <param name="key">See <see cref="KeyOf"/>.</param>
    public void Wake(Guid key)
    {
        if (_gates.TryGetValue(key, out var gate))
            gate.Open();
    }

    /// <summary>Wakes everyone, to look again.</summary>
    public void WakeAll()
    {
        foreach (var gate in _gates.Values)
            gate.Open();
    }

    /// <summary>Ends all waiting now and from here on: the node is going down.</summary>
    public void Close()
    {
        _closed = true;
        WakeAll();
    }

    /// <summary>Looks until there is something, for as long as the caller wants to wait.</summary>
    /// <param name="wait">Zero looks once.</param>
    /// <param name="look">Gives the answer as it is now.</param>
    /// <param name="isSomething">Whether an answer ends the waiting.</param>
    /// <returns>The first answer that is something, or the last one looked at.</returns>
    /// <exception cref="QueueMoved">There is nothing, and the queue lives in another database.</exception>
    public async Task<TAnswer> FirstAnswer<TAnswer>(
        QueueId queue, TimeSpan wait, Func<CancellationToken, Task<TAnswer>> look, Func<TAnswer, bool> isSomething, CancellationToken ct)
    {
        if (wait <= TimeSpan.Zero)
            return await look(ct);

        var started = time.GetTimestamp();
        var key = KeyOf(queue);
        var gate = Enter(key);
        try
        {
            while (true)
            {
                var opened = gate.Next;
                var answer = await look(ct);
                var left = wait - time.GetElapsedTime(started);
                if (isSomething(answer) || left <= TimeSpan.Zero || _closed)
                    return answer;

                var patience = await UntilNextChange(queue, ct) is { } change && change < left ? change : left;
                using var alarm = CancellationTokenSource.CreateLinkedTokenSource(ct);
                await Task.WhenAny(opened, Task.Delay(patience, time, alarm.Token));
                await alarm.CancelAsync();
                ct.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            Leave(key, gate);
        }
    }

    /// <summary>Enters to watch a queue for as long as it takes; disposing it leaves.</summary>
    public Watch WatchOver(QueueId queue) => new(this, KeyOf(queue));

    // Delays and claims run out by themselves; nobody signals that. A little later than exact, so that the look finds it over.
    private async Task<TimeSpan?> UntilNextChange(QueueId queue, CancellationToken ct)
    {
        var command = database.CreateCommand(
            """
            select case when not q.deleted then least(
                (select min(l.visible_at) from loose l where l.queue_id = q.id and l.visible_at > q.now),
                (select min(c.expires_at) from claim c where c.queue_id = q.id and c.expires_at > q.now)) - q.now end,
                q.held is not distinct from 'gone'
            from (select id, deleted, held, statement_timestamp() + $3 as now from queue where project = $1 and name = $2) q
            """);
        command.Parameters.Add(new() { Value = queue.Project });
        command.Parameters.Add(new() { Value = queue.Name });
        command.Parameters.Add(new() { Value = clock.Ahead });
        return await database.Read<TimeSpan?>(command, async row =>
        {
            if (!await row.ReadAsync())
                return null;

            // Nothing will come here any more.
            if (row.GetBoolean(1))
                throw new QueueMoved(queue);
            return row.IsDBNull(0) ? null : row.GetFieldValue<TimeSpan>(0) + TimeSpan.FromMilliseconds(2);
        }, ct);
    }

    private Gate Enter(Guid key)
    {
        while (true)
        {
            var gate = _gates.GetOrAdd(key, _ => new Gate());
            if (gate.TryEnter())
                return gate;

            // The last one out is just removing it.
            _gates.TryRemove(new(key, gate));
        }
    }

    private void Leave(Guid key, Gate gate)
    {
        if (gate.Leave())
            _gates.TryRemove(new(key, gate));
    }

    /// <summary>Someone who waits for a queue again and again.</summary>
    public sealed class Watch : IDisposable
    {
        private readonly QueueSignals _signals;
        private readonly Guid _key;
        private readonly Gate _gate;

        internal Watch(QueueSignals signals, Guid key) => (_signals, _key, _gate) = (signals, key, signals.Enter(key));

        /// <summary>Completes when the queue may have something new. To be taken before a look, so that what comes after the look is not missed.</summary>
        public Task Next => _gate.Next;

        public void Dispose() => _signals.Leave(_key, _gate);
    }

    private sealed class Gate
    {
        private readonly Lock _lock = new();
        private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _inside;

        /// <summary>Completes at the next opening.</summary>
        public Task Next
        {
            get
            {
                lock (_lock)
                    return _next.Task;
            }
        }

        public void Open()
        {
            TaskCompletionSource opened;
            lock (_lock)
            {
                opened = _next;
                _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            opened.SetResult();
        }

        public bool TryEnter()
        {
            lock (_lock)
            {
                if (_inside < 0)
                    return false;

                _inside++;
                return true;
            }
        }

        /// <summary>Whether this was the last one, after which nobody may enter any more.</summary>
        public bool Leave()
        {
            lock (_lock)
            {
                if (--_inside > 0)
                    return false;

                _inside = -1;
                return true;
            }
        }
    }
}
