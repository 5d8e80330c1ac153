using MediatR;
using Zaqar.Application.Committing;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Messages;

/// <summary>Deletes one message; deleting what is gone is no error.</summary>
/// <param name="ClaimId">The claim the caller says holds it; <see cref="Guid.Empty"/> when it gave something that is no claim id; null when it gave none.</param>
public sealed record DeleteMessage(QueueId Queue, Actor By, MessageId Message, Guid? ClaimId) : IRequest<bool>, IQueueRequest;

internal sealed class DeleteMessageHandler(ICommitter committer) : IRequestHandler<DeleteMessage, bool>
{
    public Task<bool> Handle(DeleteMessage command, CancellationToken cancellationToken) =>
        committer.Commit(command.Queue,
            new Needs { Messages = [command.Message], Claims = command.ClaimId is { } claimId ? [claimId] : [] },
            (queue, now) => MessageDecider.Delete(queue, command.Message, command.ClaimId, command.By, now),
            command.By, cancellationToken);
}
