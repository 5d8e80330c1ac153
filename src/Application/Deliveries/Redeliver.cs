using MediatR;
using Npgsql;
using Zaqar.Application.Subscriptions;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Deliveries;

/// <summary>Has one delivery made again at once, whatever became of it; answers whether there is such a delivery.</summary>
/// <remarks>
/// The attempts are counted anew, so the retry policy begins at its beginning. The receiver meets the same delivery id again. While an
/// attempt is under way its outcome stands, for what was asked for is happening.
/// </remarks>
/// <exception cref="QueueHeld">The queue is on its way to another database, and its deliveries with it.</exception>
public sealed record Redeliver(QueueId Queue, Guid Subscription, Guid Delivery) : IRequest<bool>, IQueueRequest;

internal sealed class RedeliverHandler(NpgsqlDataSource database, DatabaseClock clock, IDeliveryWake wake) : IRequestHandler<Redeliver, bool>
{
    public async Task<bool> Handle(Redeliver command, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await SubscriptionLock.Take(connection, command.Queue, cancellationToken);
        await using var update = new NpgsqlCommand(
            """
            with q as materialized (select held from queue where project = $1 and name = $2),
            again as (
                update delivery set status = 'waiting', attempts = 0, next_at = statement_timestamp() + $5, ended_at = null, last_reason = null
                where id = $4 and subscription = $3 and project = $1 and queue = $2 and not exists (select from q where held is not null)
                returning id
            )
            select exists (select from again), (select held from q)
            """, connection);
        update.Parameters.Add(new() { Value = command.Queue.Project });
        update.Parameters.Add(new() { Value = command.Queue.Name });
        update.Parameters.Add(new() { Value = command.Subscription });
        update.Parameters.Add(new() { Value = command.Delivery });
        update.Parameters.Add(new() { Value = clock.Ahead });
        await using (var row = await update.ExecuteReaderAsync(cancellationToken))
        {
            await row.ReadAsync(cancellationToken);
            if (!row.IsDBNull(1))
                throw SubscriptionLock.Refusal(command.Queue, row.GetString(1));
            if (!row.GetBoolean(0))
                return false;
        }

        await transaction.CommitAsync(CancellationToken.None);
        await wake.Wake(command.Queue.Project, command.Subscription);
        return true;
    }
}
