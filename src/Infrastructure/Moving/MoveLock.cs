using Npgsql;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Moving;

/// <summary>Keeps what moves do to one queue in a database to one node at a time; gone with the node.</summary>
internal sealed class MoveLock : IAsyncDisposable
{
    private MoveLock(NpgsqlConnection session) => Session = session;

    /// <summary>The session that has the lock. What is done over it is done by whoever has the lock, or not at all.</summary>
    public NpgsqlConnection Session { get; }

    /// <exception cref="ServiceBusy">Another node is at it.</exception>
    public static async Task<MoveLock> Take(NpgsqlDataSource database, QueueId queue, CancellationToken ct)
    {
        var session = await database.OpenConnectionAsync(ct);
        try
        {
            await using var take = new NpgsqlCommand(
                "select pg_try_advisory_lock(hashtextextended(current_schema() || '.move.' || $1 || '/' || $2, 0))", session);
            take.Parameters.Add(new() { Value = queue.Name });
            take.Parameters.Add(new() { Value = queue.Project });
            if (await take.ExecuteScalarAsync(ct) is true)
                return new(session);
        }
        catch
        {
            // The server may have given it before this was cut off.
            await Free(session);
            throw;
        }

        await session.DisposeAsync();
        throw new ServiceBusy($"The {queue.Noun} {queue.ShownName} is being moved by another node.");
    }

    public async ValueTask DisposeAsync() => await Free(Session);

    // A session that is still well goes back to its pool, and must not take the lock along.
    private static async Task Free(NpgsqlConnection session)
    {
        try
        {
            await using var unlock = new NpgsqlCommand("select pg_advisory_unlock_all()", session);
            await unlock.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception broken) when (broken is NpgsqlException or InvalidOperationException)
        {
            // Then the server has freed it.
        }

        await session.DisposeAsync();
    }
}
