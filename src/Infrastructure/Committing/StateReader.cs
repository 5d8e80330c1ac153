using Npgsql;
using NpgsqlTypes;
using Zaqar.Application;
using Zaqar.Domain.Claims;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Queues;

namespace Zaqar.Infrastructure.Committing;

/// <summary>
/// Reads what a batch decides on: of each queue its row, and what the commands need and memory lacks, all in one round trip; claims that
/// are over, where a queue has any, in a second.
/// </summary>
/// <remarks>
/// All statements judge by one time, the transaction's: what one takes for over no other takes for live.
/// The statements see different snapshots when another node commits in between; the version in the queue's row is read first, so the
/// append then fails at the fence. Every statement walks an index from a known place: none grows with the depth of a queue.
/// </remarks>
internal sealed class StateReader(NpgsqlConnection connection, DatabaseClock clock, QueueMemory memory, bool withLocks)
{
    /// <summary>Most overdue claims that one batch records.</summary>
    private const int MaxOverdue = 1_000;

    // "offset 0" keeps the planner from turning a walk round: it would start with all queues, or all messages, while a table is small,
    // and keep to that plan when the table has grown.
    private const string LiveQueue =
        "select * from queue q where q.project = w.project and q.name = w.name and not q.deleted offset 0";

    private readonly Dictionary<QueueId, QueueState> _states = [];
    private readonly List<Action<NpgsqlDataReader>> _readers = [];
    private readonly List<Action> _afterwards = [];
    private readonly List<QueueId> _withOverdue = [];
    private readonly Dictionary<QueueId, DateTimeOffset> _until = [];
    private readonly HashSet<QueueId> _isPlain = [];
    private readonly HashSet<QueueId> _withSubscribers = [];
    private DateTimeOffset _now;
    private TimeSpan _ahead;
    private int _overdue;
    private bool _isStale;

    /// <param name="Until">When the first claim is over; past where one is over that this reading may not have seen.</param>
    /// <param name="IsStale">Whether memory is behind the database: then nothing may be decided.</param>
    /// <param name="SawAllOverdueClaims">False when more claims are over than one batch records; then nothing may be decided yet.</param>
    internal readonly record struct Reading(
        IReadOnlyDictionary<QueueId, QueueState> States, IReadOnlyDictionary<QueueId, DateTimeOffset> Until, DateTimeOffset Now,
        IReadOnlySet<QueueId> WithSubscribers, bool IsStale, bool SawAllOverdueClaims);

    internal async Task<Reading> Read(IReadOnlyList<PendingCommand> commands, CancellationToken ct)
    {
        var queues = commands.Select(command => command.Queue).Distinct().Order().ToArray();
        await using (var batch = new NpgsqlBatch(connection))
        {
            batch.BatchCommands.Add(new("begin"));
            if (withLocks)
                AddLocks(batch, queues);
            AddQueues(batch, queues);
            AddClaims(batch, commands);
            AddLines(batch, commands);
            AddMessages(batch, commands);
            AddPurges(batch, commands);
            AddExpired(batch, commands);
            AddLetters(batch, commands);
            await Run(batch, ct);
        }

        if (_withOverdue.Count > 0 && !_isStale)
        {
            await using var batch = new NpgsqlBatch(connection);
            AddOverdue(batch);
            await Run(batch, ct);
        }

        memory.SetTime(_now, _ahead);
        return new(_states, _until, _now, _withSubscribers, _isStale, _overdue < MaxOverdue);
    }

    /// <summary>Reads one more queue, of which nothing but its own row is needed: where dead letters go shows only in a decision.</summary>
    internal async Task ReadAlso(QueueId queue, CancellationToken ct)
    {
        if (_states.ContainsKey(queue))
            return;

        // Whether memory is behind was asked before; this one is read anew.
        memory.Forget(queue);
        await using var batch = new NpgsqlBatch(connection);
        AddQueues(batch, [queue]);
        await Run(batch, ct);
    }

