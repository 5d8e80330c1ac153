using MediatR;
using Zaqar.Api.Messages;
using Zaqar.Api.Responses;
using Zaqar.Api.WebSockets;
using Zaqar.Application.Claims;
using Zaqar.Domain.Claims;

namespace Zaqar.Api.Claims;

/// <summary><c>claim_get</c>: 200, a live claim and what it still holds; else 404.</summary>
internal sealed class ClaimGetAction(IMediator mediator) : IAction
{
    public async Task<Reply> Handle(Request request)
    {
        var given = request.Body.Required("claim_id");
        var claimId = MessageIds.Claim(given);
        var claim = claimId == Guid.Empty ? null : await mediator.Send(new GetClaim(request.Queue, claimId));
        return claim is null ? throw new ClaimNotFound(given) : Reply.Of(200, Shown(claim));
    }

    private static PooledBuffer Shown(ClaimView claim)
    {
        var json = MessagesJson.BufferFor(claim.Messages);
        json.Write("{\"age\":"u8);
        json.Write(claim.Age);
        json.Write(",\"ttl\":"u8);
        json.Write(claim.Ttl);
        json.Write(",\"messages\":"u8);
        MessagesJson.WriteArrayBare(json, claim.Messages);
        json.Write("}"u8);
        return json;
    }
}
