using MediatR;
using Zaqar.Domain.Queues;
using Zaqar.Domain.Subscriptions;

namespace Zaqar.Application.Subscriptions;

/// <summary>Records which subscriptions of a queue are over, a page of them; answers whether there may be more.</summary>
public sealed record ExpireSubscriptions(QueueId Queue) : IRequest<bool>, IQueueRequest;

internal sealed class ExpireSubscriptionsHandler(SubscriptionWriter writer) : IRequestHandler<ExpireSubscriptions, bool>
{
    private const int Page = 100;

    public Task<bool> Handle(ExpireSubscriptions command, CancellationToken cancellationToken) =>
        writer.Write(command.Queue, async work =>
        {
            var over = await work.Over(Page);
            work.Record([.. over.SelectMany(one => SubscriptionDecider.Expire(one, work.Now))]);
            return over.Count == Page;
        }, cancellationToken);
}
