using MediatR;
using Zaqar.Application.Committing;
using Zaqar.Domain;
using Zaqar.Domain.Claims;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Claims;

/// <summary>Keeps a claim for longer, from now.</summary>
/// <param name="Ttl">Seconds; null takes the configured default, not the old value.</param>
/// <param name="Grace">Likewise.</param>
/// <exception cref="ClaimNotFound">Unknown, or over.</exception>
public sealed record RenewClaim(QueueId Queue, Actor By, Guid ClaimId, long? Ttl, long? Grace) : IRequest<bool>, IQueueRequest;

internal sealed class RenewClaimHandler(ICommitter committer, Limits limits) : IRequestHandler<RenewClaim, bool>
{
    public Task<bool> Handle(RenewClaim command, CancellationToken cancellationToken) =>
        committer.Commit(command.Queue, new Needs { Claims = [command.ClaimId], ClaimedMessages = true },
            (queue, now) => ClaimDecider.Renew(queue, command.ClaimId, command.Ttl ?? limits.DefaultClaimTtl,
                command.Grace ?? limits.DefaultClaimGrace, limits, command.By, now),
            command.By, cancellationToken);
}
