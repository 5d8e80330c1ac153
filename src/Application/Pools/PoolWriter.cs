using JasperFx;
using JasperFx.Events;
using Marten;
using Marten.Services;
using Npgsql;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Pools;

/// <summary>Decides about pools and flavors and commits what was decided, in one short transaction each; on all nodes one at a time.</summary>
/// <remarks>
/// One lock for all, because rules span several of them and they change seldom: a database is one pool's, a flavor keeps its last pool.
/// The versions of the streams stand guard behind it.
/// </remarks>
internal sealed class PoolWriter(IDocumentStore store, NpgsqlDataSource database, DatabaseClock clock)
{
    private const int MaxAttempts = 5;

    /// <param name="decide">Reads, decides and records; called again on fresh state when a race was lost.</param>
    /// <exception cref="ServiceBusy">Race after race was lost.</exception>
    internal async Task<T> Write<T>(Func<PoolWork, Task<T>> decide, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await Attempt(decide, ct);
            }
            catch (Exception lost) when (IsLostRace(lost))
            {
                if (attempt == MaxAttempts)
                    throw new ServiceBusy("Pools and flavors are being changed by others.");
            }
        }
    }

    private async Task<T> Attempt<T>(Func<PoolWork, Task<T>> decide, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var session = store.LightweightSession(SessionOptions.ForTransaction(transaction));
        var work = new PoolWork(connection, session, await Lock(connection, ct), ct);
        var answer = await decide(work);
        if (work.HasChanges)
        {
            await session.SaveChangesAsync(ct);

            // Once it is sent, its outcome is waited for.
            await transaction.CommitAsync(CancellationToken.None);
        }

        return answer;
    }

    /// <returns>The database's time once the lock is held, so that whoever comes later is later.</returns>
    private async Task<DateTimeOffset> Lock(NpgsqlConnection connection, CancellationToken ct)
    {
        await using (var take = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended(current_schema() || '.pools', 0))", connection))
            await take.ExecuteNonQueryAsync(ct);

        await using var time = new NpgsqlCommand("select statement_timestamp() + $1", connection);
        time.Parameters.Add(new() { Value = clock.Ahead });
        await using var reader = await time.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return reader.GetFieldValue<DateTimeOffset>(0);
    }

    private static bool IsLostRace(Exception? failure) =>
        failure is ConcurrencyException or ExistingStreamIdCollisionException
            or PostgresException
            {
                SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected,
            }
        || (failure is not null && IsLostRace(failure.InnerException));
}
