using Marten;
using Marten.Services;
using Microsoft.Extensions.Logging;
using Npgsql;
using Zaqar.Application;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Pools;
using Zaqar.Infrastructure.Queues;
using Zaqar.Infrastructure.Subscriptions;

namespace Zaqar.Infrastructure.History;

/// <summary>
/// Drops segments of history when they are older than the retention, closed, and every message in them is gone, oldest first, so that
/// what is kept of a queue is always an unbroken end of its story.
/// </summary>
/// <remarks>
/// Deletes in small batches. A sweep that is cut off goes on where it was: the stream's own row goes last, together with
/// <see cref="SegmentDropped"/>, the record that it was dropped.
/// </remarks>
internal sealed partial class SegmentSweeper(
    IDocumentStore store, NpgsqlDataSource database, DatabaseClock clock, HistorySettings settings, ILogger<SegmentSweeper> log)
{
    private const int EventsAtOnce = 2_000;

    // A stream's last change is its closing; the segment that a live queue writes to is not closed. Whoever follows the log must have passed
    // it, and nothing that is to be delivered may be in it. The inline projections have by their nature, and Marten's own marks (HighWaterMark,
    // HighWaterAllocationFence) follow nothing: those that a rebuild leaves stand still from then on. What is on its way from one database to another
    // stays as it is.
    private const string Old =
        $"""
        select s.tenant_id, s.id, s.version from mt_streams s left join lateral (
                select * from queue q where q.project = s.tenant_id and q.name = split_part(s.id, '/', 2) and not q.deleted offset 0) q on true
        where s.id like 'queue/%'
            and not exists (select from arrival a where a.project = s.tenant_id and a.name = split_part(s.id, '/', 2))
            and not exists (select from queue h where h.project = s.tenant_id and h.name = split_part(s.id, '/', 2) and h.held in ('leaving', 'arriving'))
            and s.id is distinct from 'queue/' || q.name || '/' || q.incarnation || '/' || q.segment and s.timestamp < statement_timestamp() + $1 - $2
            and not exists (select from mt_event_progression p
                where p.name not like 'HighWater%' and p.name not like '{QueueProjection.Name}:%'
                    and p.name not like '{SubscriptionProjection.StoredName}:%' and p.name not like '{PoolProjection.StoredName}:%'
                    and p.name not like '{CatalogueProjection.StoredName}:%'
                    and p.last_seq_id < (select max(e.seq_id) from mt_events e where e.tenant_id = s.tenant_id and e.stream_id = s.id))
            and not exists (select from subscription u cross join lateral (
                    select d.event from delivery d where d.subscription = u.id and d.status = 'waiting' offset 0) d
                where u.project = s.tenant_id and u.queue = split_part(s.id, '/', 2)
                    and d.event <= (select max(e.seq_id) from mt_events e where e.tenant_id = s.tenant_id and e.stream_id = s.id))
        order by s.timestamp limit 1000
        """;

    /// <returns>How many segments were dropped.</returns>
    public async Task<int> Sweep(CancellationToken ct)
    {
        var dropped = 0;
        foreach (var segment in (await Candidates(ct)).OrderBy(segment => segment.Queue)
            .ThenBy(segment => segment.Incarnation).ThenBy(segment => segment.Number))
        {
            if (!await IsDrained(segment, ct))
                continue;

            await Drop(segment, ct);
            dropped++;
        }

        return dropped;
    }

    private async Task<List<Segment>> Candidates(CancellationToken ct)
    {
        await using var command = database.CreateCommand(Old);
        command.Parameters.Add(new() { Value = clock.Ahead });
        command.Parameters.Add(new() { Value = settings.Retention });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<Segment>();
        while (await reader.ReadAsync(ct))
        {
            var stream = reader.GetString(1);
            if (StreamKey.TryReadQueue(stream, out var name, out var incarnation, out var number))
                found.Add(new(new(reader.GetString(0), name), incarnation, number, stream, reader.GetInt64(2)));
        }

        return found;
    }

    // Whether it is on its way to another database is asked again, for that may have begun since it was picked.
    // The books of the next segment say which numbers were used up before it. Segments go in order: an older one still there keeps this one.
    private async Task<bool> IsDrained(Segment segment, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            select not exists (select from mt_streams s where s.tenant_id = $1 and s.id = $6)
                and case
                    when q.incarnation > $3 or q.deleted then not exists (select from grave g where g.queue_id = $5)
                    when q.segment > $4 then coalesce((
                        select coalesce((select min(m.number) from message m where m.queue_id = q.id), q.next_number)
                            >= (e.data ->> 'nextNumber')::bigint
                        from mt_events e where e.tenant_id = $1 and e.stream_id = $7 and e.version = 1), false)
                    else false
                end
            from queue q where q.project = $1 and q.name = $2 and (q.held is null or q.held = 'gone')
                and not exists (select from arrival a where a.project = $1 and a.name = $2)
            """);
        command.Parameters.Add(new() { Value = segment.Queue.Project });
        command.Parameters.Add(new() { Value = segment.Queue.Name });
        command.Parameters.Add(new() { Value = segment.Incarnation });
        command.Parameters.Add(new() { Value = segment.Number });
        command.Parameters.Add(new() { Value = segment.Queue.Key(segment.Incarnation) });
        command.Parameters.Add(new() { Value = StreamKey.OfQueue(segment.Queue.Name, segment.Incarnation, segment.Number - 1) });
        command.Parameters.Add(new() { Value = StreamKey.OfQueue(segment.Queue.Name, segment.Incarnation, segment.Number + 1) });
        return await command.ExecuteScalarAsync(ct) is true;
    }

    private async Task Drop(Segment segment, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        int deleted;
        do
        {
            await using var command = new NpgsqlCommand(
                """
                delete from mt_events where seq_id in (
                    select seq_id from mt_events where tenant_id = $1 and stream_id = $2 order by version limit $3)
                """, connection);
            command.Parameters.Add(new() { Value = segment.Queue.Project });
            command.Parameters.Add(new() { Value = segment.Stream });
            command.Parameters.Add(new() { Value = EventsAtOnce });
            deleted = await command.ExecuteNonQueryAsync(ct);
        }
        while (deleted == EventsAtOnce);

        await using var transaction = await connection.BeginTransactionAsync(ct);
        var (last, now) = await Close(connection, segment, ct);
        await using (var session = store.LightweightSession(SessionOptions.ForTransaction(transaction)))
        {
            session.ForTenant(segment.Queue.Project).Events.Append(StreamKey.OfHistory(segment.Queue.Name),
                new SegmentDropped(segment.Queue.Name, segment.Incarnation, segment.Number, segment.Events, last, now));
            await session.SaveChangesAsync(ct);
        }

        await transaction.CommitAsync(ct);
        LogDropped(log, segment.Stream, segment.Events);
    }

    private async Task<(bool Last, DateTimeOffset Now)> Close(NpgsqlConnection connection, Segment segment, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            with dropped as (delete from mt_streams where tenant_id = $1 and id = $2)
            select not exists (select from mt_streams s where s.tenant_id = $1 and s.id like $3 and s.id <> $2), statement_timestamp() + $4
            """, connection);
        command.Parameters.Add(new() { Value = segment.Queue.Project });
        command.Parameters.Add(new() { Value = segment.Stream });
        command.Parameters.Add(new() { Value = $"queue/{segment.Queue.Name.Replace("_", @"\_", StringComparison.Ordinal)}/{segment.Incarnation}/%" });
        command.Parameters.Add(new() { Value = clock.Ahead });
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetBoolean(0), reader.GetFieldValue<DateTimeOffset>(1));
    }

    private sealed record Segment(QueueId Queue, int Incarnation, int Number, string Stream, long Events);

    [LoggerMessage(1, LogLevel.Information, "Dropped {Stream} with its {Events} events: drained, and past its retention.")]
    private static partial void LogDropped(ILogger log, string stream, long events);
}
