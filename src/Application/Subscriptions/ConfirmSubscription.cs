using MediatR;
using Zaqar.Domain;
using Zaqar.Domain.Queues;
using Zaqar.Domain.Subscriptions;

namespace Zaqar.Application.Subscriptions;

/// <summary>Confirms a subscription, or takes its confirmation back; answers whether it is confirmed now.</summary>
public sealed record ConfirmSubscription(QueueId Queue, Guid Subscription, bool Confirmed, Actor By) : IRequest<bool>, IQueueRequest;

internal sealed class ConfirmSubscriptionHandler(SubscriptionWriter writer) : IRequestHandler<ConfirmSubscription, bool>
{
    public Task<bool> Handle(ConfirmSubscription command, CancellationToken cancellationToken) =>
        writer.Write(command.Queue, async work =>
        {
            var decision = SubscriptionDecider.Confirm(
                await work.Find(command.Subscription), command.Subscription, command.Confirmed, command.By, work.Now);
            work.Record(decision.Events);
            return decision.Answer;
        }, cancellationToken);
}