    // In the order of names, which is also the order of appends, so that nodes never wait for each other in a circle. A segment that is
    // closed meanwhile leaves the next one unlocked: then it is the fence again that decides.
    private void AddLocks(NpgsqlBatch batch, QueueId[] queues) =>
        Add(batch,
            $"""
            select from unnest($1::text[], $2::text[]) as w(project, name)
                cross join lateral ({LiveQueue}) q
                cross join lateral (
                    select from mt_streams s where s.tenant_id = q.project collate "default"
                        and s.id = ('queue/' || q.name || '/' || q.incarnation || '/' || q.segment) collate "default" for update) s
            """,
            _ => { }, [.. Names(queues)]);

    private void AddQueues(NpgsqlBatch batch, QueueId[] queues)
    {
        _ahead = clock.Ahead;
        foreach (var queue in queues)
            _states.Add(queue, memory.Of(queue) ?? new QueueState(queue));

        Add(batch,
            """
            select w.project, w.name, t.now, q.deleted, q.incarnation, q.segment, q.version, q.created_at, q.metadata, q.next_number,
                q.frontier, q.total, q.segment_start,
                (select c.expires_at from claim c where c.queue_id = q.id and c.expires_at <= t.now + $4 order by c.expires_at limit 1),
                not exists (select from loose l where l.queue_id = q.id),
                exists (select from subscription s where s.project = w.project and s.queue = w.name), q.held, q.move
            from unnest($1::text[], $2::text[]) as w(project, name)
                cross join lateral (select now() + $3 as now offset 0) t
                left join lateral (select * from queue q where q.project = w.project and q.name = w.name offset 0) q on true
            """,
            row =>
            {
                _now = row.GetFieldValue<DateTimeOffset>(2);
                var state = State(row);
                if (row.GetBoolean(15))
                    _withSubscribers.Add(state.Id);

                var isKnown = memory.Of(state.Id) is not null;
                if (row.IsDBNull(3))
                {
                    _isStale |= isKnown;
                    return;
                }

                var (exists, incarnation, segment, version) = (!row.GetBoolean(3), row.GetInt32(4), row.GetInt32(5), row.GetInt64(6));
                _isStale |= isKnown && !state.IsAt(exists, incarnation, segment, version);
                state.Recall(exists, incarnation, segment, version,
                    row.GetFieldValue<DateTimeOffset>(7), QueueMetadata.Parse(row.GetString(8)), row.GetInt64(9), row.GetInt64(10),
                    row.GetInt64(11), row.GetInt64(12), HoldOf(row));
                DateTimeOffset? over = row.IsDBNull(13) ? null : row.GetFieldValue<DateTimeOffset>(13);
                _until[state.Id] = over ?? _now + QueueMemory.Span;
                if (over <= _now && exists && state.Hold is null)
                    _withOverdue.Add(state.Id);
                if (row.GetBoolean(14))
                    _isPlain.Add(state.Id);
            },
            [.. Names(queues), _ahead, QueueMemory.Span]);
    }

    private void AddOverdue(NpgsqlBatch batch) =>
        Add(batch,
            $"""
            select q.project, q.name, c.id, array(select m.number from message m where m.queue_id = c.queue_id and m.number = any(c.numbers)),
                c.ttl, c.grace, c.renewed_at, c.expires_at
            from unnest($1::text[], $2::text[]) as w(project, name)
                cross join lateral ({LiveQueue}) q
                cross join lateral (
                    select * from claim c where c.queue_id = q.id and c.expires_at <= $3 order by c.expires_at limit $4) c
            limit $4
            """,
            row =>
            {
                _overdue++;
                State(row).Learn(Claim(row));
            }, [.. Names(_withOverdue), _now, MaxOverdue]);

