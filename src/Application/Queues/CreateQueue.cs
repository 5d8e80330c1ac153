using MediatR;
using Zaqar.Application.Committing;
using Zaqar.Application.Encryption;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Queues;

/// <summary>Makes a queue; answers whether it is new. An existing queue's metadata stays as it is.</summary>
public sealed record CreateQueue(QueueId Queue, Actor By, QueueMetadata Metadata) : IRequest<bool>, ICreatesQueue;

internal sealed class CreateQueueHandler(ICommitter committer, MessageSeal seal) : IRequestHandler<CreateQueue, bool>
{
    public Task<bool> Handle(CreateQueue command, CancellationToken cancellationToken)
    {
        seal.Check(command.Metadata, ErrorKind.InvalidRequest);
        return committer.Commit(command.Queue, Needs.Nothing,
            (queue, now) => QueueDecider.Create(queue, command.Metadata, command.By, now), command.By, cancellationToken);
    }
}
