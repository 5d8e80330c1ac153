using MediatR;
using Zaqar.Domain;
using Zaqar.Domain.Queues;
using Zaqar.Domain.Subscriptions;

namespace Zaqar.Application.Subscriptions;

/// <summary>Ends a subscription; answers whether there was one.</summary>
/// <param name="Subscriber">Ends it only while it names this one; null whomever it names.</param>
public sealed record DeleteSubscription(QueueId Queue, Guid Subscription, Actor By, DeletionReason Reason = DeletionReason.Asked, string? Subscriber = null) : IRequest<bool>;

internal sealed class DeleteSubscriptionHandler(SubscriptionWriter writer) : IRequestHandler<DeleteSubscription, bool>
{
    public Task<bool> Handle(DeleteSubscription command, CancellationToken cancellationToken) =>
        writer.Write(command.Queue, async work =>
        {
            var found = await work.Find(command.Subscription);
            if (command.Subscriber is { } named && found?.Subscriber != named)
                return false;

            var decision = SubscriptionDecider.Delete(found, command.Reason, command.By, work.Now);
            work.Record(decision.Events);
            return decision.Answer;
        }, cancellationToken);
}
