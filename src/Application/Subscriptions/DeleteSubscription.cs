using MediatR;
using Zaqar.Domain;
using Zaqar.Domain.Queues;
using Zaqar.Domain.Subscriptions;

namespace Zaqar.Application.Subscriptions;

/// <summary>Ends a subscription; answers whether there was one.</summary>
public sealed record DeleteSubscription(QueueId Queue, Guid Subscription, Actor By, DeletionReason Reason = DeletionReason.Asked) : IRequest<bool>;

internal sealed class DeleteSubscriptionHandler(SubscriptionWriter writer) : IRequestHandler<DeleteSubscription, bool>
{
    public Task<bool> Handle(DeleteSubscription command, CancellationToken cancellationToken) =>
        writer.Write(command.Queue, async work =>
        {
            var decision = SubscriptionDecider.Delete(await work.Find(command.Subscription), command.Reason, command.By, work.Now);
            work.Record(decision.Events);
            return decision.Answer;
        }, cancellationToken);
}
