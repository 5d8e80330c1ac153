using Npgsql;
using Zaqar.Application;
using Zaqar.Application.Committing;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Queues;

/// <summary>
/// Records what has run out in queues that nobody touches, so that their history is complete, and clears away the rows of deleted
/// queues. Reads never wait for it: they judge by the clock.
/// </summary>
internal sealed class ExpirySweeper(ICommitter committer, NpgsqlDataSource database, DatabaseClock clock)
{
    private const int QueuesAtOnce = 200;
    private const int MessagesAtOnce = 1_000;
    private const int RowsAtOnce = 5_000;

    /// <summary>Goes once over what is due, at most <see cref="QueuesAtOnce"/> queues.</summary>
    /// <returns>Whether there may be more.</returns>
    public async Task<bool> Sweep(CancellationToken ct)
    {
        var queues = await DueQueues(ct);
        foreach (var queue in queues)
        {
            try
            {
                while (await committer.Commit(queue, new Needs { Expired = MessagesAtOnce },
                    QueueDecider.ExpireMessages, Actor.System, ct) == MessagesAtOnce)
                {
                }
            }
            catch (QueueHeld)
            {
                // It is being moved since it was looked up; whoever has it then records what is over.
            }
        }

        return await ClearGraves(ct) || queues.Count == QueuesAtOnce;
    }

    private async Task<List<QueueId>> DueQueues(CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            with t as materialized (select statement_timestamp() + $1 as now)
            select q.project, q.name from queue q join (
                select queue_id from (select m.queue_id from message m where m.expires_at <= (select now from t) order by m.expires_at limit 20000) m
                union
                select c.queue_id from claim c where c.expires_at <= (select now from t)
            ) due on due.queue_id = q.id
            where not q.deleted and q.held is null limit $2
            """);
        command.Parameters.Add(new() { Value = clock.Ahead });
        command.Parameters.Add(new() { Value = QueuesAtOnce });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var queues = new List<QueueId>();
        while (await reader.ReadAsync(ct))
            queues.Add(new(reader.GetString(0), reader.GetString(1)));
        return queues;
    }

    /// <summary>Clears away a stride of rows of a deleted queue: nobody can see them any more.</summary>
    /// <returns>Whether there may be more.</returns>
    internal async Task<bool> ClearGraves(CancellationToken ct)
    {
        await using var first = database.CreateCommand("select queue_id from grave order by queue_id limit 1");
        if (await first.ExecuteScalarAsync(ct) is not Guid grave)
            return false;

        foreach (var (table, key) in new[] { ("message", "number"), ("loose", "number"), ("claim", "id") })
        {
            await using var clear = database.CreateCommand(
                $"delete from {table} where queue_id = $1 and {key} in (select {key} from {table} where queue_id = $1 limit {RowsAtOnce})");
            clear.Parameters.Add(new() { Value = grave });
            if (await clear.ExecuteNonQueryAsync(ct) == RowsAtOnce)
                return true;
        }

        await using var close = database.CreateCommand("delete from grave where queue_id = $1");
        close.Parameters.Add(new() { Value = grave });
        await close.ExecuteNonQueryAsync(ct);
        return true;
    }
}
