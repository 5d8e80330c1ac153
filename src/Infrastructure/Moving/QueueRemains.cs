using Npgsql;
using Zaqar.Application;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Moving;

/// <summary>Clears away what a database has of a queue that lives in another, in small batches; one that is cut off is begun again.</summary>
/// <remarks>
/// Nobody sees the queue there any more, or yet, so the batches need no order but that what is found by another goes before it. They run over the
/// session of the <see cref="MoveLock"/>: who has lost the lock clears nothing.
/// </remarks>
internal static class QueueRemains
{
    private const int RowsAtOnce = 5_000;
    private const int SubscriptionsAtOnce = 100;

    // To walk over all that is to be delivered, whose ever it is.
    private const int PatienceInSeconds = 600;

    // From subscriber to subscriber, not from row to row.
    private const string Subscribers =
        """
        with recursive known as (
            (select subscription, project, queue from delivery order by subscription, id limit 1)
            union all
            select next.* from known cross join lateral (
                select subscription, project, queue from delivery where subscription > known.subscription order by subscription, id limit 1) next
        )
        select id from subscription where project = $1 and queue = $2
        union
        select subscription from known where project = $1 and queue = $2
        """;

    /// <summary>The ids of a queue's subscriptions, those that are over and have deliveries left included.</summary>
    internal static async Task<Guid[]> SubscriptionsOf(NpgsqlConnection database, QueueId queue, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Subscribers, database) { CommandTimeout = PatienceInSeconds };
        command.Parameters.Add(new() { Value = queue.Project });
        command.Parameters.Add(new() { Value = queue.Name });
        await using var row = await command.ExecuteReaderAsync(ct);
        var found = new List<Guid>();
        while (await row.ReadAsync(ct))
            found.Add(row.GetGuid(0));
        return [.. found];
    }

    /// <summary>Clears all but the queue's own row.</summary>
    /// <param name="keep">A stream that stays; null for none.</param>
    internal static async Task Clear(NpgsqlConnection database, QueueId queue, string? keep, CancellationToken ct)
    {
        foreach (var subscription in await SubscriptionsOf(database, queue, ct))
            await Stride(database,
                "delete from delivery where id = any(array(select id from delivery where subscription = $1 limit $2))", ct, subscription);

        while (await ClearSubscriptions(database, queue, ct))
        {
        }

        var streams = await FoundStream.In(database, queue, ct);
        foreach (var incarnation in streams.Select(stream => stream.Incarnation).Distinct())
            foreach (var (table, key) in new[] { ("message", "number"), ("loose", "number"), ("claim", "id") })
                await Stride(database,
                    $"delete from {table} where queue_id = $1 and {key} in (select {key} from {table} where queue_id = $1 limit $2)",
                    ct, queue.Key(incarnation));

        foreach (var stream in streams.Select(stream => stream.Id).Where(id => id != keep).Append(StreamKey.OfHistory(queue.Name)))
            await ClearStream(database, queue, stream, ct);
    }

    /// <summary>Clears one stream, its events first.</summary>
    internal static async Task ClearStream(NpgsqlConnection database, QueueId queue, string stream, CancellationToken ct)
    {
        await Stride(database,
            """
            delete from mt_events where seq_id in (
                select seq_id from mt_events where tenant_id = $1 and stream_id = $2 order by version limit $3)
            """, ct, queue.Project, stream);
        await using var last = new NpgsqlCommand("delete from mt_streams where tenant_id = $1 and id = $2", database);
        last.Parameters.Add(new() { Value = queue.Project });
        last.Parameters.Add(new() { Value = stream });
        await last.ExecuteNonQueryAsync(ct);
    }

    // The row of a subscription goes with its history, so that a rebuild never gives it again.
    private static async Task<bool> ClearSubscriptions(NpgsqlConnection database, QueueId queue, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"""
            with gone as (
                delete from subscription where id = any(array(
                    select id from subscription where project = $1 and queue = $2 order by id limit {SubscriptionsAtOnce}))
                returning '{StreamKey.SubscriptionPrefix}' || id as stream
            ), events as (
                delete from mt_events e using gone g where e.tenant_id = $1 and e.stream_id = g.stream
            ), streams as (
                delete from mt_streams s using gone g where s.tenant_id = $1 and s.id = g.stream
            )
            select count(*) from gone
            """, database);
        command.Parameters.Add(new() { Value = queue.Project });
        command.Parameters.Add(new() { Value = queue.Name });
        return await command.ExecuteScalarAsync(ct) is long and SubscriptionsAtOnce;
    }

    private static async Task Stride(NpgsqlConnection database, string sql, CancellationToken ct, params object[] parameters)
    {
        int deleted;
        do
        {
            await using var command = new NpgsqlCommand(sql, database);
            foreach (var value in parameters)
                command.Parameters.Add(new() { Value = value });
            command.Parameters.Add(new() { Value = RowsAtOnce });
            deleted = await command.ExecuteNonQueryAsync(ct);
        }
        while (deleted == RowsAtOnce);
    }
}
