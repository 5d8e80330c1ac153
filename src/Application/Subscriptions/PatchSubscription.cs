using MediatR;
using Zaqar.Application.Identity;
using Zaqar.Domain;
using Zaqar.Domain.Queues;
using Zaqar.Domain.Subscriptions;

namespace Zaqar.Application.Subscriptions;

/// <summary>Changes a subscription, all that is given or nothing; answers whether anything became other than it was.</summary>
/// <param name="Trustor">Who may let the service act for it; null where a trust has to be brought.</param>
public sealed record PatchSubscription(QueueId Queue, Guid Subscription, Actor By, SubscriptionChange Change, Trustor? Trustor = null) : IRequest<bool>, IQueueRequest;

/// <remarks>
/// A trust is made as for a creation, when the changed subscription needs one and has none, and when a new ttl would let it outlive the one that the
/// service made. A trust of the service's making that the subscription no longer names is deleted.
/// </remarks>
internal sealed class PatchSubscriptionHandler(SubscriptionWriter writer, ISubscriberRules rules, ITrusts trusts, Limits limits)
    : IRequestHandler<PatchSubscription, bool>
{
    public async Task<bool> Handle(PatchSubscription command, CancellationToken cancellationToken)
    {
        var (trustor, change) = (command.Trustor, command.Change);
        rules.Check(change.Subscriber, change.Options);
        string? trust = null;
        try
        {
            var step = await writer.Write(command.Queue, work => Change(command, trust, work), cancellationToken);
            if (step.TrustUntil is { } until)
            {
                trust = await trusts.Create(trustor!, until, cancellationToken);
                step = await writer.Write(command.Queue, work => Change(command, trust, work), cancellationToken);
            }

            if (trustor is not null && step.Left is { } left)
                await trusts.Delete(left, trustor, cancellationToken);
            return step.HasChanged;
        }
        catch (RejectedException) when (trust is not null)
        {
            await trusts.Delete(trust, trustor!, cancellationToken);
            throw;
        }
    }

    /// <param name="trust">Of the service's making; null before it was made.</param>
    private async Task<Step> Change(PatchSubscription command, string? trust, SubscriptionWork work)
    {
        var (id, change) = (command.Subscription, command.Change);
        var found = await work.Find(id);
        var own = found?.Options.TrustId is { } named && await work.HasMade(found.Id, named) ? named : null;
        var wantsTrust = trust is null && command.Trustor is not null && found is not null && WantsTrust(found, change, own);
        if (found is not null && (wantsTrust || trust is not null))
            change = change.Trusting(trust ?? Trustor.AnyTrust, found.Options);

        var decision = SubscriptionDecider.Change(
            found, id, change.Subscriber is { } subscriber ? await work.Find(subscriber) : null, change, limits, command.By, work.Now);
        if (wantsTrust)
            return new(TrustUntil: decision.Events.OfType<SubscriptionChanged>().Single().ExpiresAt ?? found!.ExpiresAt);

        // A connection's queue need not be marked; whoever takes its place is told by the relay.
        if (found!.Node is not null && change.Subscriber is not null)
            await work.MarkQueue();

        work.Record(decision.Events);
        return new(HasChanged: decision.Answer, Left: change.Options is { } options && options.TrustId != own ? own : null);
    }

    private static bool WantsTrust(SubscriptionState found, SubscriptionChange change, string? own)
    {
        if (!SubscriptionDecider.TakesTrust(change.Subscriber ?? found.Subscriber))
            return false;

        var named = (change.Options ?? found.Options).TrustId;
        return named is null || (change.Ttl is not null && named == own);
    }

    /// <param name="TrustUntil">When the trust ends that is needed first; null when none is.</param>
    /// <param name="Left">The trust of the service's making that is of no more use; null when there is none.</param>
    private sealed record Step(DateTimeOffset? TrustUntil = null, bool HasChanged = false, string? Left = null);
}
