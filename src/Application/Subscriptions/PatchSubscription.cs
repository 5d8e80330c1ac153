using MediatR;
using Zaqar.Domain;
using Zaqar.Domain.Queues;
using Zaqar.Domain.Subscriptions;

namespace Zaqar.Application.Subscriptions;

/// <summary>Changes a subscription, all that is given or nothing; answers whether anything became other than it was.</summary>
public sealed record PatchSubscription(QueueId Queue, Guid Subscription, Actor By, SubscriptionChange Change) : IRequest<bool>;

internal sealed class PatchSubscriptionHandler(SubscriptionWriter writer, ISubscriberRules rules, Limits limits)
    : IRequestHandler<PatchSubscription, bool>
{
    public Task<bool> Handle(PatchSubscription command, CancellationToken cancellationToken)
    {
        var (id, change) = (command.Subscription, command.Change);
        rules.Check(change.Subscriber, change.Options);
        return writer.Write(command.Queue, async work =>
        {
            var subscription = await work.Find(id);
            var decision = SubscriptionDecider.Change(
                subscription, id, change.Subscriber is { } subscriber ? await work.Find(subscriber) : null, change, limits, command.By, work.Now);
            // A connection's queue need not be marked; whoever takes its place is told by the relay.
            if (subscription!.Node is not null && change.Subscriber is not null)
                await work.MarkQueue();

            work.Record(decision.Events);
            return decision.Answer;
        }, cancellationToken);
    }
}
