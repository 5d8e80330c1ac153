using MediatR;
using Zaqar.Api.Messages;
using Zaqar.Api.WebSockets;
using Zaqar.Application.Claims;
using Zaqar.Domain.Claims;

namespace Zaqar.Api.Claims;

/// <summary><c>claim_update</c>: 204, the claim lives from now on for as long as the body or the default says.</summary>
internal sealed class ClaimUpdateAction(IMediator mediator) : IAction
{
    public async Task<Reply> Handle(Request request)
    {
        var given = request.Body.Required("claim_id");
        var claimId = MessageIds.Claim(given);
        if (claimId == Guid.Empty)
            throw new ClaimNotFound(given);

        await mediator.Send(new RenewClaim(request.Queue, request.Actor, claimId, request.Body.Integer("ttl"), request.Body.Integer("grace")));
        return Reply.Sentence(204, $"Claim {given} updated.");
    }
}
