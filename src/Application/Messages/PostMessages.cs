using MediatR;
using Zaqar.Application.Committing;
using Zaqar.Application.Encryption;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Messages;

/// <summary>Posts messages to a queue, all or none, making the queue when it is missing; answers their ids in the order given.</summary>
/// <param name="Bytes">Size of the whole request, judged by the queue's own bound.</param>
public sealed record PostMessages(QueueId Queue, Actor By, IReadOnlyList<MessageDraft> Drafts, int Bytes)
    : IRequest<IReadOnlyList<MessageId>>, ICreatesQueue;

internal sealed class PostMessagesHandler(ICommitter committer, MessageSeal seal, Limits limits)
    : IRequestHandler<PostMessages, IReadOnlyList<MessageId>>
{
    public Task<IReadOnlyList<MessageId>> Handle(PostMessages command, CancellationToken cancellationToken) =>
        committer.Commit(command.Queue, new Needs { Bytes = command.Bytes },
            (queue, now) => queue.Metadata.EnableEncryptMessages && !seal.CanSeal
                ? throw new NothingToSealWith()
                : MessageDecider.Post(queue, command.Drafts, command.Bytes, limits, command.By, now),
            command.By, cancellationToken);
}