    // The oldest unclaimed: what stands loose, what overdue claims hold, and what stands behind the frontier.
    private void AddLines(NpgsqlBatch batch, IReadOnlyList<PendingCommand> commands)
    {
        var wanted = commands.Where(command => command.Needs.Line > 0).GroupBy(command => command.Queue)
            .Select(queue => new Wanted(queue.Key, queue.Sum(command => command.Needs.Line))).ToArray();
        if (wanted.Length == 0)
            return;

        wanted = Array.ConvertAll(wanted, queue => queue with { Count = queue.Count + memory.Foresight(queue.Id) });
        var seen = new Dictionary<QueueId, (int Count, long Last)>();
        Add(batch,
            $"""
            select q.project, q.name, m.number, m.id, m.ttl, m.posted_at, m.visible_at, m.expires_at, m.claim_count, m.checksum, m.body, m.client
            from unnest($1::text[], $2::text[], $3::int[]) as w(project, name, wanted)
                cross join lateral ({LiveQueue}) q
                cross join lateral (select now() + $4 as now) t
                cross join lateral (
                    select * from (
                        (select m.* from loose l cross join lateral (
                                select * from message m where m.queue_id = l.queue_id and m.number = l.number offset 0) m
                            where l.queue_id = q.id and l.visible_at <= t.now and m.expires_at > t.now order by l.number limit w.wanted)
                        union all
                        (select m.* from claim c cross join unnest(c.numbers) as n(number) cross join lateral (
                                select * from message m where m.queue_id = c.queue_id and m.number = n.number offset 0) m
                            where c.queue_id = q.id and c.expires_at <= t.now and m.expires_at > t.now order by n.number limit w.wanted)
                        union all
                        (select m.* from message m where m.queue_id = q.id and m.number >= q.frontier and m.visible_at = m.posted_at
                            and m.expires_at > t.now order by m.number limit w.wanted)
                    ) unclaimed
                    order by number limit w.wanted
                ) m
            order by q.project, q.name, m.number
            """,
            row =>
            {
                var message = Message(row, withBody: true) with { Client = row.GetString(11) };
                State(row).Learn(message);
                var id = Id(row);
                seen[id] = (seen.GetValueOrDefault(id).Count + 1, message.Number);
            },
            () =>
            {
                foreach (var (id, count) in wanted)
                    _states[id].SeesTo(seen.GetValueOrDefault(id) is var line && line.Count < count ? long.MaxValue : line.Last,
                        _isPlain.Contains(id));
            },
            [.. Names(wanted.Select(queue => queue.Id)), wanted.Select(queue => queue.Count).ToArray(), clock.Ahead]);
    }

    // Whether a message is claimed shows without its claim: behind the frontier, or delayed, it stands loose unless a claim took it.
    private void AddMessages(NpgsqlBatch batch, IReadOnlyList<PendingCommand> commands)
    {
        var wanted = (from command in commands from id in command.Needs.Messages
                      where !QueueMemory.Knows(_states[command.Queue], id, memory.Now) select (command.Queue, Message: id)).Distinct().ToArray();
        if (wanted.Length == 0)
            return;

        Add(batch,
            $"""
            select q.project, q.name, m.number, m.id, m.ttl, m.posted_at, m.visible_at, m.expires_at, m.claim_count, m.checksum, null::bytea,
                (m.number < q.frontier or m.visible_at > m.posted_at)
                    and not exists (select from loose l where l.queue_id = q.id and l.number = m.number)
            from unnest($1::text[], $2::text[], $3::bigint[], $4::uuid[]) as w(project, name, number, id)
                cross join lateral ({LiveQueue}) q
                cross join lateral (
                    select m.* from message m where m.queue_id = q.id and m.number = w.number and m.id = w.id
                    union all
                    select m.* from message m where m.queue_id = q.id and m.moved and m.id = w.id and m.number <> w.number
                    limit 1
                ) m
            """,
            row =>
            {
                var (state, message) = (State(row), Message(row, withBody: false));
                state.Learn(message);
                if (row.GetBoolean(11))
                    state.LearnHeld(message.Number);
            },
            [.. Names(wanted.Select(one => one.Queue)), wanted.Select(one => one.Message.Number).ToArray(),
                wanted.Select(one => one.Message.Value).ToArray()]);
    }

