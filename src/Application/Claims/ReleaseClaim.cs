using MediatR;
using Zaqar.Application.Committing;
using Zaqar.Domain;
using Zaqar.Domain.Claims;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Claims;

/// <summary>Gives a claim's remaining messages back; answers whether there was a live claim.</summary>
public sealed record ReleaseClaim(QueueId Queue, Actor By, Guid ClaimId) : IRequest<bool>, IQueueRequest;

internal sealed class ReleaseClaimHandler(ICommitter committer) : IRequestHandler<ReleaseClaim, bool>
{
    public Task<bool> Handle(ReleaseClaim command, CancellationToken cancellationToken) =>
        committer.Commit(command.Queue, new Needs { Claims = [command.ClaimId], ClaimedMessages = true },
            (queue, now) => ClaimDecider.Release(queue, command.ClaimId, command.By, now), command.By, cancellationToken);
}
