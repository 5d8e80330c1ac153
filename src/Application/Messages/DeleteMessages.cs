using MediatR;
using Zaqar.Application.Committing;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Messages;

/// <summary>Deletes messages by their ids; those that are gone are passed over.</summary>
/// <param name="Ids">At most <see cref="Limits.MaxMessagesPerPage"/>, checked at the edge.</param>
/// <param name="ClaimIds">Null when claims do not matter; else each message must be held by one of these.</param>
public sealed record DeleteMessages(QueueId Queue, Actor By, IReadOnlyList<MessageId> Ids, IReadOnlyList<Guid>? ClaimIds)
    : IRequest<int>, IQueueRequest;

internal sealed class DeleteMessagesHandler(ICommitter committer) : IRequestHandler<DeleteMessages, int>
{
    public Task<int> Handle(DeleteMessages command, CancellationToken cancellationToken) =>
        committer.Commit(command.Queue, new Needs { Messages = command.Ids, Claims = command.ClaimIds ?? [] },
            (queue, now) => MessageDecider.DeleteMany(queue, command.Ids, command.ClaimIds, command.By, now),
            command.By, cancellationToken);
}
