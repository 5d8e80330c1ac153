using MediatR;
using Npgsql;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Deliveries;

/// <summary>Has one delivery made again at once, whatever became of it; answers whether there is such a delivery.</summary>
/// <remarks>
/// The attempts are counted anew, so the retry policy begins at its beginning. The receiver meets the same delivery id again. While an
/// attempt is under way its outcome stands, for what was asked for is happening.
/// </remarks>
public sealed record Redeliver(QueueId Queue, Guid Subscription, Guid Delivery) : IRequest<bool>, IQueueRequest;

internal sealed class RedeliverHandler(NpgsqlDataSource database, DatabaseClock clock, IDeliveryWake wake) : IRequestHandler<Redeliver, bool>
{
    public async Task<bool> Handle(Redeliver command, CancellationToken cancellationToken)
    {
        await using var update = database.CreateCommand(
            """
            update delivery set status = 'waiting', attempts = 0, next_at = statement_timestamp() + $5, ended_at = null, last_reason = null
            where id = $4 and subscription = $3 and project = $1 and queue = $2
            """);
        update.Parameters.Add(new() { Value = command.Queue.Project });
        update.Parameters.Add(new() { Value = command.Queue.Name });
        update.Parameters.Add(new() { Value = command.Subscription });
        update.Parameters.Add(new() { Value = command.Delivery });
        update.Parameters.Add(new() { Value = clock.Ahead });
        if (await update.ExecuteNonQueryAsync(cancellationToken) == 0)
            return false;

        await wake.Wake(command.Queue.Project, command.Subscription);
        return true;
    }
}
