using MediatR;
using Npgsql;
using Zaqar.Application;
using Zaqar.Application.Subscriptions;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Subscriptions;

/// <summary>Records the end of subscriptions that nobody touches. Reads never wait for it: they judge by the clock.</summary>
internal sealed class SubscriptionSweeper(Mediator mediator, NpgsqlDataSource database, DatabaseClock clock)
{
    private const int RowsAtOnce = 500;

    /// <summary>Goes once over what is due.</summary>
    /// <returns>Whether there may be more.</returns>
    public async Task<bool> Sweep(CancellationToken ct)
    {
        var (queues, isAll) = await DueQueues(ct);
        foreach (var queue in queues)
        {
            try
            {
                while (await mediator.Send(new ExpireSubscriptions(queue), ct))
                {
                }
            }
            catch (QueueHeld)
            {
                // It is being moved since it was looked up; whoever has it then records what is over.
            }
        }

        return !isAll;
    }

    private async Task<(HashSet<QueueId> Queues, bool IsAll)> DueQueues(CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            select s.project, s.queue from subscription s
            where s.expires_at <= statement_timestamp() + $1
                and not exists (select from queue q where q.project = s.project and q.name = s.queue and q.held is not null)
            order by s.expires_at limit $2
            """);
        command.Parameters.Add(new() { Value = clock.Ahead });
        command.Parameters.Add(new() { Value = RowsAtOnce });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var queues = new HashSet<QueueId>();
        var rows = 0;
        for (; await reader.ReadAsync(ct); rows++)
            queues.Add(new(reader.GetString(0), reader.GetString(1)));

        return (queues, rows < RowsAtOnce);
    }
}
