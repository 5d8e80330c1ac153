using MediatR;
using Zaqar.Api.Messages;
using Zaqar.Api.WebSockets;
using Zaqar.Application.Claims;

namespace Zaqar.Api.Claims;

/// <summary><c>claim_update</c>: 204, the claim lives from now on for as long as the body or the default says.</summary>
internal sealed class ClaimUpdateAction(IMediator mediator) : IAction
{
    public async Task<Reply> Handle(Request request)
    {
        var given = request.Body.Required("claim_id");

        // Also what is no claim's id: the bounds of what is asked for are judged before it is looked for.
        await mediator.Send(new RenewClaim(request.Queue, request.Actor, MessageIds.Claim(given), request.Body.Integer("ttl"), request.Body.Integer("grace")));
        return Reply.Sentence(204, $"Claim {given} updated.");
    }
}