    private void AddClaims(NpgsqlBatch batch, IReadOnlyList<PendingCommand> commands)
    {
        var wanted = (from command in commands from id in command.Needs.Claims
                      where command.Needs.ClaimedMessages || !_states[command.Queue].Claims.ContainsKey(id)
                      group command.Needs.ClaimedMessages by (command.Queue, Claim: id) into one
                      select (one.Key.Queue, one.Key.Claim, WithMessages: one.Any(needed => needed))).ToArray();
        if (wanted.Length == 0)
            return;

        var whole = wanted.Where(claim => claim.WithMessages).ToArray();
        if (whole.Length > 0)
            Add(batch,
                $"""
                select q.project, q.name, m.number, m.id, m.ttl, m.posted_at, m.visible_at, m.expires_at, m.claim_count, m.checksum, null::bytea
                from unnest($1::text[], $2::text[], $3::uuid[]) as w(project, name, claim)
                    cross join lateral ({LiveQueue}) q
                    cross join lateral (select * from claim c where c.queue_id = q.id and c.id = w.claim offset 0) c
                    cross join unnest(c.numbers) as n(number)
                    cross join lateral (select * from message m where m.queue_id = q.id and m.number = n.number offset 0) m
                """,
                row => State(row).Learn(Message(row, withBody: false)),
                [.. Names(whole.Select(one => one.Queue)), whole.Select(one => one.Claim).ToArray()]);

        Add(batch,
            $"""
            select q.project, q.name, c.id, case when w.whole
                    then array(select m.number from message m where m.queue_id = c.queue_id and m.number = any(c.numbers)) else c.numbers end,
                c.ttl, c.grace, c.renewed_at, c.expires_at
            from unnest($1::text[], $2::text[], $3::uuid[], $4::boolean[]) as w(project, name, claim, whole)
                cross join lateral ({LiveQueue}) q
                cross join lateral (select * from claim c where c.queue_id = q.id and c.id = w.claim offset 0) c
            """,
            row => State(row).Learn(Claim(row)),
            [.. Names(wanted.Select(one => one.Queue)), wanted.Select(one => one.Claim).ToArray(),
                wanted.Select(one => one.WithMessages).ToArray()]);
    }

    private void AddPurges(NpgsqlBatch batch, IReadOnlyList<PendingCommand> commands)
    {
        var wanted = commands.Where(command => command.Needs.PurgeUpTo > 0).GroupBy(command => command.Queue)
            .Select(queue => (Id: queue.Key, UpTo: queue.Max(command => command.Needs.PurgeUpTo))).ToArray();
        if (wanted.Length == 0)
            return;

        Add(batch,
            $"""
            select q.project, q.name, m.number, m.id, m.ttl, m.posted_at, m.visible_at, m.expires_at, m.claim_count, m.checksum, null::bytea
            from unnest($1::text[], $2::text[], $3::bigint[]) as w(project, name, up_to)
                cross join lateral ({LiveQueue}) q
                cross join lateral (
                    (select l.number from loose l cross join lateral (
                            select from message m where m.queue_id = q.id and m.number = l.number and m.expires_at > now() + $4 offset 0) alive
                        where l.queue_id = q.id and l.number <= w.up_to
                        order by l.number limit {QueueDecider.PurgeChunk})
                    union
                    (select n.number from claim c cross join unnest(c.numbers) as n(number) cross join lateral (
                            select from message m where m.queue_id = q.id and m.number = n.number and m.expires_at > now() + $4 offset 0) alive
                        where c.queue_id = q.id and c.expires_at <= now() + $4 and n.number <= w.up_to
                        order by n.number limit {QueueDecider.PurgeChunk})
                    union
                    (select m.number from message m where m.queue_id = q.id and m.number >= q.frontier and m.number <= w.up_to
                        and m.visible_at = m.posted_at and m.expires_at > now() + $4 order by m.number limit {QueueDecider.PurgeChunk})
                ) n
                cross join lateral (select * from message m where m.queue_id = q.id and m.number = n.number offset 0) m
            """,
            row => State(row).Learn(Message(row, withBody: false)),
            [.. Names(wanted.Select(queue => queue.Id)), wanted.Select(queue => queue.UpTo).ToArray(), clock.Ahead]);
    }

