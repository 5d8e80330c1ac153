using System.Collections.Concurrent;
using MediatR;
using Zaqar.Application.Subscriptions;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Integration.Confirmation;

// To be deleted when subscriptions are there: then the page is tested on those.
/// <summary>Knows some subscriptions and what was confirmed of them.</summary>
internal sealed class RecordedConfirmations : IRequestHandler<ConfirmSubscription, bool>
{
    private readonly ConcurrentDictionary<(QueueId, Guid), bool?> _subscriptions = new();

    public Guid Add(QueueId queue)
    {
        var id = Guid.CreateVersion7();
        _subscriptions[(queue, id)] = null;
        return id;
    }

    public void Remove(QueueId queue, Guid subscription) => _subscriptions.TryRemove((queue, subscription), out _);

    /// <summary>Null when nothing was asked for yet.</summary>
    public bool? Of(QueueId queue, Guid subscription) => _subscriptions[(queue, subscription)];

    public Task<bool> Handle(ConfirmSubscription request, CancellationToken cancellationToken)
    {
        if (!_subscriptions.ContainsKey((request.Queue, request.Subscription)))
            throw new Unknown();

        _subscriptions[(request.Queue, request.Subscription)] = request.Confirmed;
        return Task.FromResult(request.Confirmed);
    }

    private sealed class Unknown() : RejectedException(ErrorKind.NotFound, "There is no such subscription.");
}
