using MediatR;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Subscriptions;

/// <summary>One subscription of a queue; null when there is none, or it is over.</summary>
public sealed record GetSubscription(QueueId Queue, Guid Subscription) : IRequest<SubscriptionView?>, IQueueRequest;

internal sealed class GetSubscriptionHandler(ReadDatabase database, DatabaseClock clock) : IRequestHandler<GetSubscription, SubscriptionView?>
{
    private const string Sql =
        $"""
        select {SubscriptionView.Columns}
        from (select statement_timestamp() + $4 as now offset 0) t cross join lateral (
            select * from subscription s where s.id = $3 and s.project = $1 and s.queue = $2 and s.expires_at > t.now offset 0) s
        """;

    public Task<SubscriptionView?> Handle(GetSubscription query, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = query.Queue.Project });
        command.Parameters.Add(new() { Value = query.Queue.Name });
        command.Parameters.Add(new() { Value = query.Subscription });
        command.Parameters.Add(new() { Value = clock.Ahead });
        return database.Read(command, async reader => await reader.ReadAsync() ? SubscriptionView.Read(reader) : null, cancellationToken);
    }
}
