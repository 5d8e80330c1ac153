using Npgsql;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Moving;

/// <summary>Keeps the moves of one queue to a database to one node at a time; gone with the node.</summary>
internal sealed class MoveLock : IAsyncDisposable
{
    private const string Key = "hashtextextended(current_schema() || '.move.' || $1 || '/' || $2, 0)";

    private readonly NpgsqlConnection _connection;
    private readonly QueueId _queue;

    private MoveLock(NpgsqlConnection connection, QueueId queue) => (_connection, _queue) = (connection, queue);

    /// <exception cref="ServiceBusy">Another node is at it.</exception>
    public static async Task<MoveLock> Take(NpgsqlDataSource database, QueueId queue, CancellationToken ct)
    {
        var connection = await database.OpenConnectionAsync(ct);
        try
        {
            if (await Run(connection, queue, $"select pg_try_advisory_lock({Key})", ct))
                return new(connection, queue);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        throw new ServiceBusy($"The {queue.Noun} {queue.ShownName} is being moved by another node.");
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Run(_connection, _queue, $"select pg_advisory_unlock({Key})", CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // The connection is gone, and the lock with it.
        }

        await _connection.DisposeAsync();
    }

    private static async Task<bool> Run(NpgsqlConnection connection, QueueId queue, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = queue.Name });
        command.Parameters.Add(new() { Value = queue.Project });
        return await command.ExecuteScalarAsync(ct) is true;
    }
}
