using Npgsql;
using Zaqar.Application;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>What is due for a subscriber, and what became of it: the table <c>delivery</c>.</summary>
internal sealed class Deliveries(NpgsqlDataSource database, DatabaseClock clock, NotificationSettings settings) : IDisposable
{
    private const int MaxPage = 16;
    private const int MaxPageBytes = 256 << 10;

    // Lanes beyond number must not take all of the database's connections.
    private readonly SemaphoreSlim _workers = new(settings.MaxNotifierWorkers);

    /// <summary>
    /// The next deliveries that are due, oldest first, with what they tell of; never more than about 256 KiB unless one is. None while the queue is
    /// held: whoever has it after its move makes them.
    /// </summary>
    public Task<DuePage> Due(Deliver word, CancellationToken ct) => Work(
        """
        select s.subscriber, s.options, s.queue, s.confirmed, s.expires_at, q.metadata, q.delays, now() + $3,
            d.id, d.kind, d.attempts, d.event, d.bdata
        from (select) one
            left join lateral (
                select * from subscription s where s.id = $1 and s.project = $2 and s.node is null and s.expires_at > now() + $3) s on true
            left join lateral (
                select * from queue q where q.project = $2 and q.name = s.queue and not q.deleted) q on true
            left join lateral (
                select q.held from queue q where q.project = $2 and q.name = s.queue) h on true
            left join lateral (
                select * from (
                    select d.*, e.bdata, row_number() over line as n, sum(octet_length(e.bdata)) over line as bytes
                    from (
                        select * from delivery d where d.subscription = $1 and d.project = $2 and d.status = 'waiting' and d.next_at <= now() + $3
                        order by d.next_at, d.id limit $4) d
                        left join mt_events e on e.seq_id = d.event
                    window line as (order by d.next_at, d.id)) d
                where d.n = 1 or coalesce(d.bytes, 0) <= $5
                order by d.n) d on h.held is null
        """,
        async command =>
        {
            command.Parameters.Add(new() { Value = word.Subscription });
            command.Parameters.Add(new() { Value = word.Project });
            command.Parameters.Add(new() { Value = clock.Ahead });
            command.Parameters.Add(new() { Value = MaxPage });
            command.Parameters.Add(new() { Value = (long)MaxPageBytes });
            await using var row = await command.ExecuteReaderAsync(ct);
            var (due, subscriber) = (new List<DueDelivery>(), (Subscriber?)null);
            while (await row.ReadAsync(ct))
            {
                if (!row.IsDBNull(0))
                    subscriber ??= new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetBoolean(3),
                        row.GetFieldValue<DateTimeOffset>(4), row.IsDBNull(5) ? null : row.GetString(5), !row.IsDBNull(6) && row.GetBoolean(6),
                        row.GetFieldValue<DateTimeOffset>(7));
                if (!row.IsDBNull(8))
                    due.Add(new(row.GetGuid(8), Enum.Parse<NoticeKind>(row.GetString(9)), row.GetInt32(10),
                        row.IsDBNull(12) ? null : row.GetFieldValue<byte[]>(12)));
            }

            return new DuePage(subscriber, due);
        }, ct);

    /// <summary>Records attempts. One that was recorded is never made again by itself.</summary>
    public Task<bool> Record(IReadOnlyCollection<Attempt> attempts, CancellationToken ct) => Work(
        """
        update delivery d set
            status = a.status, attempts = a.attempts, tried_at = now() + $9, last_status = a.last_status, last_reason = a.reason,
            latency_ms = a.latency, next_at = now() + $9 + a.wait,
            ended_at = case when a.wait is null then now() + $9 end
        from unnest($1, $2, $3, $4, $5, $6, $7) as a(id, status, attempts, last_status, reason, latency, wait)
        where d.id = a.id and d.subscription = $8 and d.status = 'waiting'
        """,
        async command =>
        {
            Add(attempt => attempt.Id);
            Add(attempt => attempt.State);
            Add(attempt => attempt.Made);
            Add(attempt => attempt.Status);
            Add(attempt => attempt.Reason);
            Add(attempt => (int?)attempt.Latency?.TotalMilliseconds);
            Add(attempt => attempt.Wait);
            command.Parameters.Add(new() { Value = attempts.First().Subscription });
            command.Parameters.Add(new() { Value = clock.Ahead });
            await command.ExecuteNonQueryAsync(ct);
            return true;

            void Add<T>(Func<Attempt, T> column) => command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. attempts.Select(column)] });
        }, ct);

    /// <summary>How long until something is due; null when nothing waits.</summary>
    public Task<TimeSpan?> UntilNext(Deliver word, CancellationToken ct) => Work(
        """
        select greatest(next_at - (now() + $2), interval '0') from delivery
        where subscription = $1 and status = 'waiting'
            and not exists (select from subscription s join queue q on q.project = s.project and q.name = s.queue where s.id = $1 and q.held is not null)
        order by next_at limit 1
        """,
        async command =>
        {
            command.Parameters.Add(new() { Value = word.Subscription });
            command.Parameters.Add(new() { Value = clock.Ahead });
            return await command.ExecuteScalarAsync(ct) as TimeSpan?;
        }, ct);

    /// <summary>Subscribers that something has been due for longer than it should: their words were lost.</summary>
    /// <param name="running">Those whose lanes are known to run: they come to it. So do those whose lanes another node holds.</param>
    /// <remarks>Goes from subscriber to subscriber and not from row to row, for one that hangs may have any number of them; and only when there is a row.</remarks>
    public Task<List<Deliver>> Overlooked(TimeSpan late, Guid[] running, int limit, CancellationToken ct) => Work(
        """
        with recursive held as materialized (
            select (classid::bigint << 32) | objid::bigint as key from pg_locks where locktype = 'advisory' and objsubid = 1
        ), lane as (
            (select subscription, project, next_at from delivery
                where status = 'waiting' and exists (select from delivery where status = 'waiting' and next_at <= now() + $1 - $2)
                order by subscription, next_at limit 1)
            union all
            select next.* from lane cross join lateral (
                select subscription, project, next_at from delivery
                where status = 'waiting' and subscription > lane.subscription
                order by subscription, next_at limit 1) next
        )
        select project, subscription from lane where next_at <= now() + $1 - $2 and not subscription = any($3)
            and not exists (select from held where held.key = ('x' || right(replace(lane.subscription::text, '-', ''), 16))::bit(64)::bigint)
            and not exists (select from subscription s join queue q on q.project = s.project and q.name = s.queue
                where s.id = lane.subscription and q.held is not null)
        limit $4
        """,
        async command =>
        {
            command.Parameters.Add(new() { Value = clock.Ahead });
            command.Parameters.Add(new() { Value = late });
            command.Parameters.Add(new() { Value = running });
            command.Parameters.Add(new() { Value = limit });
            await using var row = await command.ExecuteReaderAsync(ct);
            var words = new List<Deliver>();
            while (await row.ReadAsync(ct))
                words.Add(new(row.GetString(0), row.GetGuid(1)));
            return words;
        }, ct);

    /// <summary>Forgets deliveries that ended long ago, a page at a time.</summary>
    /// <returns>Whether there may be more.</returns>
    public Task<bool> Sweep(TimeSpan retention, CancellationToken ct)
    {
        const int page = 1_000;
        return Work(
            """
            delete from delivery where id = any(array(
                select id from delivery where status <> 'waiting' and ended_at < now() + $1 - $2 order by ended_at limit $3))
            """,
            async command =>
            {
                command.Parameters.Add(new() { Value = clock.Ahead });
                command.Parameters.Add(new() { Value = retention });
                command.Parameters.Add(new() { Value = page });
                return await command.ExecuteNonQueryAsync(ct) == page;
            }, ct);
    }

    public void Dispose() => _workers.Dispose();

    private async Task<T> Work<T>(string sql, Func<NpgsqlCommand, Task<T>> run, CancellationToken ct)
    {
        await _workers.WaitAsync(ct);
        try
        {
            await using var command = database.CreateCommand(sql);
            return await run(command);
        }
        finally
        {
            _workers.Release();
        }
    }

    /// <param name="Subscriber">Null when the subscription is over.</param>
    internal sealed record DuePage(Subscriber? Subscriber, IReadOnlyList<DueDelivery> Due);

    /// <param name="Event">The stored event; null where it is not binary, or no more there.</param>
    internal sealed record DueDelivery(Guid Id, NoticeKind Kind, int Attempts, byte[]? Event);

    /// <param name="Metadata">Of its queue; null when there is none.</param>
    /// <param name="Now">The database's time.</param>
    internal sealed record Subscriber(
        string Uri, string Options, string Queue, bool Confirmed, DateTimeOffset ExpiresAt, string? Metadata, bool QueueDelays, DateTimeOffset Now);

    /// <param name="Made">Attempts so far, this one included.</param>
    /// <param name="Wait">Until the next; null when this was the last.</param>
    internal sealed record Attempt(
        Guid Subscription, Guid Id, string State, int Made, int? Status, string? Reason, TimeSpan? Latency, TimeSpan? Wait);
}