    private void AddExpired(NpgsqlBatch batch, IReadOnlyList<PendingCommand> commands)
    {
        var wanted = commands.Where(command => command.Needs.Expired > 0).ToArray();
        if (wanted.Length == 0)
            return;

        Add(batch,
            $"""
            select q.project, q.name, m.number, m.id, m.ttl, m.posted_at, m.visible_at, m.expires_at, m.claim_count, m.checksum, null::bytea
            from unnest($1::text[], $2::text[], $3::int[]) as w(project, name, wanted)
                cross join lateral ({LiveQueue}) q
                cross join lateral (
                    select m.* from message m where m.queue_id = q.id and m.expires_at <= now() + $4
                    order by m.expires_at limit w.wanted
                ) m
            """,
            row => State(row).Learn(Message(row, withBody: false)),
            [.. Names(wanted.Select(command => command.Queue)), wanted.Select(command => command.Needs.Expired).ToArray(), clock.Ahead]);
    }

    // Of whichever incarnation: a queue that was deleted since has had the letter all the same.
    private void AddLetters(NpgsqlBatch batch, IReadOnlyList<PendingCommand> commands)
    {
        var wanted = (from command in commands from letter in command.Needs.Letters select (command.Queue, Letter: letter)).ToArray();
        if (wanted.Length > 0)
            Add(batch,
                """
                select w.project, w.name, w.letter from unnest($1::text[], $2::text[], $3::uuid[]) as w(project, name, letter)
                    cross join lateral (select from letter_received r where r.letter = w.letter offset 0) r
                """,
                row => State(row).LearnLetter(row.GetGuid(2)),
                [.. Names(wanted.Select(one => one.Queue)), wanted.Select(one => one.Letter).ToArray()]);
    }

    private async Task Run(NpgsqlBatch batch, CancellationToken ct)
    {
        await using var reader = await batch.ExecuteReaderAsync(ct);
        var statement = 0;
        do
        {
            var read = _readers[statement++];
            while (await reader.ReadAsync(ct))
                read(reader);
        }
        while (await reader.NextResultAsync(ct));

        _readers.Clear();
        foreach (var after in _afterwards)
            after();
        _afterwards.Clear();
    }

    private void Add(NpgsqlBatch batch, string sql, Action<NpgsqlDataReader> read, params object[] parameters) =>
        Add(batch, sql, read, null, parameters);

    private void Add(NpgsqlBatch batch, string sql, Action<NpgsqlDataReader> read, Action? afterwards, object[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in parameters)
            command.Parameters.Add(value is TimeSpan
                ? new() { Value = value, NpgsqlDbType = NpgsqlDbType.Interval }
                : new() { Value = value });

        batch.BatchCommands.Add(command);
        _readers.Add(read);
        if (afterwards is not null)
            _afterwards.Add(afterwards);
    }

    private QueueState State(NpgsqlDataReader row) => _states[Id(row)];

    private static Hold? HoldOf(NpgsqlDataReader row) =>
        row.IsDBNull(16) ? null : new(QueueHolds.Read(row.GetString(16)), row.GetGuid(17));

    private static QueueId Id(NpgsqlDataReader row) => new(row.GetString(0), row.GetString(1));

    private static object[] Names(IEnumerable<QueueId> queues)
    {
        var list = queues as IReadOnlyCollection<QueueId> ?? [.. queues];
        return [list.Select(queue => queue.Project).ToArray(), list.Select(queue => queue.Name).ToArray()];
    }

    private static KnownMessage Message(NpgsqlDataReader row, bool withBody) => new(
        row.GetInt64(2), new(row.GetGuid(3)), withBody ? row.GetFieldValue<byte[]>(10) : default, row.GetInt64(4),
        row.GetFieldValue<DateTimeOffset>(5), row.GetFieldValue<DateTimeOffset>(6), row.GetFieldValue<DateTimeOffset>(7),
        row.GetInt32(8), row.IsDBNull(9) ? null : row.GetString(9));

    private static KnownClaim Claim(NpgsqlDataReader row) => new(
        row.GetGuid(2), [.. row.GetFieldValue<long[]>(3)], row.GetInt64(4), row.GetInt64(5),
        row.GetFieldValue<DateTimeOffset>(6), row.GetFieldValue<DateTimeOffset>(7));

    private readonly record struct Wanted(QueueId Id, int Count);
}
