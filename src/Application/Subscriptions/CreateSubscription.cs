using MediatR;
using Zaqar.Application.Identity;
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
/// <param name="Trustor">Who may let the service act for it; null where a trust has to be brought.</param>
public sealed record CreateSubscription(QueueId Queue, Actor By, SubscriptionDraft Draft, bool AsksAgain = true, Trustor? Trustor = null) : IRequest<Guid>, ICreatesQueue;

/// <remarks>
/// A trust is made outside of the transaction, which would hold its locks for as long as Keystone takes, and only when all else was found right: a first
/// round decides as if there were one. Should the second come to another end, the trust is deleted again. Where its outcome is unknown or the
/// service dies in between, the trust is left, and ends when the subscription would have.
/// </remarks>
internal sealed class CreateSubscriptionHandler(SubscriptionWriter writer, ISubscriberRules rules, ITrusts trusts, Limits limits, Mediator mediator)
    : IRequestHandler<CreateSubscription, Guid>
{
    private const int MaxRounds = 4;

    public async Task<Guid> Handle(CreateSubscription command, CancellationToken cancellationToken)
    {
        var draft = command.Draft;
        rules.Check(draft.Node is null ? draft.Subscriber : null, draft.Options);
        try
        {
            for (var round = 0; round < MaxRounds; round++)
            {
                var step = await writer.Write(command.Queue, work => Subscribe(command, draft, work), cancellationToken);
                if (step.Subscribed is { } id)
                {
                    // Somebody else subscribed meanwhile.
                    if (draft.Trust is { } needless && !step.IsNew)
                        await trusts.Delete(needless, command.Trustor!, cancellationToken);
                    return id;
                }

                if (step.TrustUntil is { } until)
                    draft = draft.Trusting(await trusts.Create(command.Trustor!, until, cancellationToken));
                else // Not before all else was found to be right.
                    await mediator.Send(new CreateQueue(command.Queue, command.By, QueueMetadata.Empty), cancellationToken);
            }

            throw new ServiceBusy("The queue was deleted again and again meanwhile.");
        }
        catch (RejectedException) when (draft.Trust is not null)
        {
            await trusts.Delete(draft.Trust, command.Trustor!, cancellationToken);
            throw;
        }
    }

    private async Task<Step> Subscribe(CreateSubscription command, SubscriptionDraft draft, SubscriptionWork work)
    {
        var wantsTrust = command.Trustor is not null && SubscriptionDecider.TakesTrust(draft.Subscriber) && draft.Options.TrustId is null;
        var decision = SubscriptionDecider.Create(
            await work.Find(draft.Subscriber), command.Queue.Name, wantsTrust ? draft.Trusting(Trustor.AnyTrust) : draft, Guid.CreateVersion7(work.Now),
            command.AsksAgain, limits, command.By, work.Now);

        var created = decision.Events.OfType<SubscriptionCreated>().FirstOrDefault();
        if (wantsTrust && created is not null)
            return new(TrustUntil: created.ExpiresAt);

        if (!(draft.Node is null ? await work.MarkQueue() : await work.QueueExists()))
            return new();

        work.Record(decision.Events);
        return new(Subscribed: decision.Answer, IsNew: created is not null);
    }

    /// <param name="TrustUntil">When the trust ends that is needed first; null when none is.</param>
    /// <param name="Subscribed">Null with <paramref name="TrustUntil"/>, and when there is no such queue.</param>
    private sealed record Step(DateTimeOffset? TrustUntil = null, Guid? Subscribed = null, bool IsNew = false);
}
