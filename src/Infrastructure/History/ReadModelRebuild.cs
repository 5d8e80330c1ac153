using Marten;
using Microsoft.Extensions.Logging;
using Npgsql;
using Zaqar.Infrastructure.Pools;
using Zaqar.Infrastructure.Queues;
using Zaqar.Infrastructure.Subscriptions;

namespace Zaqar.Infrastructure.History;

/// <summary>Builds the read models anew from the events that are retained, by Marten's own rebuild.</summary>
/// <remarks>No node may serve meanwhile: each holds <see cref="NodePresence"/>, which this waits for nobody to hold.</remarks>
internal sealed partial class ReadModelRebuild(
    IDocumentStore store, NpgsqlDataSource database, ExpirySweeper expiry, ILogger<ReadModelRebuild> log)
{
    private static readonly TimeSpan _timeLimit = TimeSpan.FromHours(12);

    /// <exception cref="NodesServingException">A node serves on this database.</exception>
    public async Task Run(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        if (!await NodePresence.TryTakeAlone(connection, ct))
            throw new NodesServingException();

        // Says that the tables are incomplete until all is done: a rebuild that is cut off must not be served from.
        await Execute(connection, "create table if not exists rebuilding ()", ct);
        using var daemon = await store.BuildProjectionDaemonAsync();
        await daemon.RebuildProjectionAsync(QueueProjection.Name, _timeLimit, ct);
        await daemon.RebuildProjectionAsync(SubscriptionProjection.StoredName, _timeLimit, ct);
        await daemon.RebuildProjectionAsync(CatalogueProjection.StoredName, _timeLimit, ct);
        await daemon.RebuildProjectionAsync(PoolProjection.StoredName, _timeLimit, ct);
        await ForgetArrivals(connection, ct);
        while (await expiry.ClearGraves(ct))
        {
        }

        await Execute(connection, "drop table rebuilding", ct);
        LogRebuilt(log);
    }

    // What is there of a queue that is only being copied here is no queue yet. The rest of its move brings the rows along.
    private static async Task ForgetArrivals(NpgsqlConnection connection, CancellationToken ct)
    {
        const string arriving = "select q.id from queue q join arrival a on a.project = q.project and a.name = q.name";
        foreach (var table in new[] { "message", "loose", "claim" })
            await Execute(connection, $"delete from {table} where queue_id = any(array({arriving}))", ct);
        await Execute(connection, $"delete from queue where id = any(array({arriving}))", ct);
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    [LoggerMessage(1, LogLevel.Information, "The read models were rebuilt from history.")]
    private static partial void LogRebuilt(ILogger log);
}
