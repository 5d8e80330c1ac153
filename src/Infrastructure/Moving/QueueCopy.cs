using Npgsql;
using Zaqar.Application;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Committing;
using Zaqar.Infrastructure.Queues;

namespace Zaqar.Infrastructure.Moving;

/// <summary>
/// Copies one queue from one database to another: rows go from the one's COPY into the other's as they are, so neither types nor sizes matter and
/// no more than a buffer is held.
/// </summary>
/// <remarks>
/// <para>
/// The history goes first, a page to a transaction, while the queue is still in use: events never change. Pages, because the target's relay waits for
/// each number of the event sequence that was taken and is not there yet. The rest follows when the queue is frozen, in one transaction.
/// </para>
/// <para>
/// Copied events take new places in the target's log, in their old order. Their streams are not marked for the relay: the source's has passed them.
/// </para>
/// </remarks>
internal sealed class QueueCopy(PoolParts source, PoolParts target, QueueId queue, Guid move)
{
    private const int EventsAtOnce = 1_000;
    private const int MessagesAtOnce = 5_000;
    private const int PatienceInSeconds = 600;

    private const string EventColumns = "id, stream_id, version, data, bdata, type, timestamp, tenant_id, mt_dotnet_type, is_archived";
    private const string StreamColumns = "tenant_id, id, version, timestamp, created, is_archived";

    private const string MessageColumns =
        "queue_id, number, id, posted_at, visible_at, expires_at, ttl, claim_count, moved, client, checksum, body";

    private const string ClaimColumns = "queue_id, id, lo, hi, numbers, ttl, grace, renewed_at, expires_at";
    private const string SubscriptionColumns = "project, queue, id, subscriber, ttl, options, confirmed, created_at, expires_at, version, node";

    private const string QueueColumns =
        """
        project, name, id, incarnation, segment, version, deleted, created_at, metadata, delays, next_number, frontier, total, segment_start, held, move
        """;

    // All but the event, whose place in the log is another.
    private const string DeliveryColumns =
        """
        id, project, queue, subscription, kind, message, status, attempts, created_at, next_at, tried_at, ended_at, last_status, last_reason, latency_ms
        """;

    // COPY takes no parameters, so what a client named travels beside it.
    private const string Project = "current_setting('zaqar.project')";
    private const string Stream = "current_setting('zaqar.stream')";

    /// <summary>Events and messages that have been copied, by this run or before.</summary>
    public long Copied { get; private set; }

    /// <summary>How many there were when last counted.</summary>
    public long Total { get; private set; }

    /// <summary>Copies what there is of the queue's history and is not copied yet.</summary>
    /// <param name="to">The session of the target's <see cref="MoveLock"/>: who has lost the lock copies nothing.</param>
    /// <exception cref="MoveRefused">The move was called off.</exception>
    public async Task History(NpgsqlConnection to, Func<Task> passed, CancellationToken ct)
    {
        await using var from = await source.Database.OpenConnectionAsync(ct);

        // Before all others, as far as it has come: what it tells of was before them.
        await CopyHistoryOfHistory(from, to, ct);
        var there = await FoundStream.In(from, queue, ct);
        var here = (await FoundStream.In(to, queue, ct)).ToDictionary(stream => stream.Id, stream => stream.Version);
        Copied = here.Values.Sum();
        Total = there.Sum(stream => stream.Version) + ((await FoundQueue.In(source.Database, queue, ct))?.Total ?? 0);

        // Those that the source has dropped meanwhile, at the end of their time.
        foreach (var dropped in here.Keys.Except(there.Select(stream => stream.Id)))
            await DropStream(to, dropped, ct);

        foreach (var stream in there)
            for (var have = here.GetValueOrDefault(stream.Id); have < stream.Version;)
            {
                var upTo = Math.Min(have + EventsAtOnce, stream.Version);
                await CopyPage(from, to, stream, have, upTo, ct);
                Copied += upTo - have;
                have = upTo;
                await passed();
            }
    }

