using Npgsql;
using NpgsqlTypes;
using Zaqar.Application;
using Zaqar.Application.Health;
using Zaqar.Infrastructure.Delivery;

namespace Zaqar.Infrastructure.Health;

/// <summary>Clears away what checks of health have made, and nothing else: a check's project is random, and all in it is the check's.</summary>
/// <remarks>
/// The rows go with the events that tell of them, so a rebuild makes the same tables. The events go when the end of the log that Marten knows has
/// passed them: before, they would leave a hole in front of it, which it waits at, and with it the relay, for a second or more.
/// </remarks>
internal sealed class HealthTraces(NpgsqlDataSource database, DatabaseClock clock, NotificationSettings notification, TimeProvider time)
    : IHealthTraces
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    // "offset 0" keeps the planner from looking for the greatest number from the end of the log. Where there is no relay, and never was one,
    // everything has been passed.
    private const string IsPassed =
        """
        select coalesce((select max(e.seq_id) from (select * from mt_events where tenant_id = $1 offset 0) e), 0)
            <= coalesce((select last_seq_id from mt_event_progression where name = 'HighWaterMark'), case when $2 then -1 end, 9223372036854775807)
        """;

    public async Task Open(HealthQueue queue, CancellationToken ct)
    {
        await using var command = database.CreateCommand("insert into health_check (id, started_at) values ($1, statement_timestamp() + $2)");
        command.Parameters.Add(new() { Value = queue.Check });
        command.Parameters.Add(new() { Value = clock.Ahead });
        await command.ExecuteNonQueryAsync(ct);
    }

    public async Task<bool> Clear(HealthQueue queue, CancellationToken ct)
    {
        await using (var wake = database.CreateCommand("call wake_relay()"))
            await wake.ExecuteNonQueryAsync(ct);

        for (var started = time.GetTimestamp(); !await HasBeenPassed(queue, ct); await Task.Delay(_pause, time, ct))
            if (time.GetElapsedTime(started) > _patience)
                return false;

        await Obliterate(queue, ct);
        return true;
    }

    /// <summary>Whether nothing that follows the log has a check's events still before it.</summary>
    internal async Task<bool> HasBeenPassed(HealthQueue queue, CancellationToken ct)
    {
        await using var command = database.CreateCommand(IsPassed);
        command.Parameters.Add(new() { Value = queue.Id.Project });
        command.Parameters.Add(new() { Value = notification.Enabled });
        return await command.ExecuteScalarAsync(ct) is true;
    }

    /// <summary>Clears away what a check has made, now.</summary>
    internal async Task Obliterate(HealthQueue queue, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var incarnations = await Incarnations(connection, queue, ct);
        var keys = Enumerable.Range(1, incarnations).Select(queue.Id.Key).ToArray();

        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var table in new[] { "message", "loose", "claim", "grave" })
            batch.BatchCommands.Add(new($"delete from {table} where queue_id = any($1)") { Parameters = { new() { Value = keys } } });
        batch.BatchCommands.Add(new("delete from queue where project = $1") { Parameters = { Project(queue) } });
        batch.BatchCommands.Add(new("delete from mt_events where tenant_id = $1") { Parameters = { Project(queue) } });
        batch.BatchCommands.Add(new("delete from mt_streams where tenant_id = $1") { Parameters = { Project(queue) } });
        batch.BatchCommands.Add(new("delete from health_check where id = $1") { Parameters = { new() { Value = queue.Check } } });
        await batch.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    // One, unless a check went on after it had been swept.
    private static async Task<int> Incarnations(NpgsqlConnection connection, HealthQueue queue, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select incarnation from queue where project = $1 and name = $2", connection);
        command.Parameters.Add(new() { Value = queue.Id.Project });
        command.Parameters.Add(new() { Value = queue.Id.Name });
        return await command.ExecuteScalarAsync(ct) is int incarnation ? incarnation : 0;
    }

    private static NpgsqlParameter Project(HealthQueue queue) => new() { Value = queue.Id.Project, NpgsqlDbType = NpgsqlDbType.Text };
}
