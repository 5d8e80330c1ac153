using MediatR;
using Zaqar.Application.Committing;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Queues;

/// <summary>Changes a queue's metadata, all operations or none; answers the metadata afterwards, without defaults.</summary>
public sealed record PatchQueue(QueueId Queue, Actor By, IReadOnlyList<MetadataOperation> Operations) : IRequest<QueueMetadata>, IQueueRequest;

internal sealed class PatchQueueHandler(ICommitter committer, Limits limits) : IRequestHandler<PatchQueue, QueueMetadata>
{
    public Task<QueueMetadata> Handle(PatchQueue command, CancellationToken cancellationToken) =>
        committer.Commit(command.Queue, Needs.Nothing,
            (queue, now) => QueueDecider.Patch(queue, command.Operations, limits, command.By, now), command.By, cancellationToken);
}