    /// <summary>Copies all the rest of a frozen queue whose history is copied, and with that the copy is whole.</summary>
    /// <param name="to">The session of the target's <see cref="MoveLock"/>.</param>
    /// <exception cref="MoveRefused">The move was called off.</exception>
    public async Task Rest(NpgsqlConnection to, Func<Task> passed, CancellationToken ct)
    {
        var frozen = (await FoundQueue.In(source.Database, queue, ct))!;
        await using var from = await source.Database.OpenConnectionAsync(ct);

        // Before the transaction: a session that does nothing for so long in one is cut off.
        var subscriptions = await QueueRemains.SubscriptionsOf(from, queue, ct);
        await using var transaction = await to.BeginTransactionAsync(ct);
        await CheckArrival(to, ct);
        await Execute(to, "delete from queue where project = $1 and name = $2 and held = 'gone'", ct, queue.Project, queue.Name);
        await Name(from, "", ct);

        await CopyMessages(from, to, frozen.Key, passed, ct);
        await Pipe(from, $"select queue_id, number, visible_at from loose where queue_id = '{frozen.Key}'", to, "loose (queue_id, number, visible_at)", ct);
        await Pipe(from, $"select {ClaimColumns} from claim where queue_id = '{frozen.Key}'", to, $"claim ({ClaimColumns})", ct);
        await Pipe(from, $"select {QueueColumns} from queue where id = '{frozen.Key}'", to, $"queue ({QueueColumns})", ct);
        await CopyLetters(from, to, frozen.Incarnation, ct);
        await CopySubscriptions(from, to, ct);
        await CopyDeliveries(from, to, subscriptions, ct);
        await AppendCopied(to, frozen, ct);
        await GreetNodes(to, ct);
        await Execute(to, "delete from arrival where project = $1 and name = $2", ct, queue.Project, queue.Name);
        await transaction.CommitAsync(CancellationToken.None);
    }

    // Which letters it had, in whichever of its lives: one that is sent again must not be taken again. Some may be here from an earlier stay.
    private async Task CopyLetters(NpgsqlConnection from, NpgsqlConnection to, int incarnation, CancellationToken ct)
    {
        await Execute(to, "create temp table arriving_letter on commit drop as select letter, queue_id, at from letter_received limit 0", ct);
        await Pipe(from,
            $"select letter, queue_id, at from letter_received where queue_id = any({Ids(Enumerable.Range(1, incarnation).Select(queue.Key))})",
            to, "arriving_letter (letter, queue_id, at)", ct);
        await Execute(to, "insert into letter_received (letter, queue_id, at) select letter, queue_id, at from arriving_letter on conflict do nothing", ct);
    }

    private async Task CopyPage(NpgsqlConnection from, NpgsqlConnection to, FoundStream stream, long after, long upTo, CancellationToken ct)
    {
        await Name(from, stream.Id, ct);
        await using var transaction = await to.BeginTransactionAsync(ct);
        await CheckArrival(to, ct);
        await TakeEvents(from,
            $"tenant_id = {Project} and stream_id = {Stream} and version > {after} and version <= {upTo} order by version", to, ct);
        await Execute(to,
            $"""
            insert into mt_streams ({StreamColumns}) values ($1, $2, $3, $4, $5, false)
            on conflict (tenant_id, id) do update set version = excluded.version, timestamp = excluded.timestamp
            """, ct, queue.Project, stream.Id, upTo, stream.ChangedAt, stream.CreatedAt);
        await AppendEvents(to, "version", ct);
        await transaction.CommitAsync(CancellationToken.None);
    }

