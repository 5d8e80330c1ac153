using MediatR;
using Zaqar.Application.Queues;
using Zaqar.Domain;
using Zaqar.Domain.Queues;
using Zaqar.Domain.Subscriptions;

namespace Zaqar.Application.Subscriptions;

/// <summary>
/// Subscribes to a queue, which is made when it is missing; answers the subscription's id. One with that subscriber that waits to be confirmed is
/// answered as it is, and the subscriber is asked again.
/// </summary>
/// <param name="AsksAgain">False refuses a subscriber that waits to be confirmed like one that is.</param>
public sealed record CreateSubscription(QueueId Queue, Actor By, SubscriptionDraft Draft, bool AsksAgain = true) : IRequest<Guid>;

internal sealed class CreateSubscriptionHandler(SubscriptionWriter writer, ISubscriberRules rules, Limits limits, IMediator mediator)
    : IRequestHandler<CreateSubscription, Guid>
{
    private const int MaxRounds = 3;

    public async Task<Guid> Handle(CreateSubscription command, CancellationToken cancellationToken)
    {
        rules.Check(command.Draft.Node is null ? command.Draft.Subscriber : null, command.Draft.Options);
        for (var round = 0; round < MaxRounds; round++)
        {
            var id = await writer.Write(command.Queue, work => Subscribe(command, work), cancellationToken);
            if (id is { } subscribed)
                return subscribed;

            // Not before all else was found to be right.
            await mediator.Send(new CreateQueue(command.Queue, command.By, QueueMetadata.Empty), cancellationToken);
        }

        throw new ServiceBusy("The queue was deleted again and again meanwhile.");
    }

    /// <returns>Null when there is no such queue.</returns>
    private async Task<Guid?> Subscribe(CreateSubscription command, SubscriptionWork work)
    {
        var decision = SubscriptionDecider.Create(
            await work.Find(command.Draft.Subscriber), command.Queue.Name, command.Draft, Guid.CreateVersion7(work.Now), command.AsksAgain, limits,
            command.By, work.Now);
        if (!(command.Draft.Node is null ? await work.MarkQueue() : await work.QueueExists()))
            return null;

        work.Record(decision.Events);
        return decision.Answer;
    }
}
