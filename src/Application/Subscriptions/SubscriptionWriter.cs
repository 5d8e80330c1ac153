using JasperFx;
using JasperFx.Events;
using Marten;
using Marten.Services;
using Npgsql;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Subscriptions;

/// <summary>Decides about the subscriptions of one queue and commits what was decided, in one short transaction each; on all nodes one at a time for each queue.</summary>
/// <remarks>
/// Not by the committer: subscriptions change seldom, and nobody posts to them. The lock on project and queue keeps one subscription for each
/// subscriber and keeps ids in the order of creation; the versions of the streams stand guard behind it.
/// </remarks>
internal sealed class SubscriptionWriter(IDocumentStore store, NpgsqlDataSource database, DatabaseClock clock)
{
    private const int MaxAttempts = 5;

    /// <param name="decide">Reads, decides and records; called again on fresh state when a race was lost.</param>
    /// <exception cref="ServiceBusy">Race after race was lost.</exception>
    internal async Task<T> Write<T>(QueueId queue, Func<SubscriptionWork, Task<T>> decide, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await Attempt(queue, decide, ct);
            }
            catch (Exception lost) when (IsLostRace(lost))
            {
                if (attempt == MaxAttempts)
                    throw new ServiceBusy("The subscriptions of this queue are being changed by others.");
            }
        }
    }

    private async Task<T> Attempt<T>(QueueId queue, Func<SubscriptionWork, Task<T>> decide, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var session = store.LightweightSession(SessionOptions.ForTransaction(transaction));
        var work = new SubscriptionWork(queue, connection, session.ForTenant(queue.Project).Events, await Lock(connection, queue, ct), ct);
        var answer = await decide(work);

        // Cut off here, what was read and marked is rolled back.
        if (work.HasChanges)
        {
            await session.SaveChangesAsync(ct);

            // Once it is sent, its outcome is waited for.
            await transaction.CommitAsync(CancellationToken.None);
        }

        return answer;
    }

    /// <returns>The database's time once the lock is held, so that whoever comes later is later.</returns>
    /// <exception cref="QueueHeld">The queue is on its way to another database, and its subscriptions with it.</exception>
    private async Task<DateTimeOffset> Lock(NpgsqlConnection connection, QueueId queue, CancellationToken ct)
    {
        await SubscriptionLock.Take(connection, queue, ct);
        await using var time = new NpgsqlCommand(
            "select statement_timestamp() + $1, (select held from queue where project = $2 and name = $3)", connection);
        time.Parameters.Add(new() { Value = clock.Ahead });
        time.Parameters.Add(new() { Value = queue.Project });
        time.Parameters.Add(new() { Value = queue.Name });
        await using var reader = await time.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return await reader.IsDBNullAsync(1, ct)
            ? reader.GetFieldValue<DateTimeOffset>(0)
            : throw SubscriptionLock.Refusal(queue, reader.GetString(1));
    }

    private static bool IsLostRace(Exception? failure) =>
        failure is ConcurrencyException or ExistingStreamIdCollisionException
            or PostgresException
            {
                SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected,
            }
        || (failure is not null && IsLostRace(failure.InnerException));
}
