using MediatR;
using Zaqar.Application.Committing;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Queues;

/// <summary>Deletes a queue with its messages and claims; answers whether there was one.</summary>
public sealed record DeleteQueue(QueueId Queue, Actor By) : IRequest<bool>, IQueueRequest;

internal sealed class DeleteQueueHandler(ICommitter committer) : IRequestHandler<DeleteQueue, bool>
{
    public Task<bool> Handle(DeleteQueue command, CancellationToken cancellationToken) =>
        committer.Commit(command.Queue, Needs.Nothing,
            (queue, now) => QueueDecider.Delete(queue, command.By, now), command.By, cancellationToken);
}