    // The one stream that both may have: the target's own record of queues of that name that it dropped before.
    private async Task CopyHistoryOfHistory(NpgsqlConnection from, NpgsqlConnection to, CancellationToken ct)
    {
        var stream = StreamKey.OfHistory(queue.Name);
        await Name(from, stream, ct);
        await using var transaction = await to.BeginTransactionAsync(ct);
        await CheckArrival(to, ct);
        await TakeEvents(from, $"tenant_id = {Project} and stream_id = {Stream} order by version", to, ct);
        await Execute(to,
            """
            delete from arriving_event a using mt_events e where e.tenant_id = $1 and e.stream_id = $2 and e.id = a.id
            """, ct, queue.Project, stream);
        await Execute(to,
            $"""
            insert into mt_streams as s ({StreamColumns})
            select $1, $2, count(*), now(), now(), false from arriving_event having count(*) > 0
            on conflict (tenant_id, id) do update set version = s.version + excluded.version, timestamp = excluded.timestamp
            """, ct, queue.Project, stream);
        await AppendEvents(to,
            "coalesce((select max(h.version) from mt_events h where h.tenant_id = a.tenant_id and h.stream_id = a.stream_id), 0) + row_number() over (order by n)",
            ct);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private async Task CopyMessages(NpgsqlConnection from, NpgsqlConnection to, Guid key, Func<Task> passed, CancellationToken ct)
    {
        for (var after = 0L; ;)
        {
            await using var page = new NpgsqlCommand(
                """
                select count(*), max(number) from (
                    select number from message where queue_id = $1 and number > $2 order by number limit $3) m
                """, from);
            page.Parameters.Add(new() { Value = key });
            page.Parameters.Add(new() { Value = after });
            page.Parameters.Add(new() { Value = MessagesAtOnce });
            long count, upTo;
            await using (var row = await page.ExecuteReaderAsync(ct))
            {
                await row.ReadAsync(ct);
                count = row.GetInt64(0);
                if (count == 0)
                    return;
                upTo = row.GetInt64(1);
            }

            await Pipe(from,
                $"select {MessageColumns} from message where queue_id = '{key}' and number > {after} and number <= {upTo} order by number",
                to, $"message ({MessageColumns})", ct);
            Copied += count;
            after = upTo;
            await passed();
        }
    }

    // In the order in which they happened to all of them: a subscriber may have gone from one to another. Those that are over have no more to tell.
    private async Task CopySubscriptions(NpgsqlConnection from, NpgsqlConnection to, CancellationToken ct)
    {
        await using var find = new NpgsqlCommand("select id from subscription where project = $1 and queue = $2 order by id", from);
        find.Parameters.Add(new() { Value = queue.Project });
        find.Parameters.Add(new() { Value = queue.Name });
        var ids = new List<Guid>();
        await using (var row = await find.ExecuteReaderAsync(ct))
            while (await row.ReadAsync(ct))
                ids.Add(row.GetGuid(0));

        var streams = $"'{{{string.Join(',', ids.Select(StreamKey.OfSubscription))}}}'::varchar[]";
        await Pipe(from, $"select {SubscriptionColumns} from subscription where id = any({Ids(ids)}) order by id", to, $"subscription ({SubscriptionColumns})", ct);
        await Pipe(from, $"select {StreamColumns} from mt_streams where tenant_id = {Project} and id = any({streams})", to, $"mt_streams ({StreamColumns})", ct);
        await TakeEvents(from, $"tenant_id = {Project} and stream_id = any({streams}) order by seq_id", to, ct);
        await AppendEvents(to, "version", ct);
    }

    // What a delivery tells of is found by its stream and version, which are the same here. Of what was dropped, both say so when it is tried.
    private async Task CopyDeliveries(NpgsqlConnection from, NpgsqlConnection to, Guid[] ids, CancellationToken ct)
    {
        await Execute(to, $"create temp table arriving_delivery on commit drop as select {DeliveryColumns}, ''::text as stream, 0::bigint as version from delivery limit 0", ct);
        await Pipe(from,
            $"""
            select {string.Join(", ", DeliveryColumns.Split(',').Select(column => $"d.{column.Trim()}"))}, e.stream_id, e.version
            from delivery d left join mt_events e on e.seq_id = d.event where d.subscription = any({Ids(ids)})
            """, to, "arriving_delivery", ct);
        await Execute(to,
            $"""
            insert into delivery ({DeliveryColumns}, event)
            select {DeliveryColumns}, coalesce((
                select e.seq_id from mt_events e where e.tenant_id = $1 and e.stream_id = d.stream and e.version = d.version), 0)
            from arriving_delivery d
            """, ct, queue.Project);
    }

    private async Task AppendCopied(NpgsqlConnection to, FoundQueue frozen, CancellationToken ct)
    {
        await using var time = new NpgsqlCommand("select statement_timestamp() + $1", to);
        time.Parameters.Add(new() { Value = target.Clock.Ahead });
        DateTimeOffset now;
        await using (var row = await time.ExecuteReaderAsync(ct))
        {
            await row.ReadAsync(ct);
            now = row.GetFieldValue<DateTimeOffset>(0);
        }

        var append = new Batch.Append(queue, frozen.Incarnation, frozen.LastStream, frozen.Version);
        append.Events.Add(new QueueCopied(move, source.Name, now));
        await using var batch = new NpgsqlBatch(to);
        EventWriter.MoveStreams(batch, [append]);
        var changes = new QueueChanges();
        changes.Add(queue, frozen.Incarnation, frozen.Version + 1, append.Events[0]);
        changes.WriteTo((sql, parameters) =>
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var value in parameters)
                command.Parameters.Add(new() { Value = value });
            batch.BatchCommands.Add(command);
        });
        target.Events.InsertEvents(batch, [append], now);
        batch.BatchCommands.Add(new("call wake_relay()"));
        await batch.ExecuteNonQueryAsync(ct);
    }

    // The nodes whose connections subscribe have time to say here themselves that they live. Last, for each of them may be waiting to.
    private async Task GreetNodes(NpgsqlConnection to, CancellationToken ct) => await Execute(to,
        """
        insert into node (id, seen_at)
        select distinct s.node, statement_timestamp() + $3 from subscription s where s.project = $1 and s.queue = $2 and s.node is not null order by 1
        on conflict (id) do update set seen_at = greatest(node.seen_at, excluded.seen_at)
        """, ct, queue.Project, queue.Name, target.Clock.Ahead);

    private async Task DropStream(NpgsqlConnection to, string stream, CancellationToken ct)
    {
        await using var transaction = await to.BeginTransactionAsync(ct);
        await CheckArrival(to, ct);
        await QueueRemains.ClearStream(to, queue, stream, ct);
        await transaction.CommitAsync(CancellationToken.None);
    }

    // Locked, so that one run of a move works at a time, and none after it was called off.
    private async Task CheckArrival(NpgsqlConnection to, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select true from arrival where project = $1 and name = $2 and move = $3 for update", to);
        command.Parameters.Add(new() { Value = queue.Project });
        command.Parameters.Add(new() { Value = queue.Name });
        command.Parameters.Add(new() { Value = move });
        if (await command.ExecuteScalarAsync(ct) is not true)
            throw new MoveRefused($"The move of the {queue.Noun} {queue.ShownName} was called off.");
    }

    private static async Task TakeEvents(NpgsqlConnection from, string which, NpgsqlConnection to, CancellationToken ct)
    {
        await Execute(to,
            $"""
            create temp table arriving_event on commit drop as select {EventColumns} from mt_events limit 0;
            alter table arriving_event add column n bigint generated always as identity
            """, ct);
        await Pipe(from, $"select {EventColumns} from mt_events where {which}", to, $"arriving_event ({EventColumns})", ct);
    }

    /// <param name="version">What gives an event's version here.</param>
    private static Task AppendEvents(NpgsqlConnection to, string version, CancellationToken ct) => Execute(to,
        $"""
        insert into mt_events (seq_id, id, stream_id, version, data, bdata, type, timestamp, tenant_id, mt_dotnet_type, is_archived)
        select nextval('mt_events_sequence'), e.* from (
            select id, stream_id, {version} as version, data, bdata, type, timestamp, tenant_id, mt_dotnet_type, is_archived
            from arriving_event a order by n) e
        """, ct);

    private async Task Name(NpgsqlConnection from, string stream, CancellationToken ct) => await Execute(from,
        "select set_config('zaqar.project', $1, false), set_config('zaqar.stream', $2, false)", ct, queue.Project, stream);

    private static async Task Pipe(NpgsqlConnection from, string select, NpgsqlConnection to, string table, CancellationToken ct)
    {
        await using var into = await to.BeginRawBinaryCopyAsync($"copy {table} from stdin (format binary)", ct);
        try
        {
            await using var rows = await from.BeginRawBinaryCopyAsync($"copy ({select}) to stdout (format binary)", ct);
            await rows.CopyToAsync(into, ct);
        }
        catch
        {
            // Half of the rows must not count as all.
            await into.CancelAsync();
            throw;
        }
    }

    private static string Ids(IEnumerable<Guid> ids) => $"'{{{string.Join(',', ids)}}}'::uuid[]";

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken ct, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = PatienceInSeconds };
        foreach (var value in parameters)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(ct);
    }
}
