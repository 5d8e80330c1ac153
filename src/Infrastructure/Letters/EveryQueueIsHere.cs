using Zaqar.Application.Committing;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Letters;

/// <summary>The route of a service with one database: no letter is ever written.</summary>
internal sealed class EveryQueueIsHere : ILetterRoute
{
    public ValueTask<bool> IsHere(QueueId target, CancellationToken ct) => ValueTask.FromResult(true);

    public ValueTask<ICommitter> CommitterOf(QueueId target, CancellationToken ct) =>
        throw new InvalidOperationException("There is no other database.");
}
