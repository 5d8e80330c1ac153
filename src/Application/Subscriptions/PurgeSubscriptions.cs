using MediatR;
using Zaqar.Domain;
using Zaqar.Domain.Queues;
using Zaqar.Domain.Subscriptions;

namespace Zaqar.Application.Subscriptions;

/// <summary>Ends all subscriptions of a queue, whether the queue exists or not, but for those that are made meanwhile.</summary>
/// <remarks>A page to a transaction; one that is cut off has ended the oldest and may be sent again.</remarks>
public sealed record PurgeSubscriptions(QueueId Queue, Actor By) : IRequest<bool>, IQueueRequest;

internal sealed class PurgeSubscriptionsHandler(SubscriptionWriter writer) : IRequestHandler<PurgeSubscriptions, bool>
{
    private const int Page = 100;

    public async Task<bool> Handle(PurgeSubscriptions command, CancellationToken cancellationToken)
    {
        DateTimeOffset? began = null;
        var any = false;
        while (true)
        {
            var ended = await writer.Write(command.Queue, async work =>
            {
                began ??= work.Now;
                var page = await work.Oldest(began.Value, Page);
                work.Record([.. page.SelectMany(one => SubscriptionDecider.Delete(one, DeletionReason.Purged, command.By, work.Now).Events)]);
                return page.Count;
            }, cancellationToken);

            any |= ended > 0;
            if (ended < Page)
                return any;
        }
    }
}
