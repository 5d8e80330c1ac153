using MediatR;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Subscriptions;

/// <summary>Lists a queue's subscriptions, oldest first, whether the queue exists or not.</summary>
/// <param name="After">Marker: only subscriptions after this one, whether it still exists or not; null from the start.</param>
/// <param name="Limit">1 to <see cref="Domain.Limits.MaxSubscriptionsPerPage"/>, checked at the edge.</param>
public sealed record ListSubscriptions(QueueId Queue, Guid? After, int Limit) : IRequest<IReadOnlyList<SubscriptionView>>, IQueueRequest;

internal sealed class ListSubscriptionsHandler(ReadDatabase database, DatabaseClock clock)
    : IRequestHandler<ListSubscriptions, IReadOnlyList<SubscriptionView>>
{
    // Ids rise with time.
    private const string Sql =
        $"""
        select {SubscriptionView.Columns}
        from (select statement_timestamp() + $5 as now offset 0) t cross join lateral (
            select * from subscription s where s.project = $1 and s.queue = $2 and s.id > $3 and s.expires_at > t.now
            order by s.id limit $4) s
        order by s.id
        """;

    public Task<IReadOnlyList<SubscriptionView>> Handle(ListSubscriptions query, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = query.Queue.Project });
        command.Parameters.Add(new() { Value = query.Queue.Name });
        command.Parameters.Add(new() { Value = query.After ?? Guid.Empty });
        command.Parameters.Add(new() { Value = query.Limit });
        command.Parameters.Add(new() { Value = clock.Ahead });
        return database.Read<IReadOnlyList<SubscriptionView>>(command, async reader =>
        {
            var page = new List<SubscriptionView>(query.Limit);
            while (await reader.ReadAsync())
                page.Add(SubscriptionView.Read(reader));

            return page;
        }, cancellationToken);
    }
}
