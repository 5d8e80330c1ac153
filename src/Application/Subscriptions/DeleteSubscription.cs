using MediatR;
using Zaqar.Application.Identity;
using Zaqar.Domain;
using Zaqar.Domain.Queues;
using Zaqar.Domain.Subscriptions;

namespace Zaqar.Application.Subscriptions;

/// <summary>Ends a subscription; answers whether there was one.</summary>
/// <param name="Subscriber">Ends it only while it names this one; null whomever it names.</param>
/// <param name="Trustor">Who asks, where it has a token; null otherwise.</param>
public sealed record DeleteSubscription(
    QueueId Queue, Guid Subscription, Actor By, DeletionReason Reason = DeletionReason.Asked, string? Subscriber = null, Trustor? Trustor = null)
    : IRequest<bool>, IQueueRequest;

/// <remarks>
/// The trust that the service made for it goes with it, as far as the token of who asks can delete it; one that the client brought stays. Without
/// such a token, as after a purge or a 410, the trust ends by itself.
/// </remarks>
internal sealed class DeleteSubscriptionHandler(SubscriptionWriter writer, ITrusts trusts) : IRequestHandler<DeleteSubscription, bool>
{
    public async Task<bool> Handle(DeleteSubscription command, CancellationToken cancellationToken)
    {
        var (isDeleted, trust) = await writer.Write(command.Queue, work => Delete(command, work), cancellationToken);
        if (isDeleted && trust is not null)
            await trusts.Delete(trust, command.Trustor!, cancellationToken);

        return isDeleted;
    }

    private static async Task<(bool IsDeleted, string? Trust)> Delete(DeleteSubscription command, SubscriptionWork work)
    {
        var found = await work.Find(command.Subscription);
        if (command.Subscriber is { } named && found?.Subscriber != named)
            return (false, null);

        var trust = command.Trustor is not null && found?.Options.TrustId is { } id && await work.HasMade(found.Id, id) ? id : null;
        var decision = SubscriptionDecider.Delete(found, command.Reason, command.By, work.Now);
        work.Record(decision.Events);
        return (decision.Answer, trust);
    }
}
