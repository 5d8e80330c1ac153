using MediatR;
using Zaqar.Application.Committing;
using Zaqar.Application.Encryption;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Queues;

/// <summary>Changes a queue's metadata, all operations or none; answers the metadata afterwards, without defaults.</summary>
public sealed record PatchQueue(QueueId Queue, Actor By, IReadOnlyList<MetadataOperation> Operations) : IRequest<QueueMetadata>, IQueueRequest;

internal sealed class PatchQueueHandler(ICommitter committer, MessageSeal seal, Limits limits) : IRequestHandler<PatchQueue, QueueMetadata>
{
    public Task<QueueMetadata> Handle(PatchQueue command, CancellationToken cancellationToken) =>
        committer.Commit(command.Queue, Needs.Nothing,
            (queue, now) =>
            {
                // One that encrypts already may be changed also while its key is away.
                var patched = QueueDecider.Patch(queue, command.Operations, limits, command.By, now);
                if (!queue.Metadata.EnableEncryptMessages)
                    seal.Check(patched.Answer, ErrorKind.InvalidBody);
                return patched;
            },
            command.By, cancellationToken);
}
