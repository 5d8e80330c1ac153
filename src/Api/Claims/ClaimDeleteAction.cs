using MediatR;
using Zaqar.Api.Messages;
using Zaqar.Api.WebSockets;
using Zaqar.Application.Claims;

namespace Zaqar.Api.Claims;

/// <summary><c>claim_delete</c>: 204, its messages are to be had again; also for a claim that is over.</summary>
internal sealed class ClaimDeleteAction(IMediator mediator) : IAction
{
    public async Task<Reply> Handle(Request request)
    {
        var given = request.Body.Required("claim_id");
        var claimId = MessageIds.Claim(given);
        if (claimId != Guid.Empty)
            await mediator.Send(new ReleaseClaim(request.Queue, request.Actor, claimId));

        return Reply.Sentence(204, $"Claim {given} deleted.");
    }
}
