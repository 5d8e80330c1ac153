using MediatR;
using Zaqar.Api.Messages;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Claims;
using Zaqar.Domain.Claims;
using Zaqar.Domain.Queues;

namespace Zaqar.Api.Claims;

/// <summary><c>GET /v2/queues/Q/claims/C</c>: 200, a live claim and what it still holds; else 404.</summary>
internal sealed class GetClaimEndpoint(IMediator mediator) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var claimId = MessageIds.Claim(caller.Item);
        var claim = claimId == Guid.Empty ? null : await mediator.Send(new GetClaim(caller.Queue, claimId));
        if (claim is null)
            throw new ClaimNotFound(caller.Item);

        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, Shown(caller.Queue, claim));
    }

    private static PooledBuffer Shown(QueueId queue, ClaimView claim)
    {
        var json = MessagesJson.BufferFor(claim.Messages);
        json.Write("{\"age\":"u8);
        json.Write(claim.Age);
        json.Write(",\"ttl\":"u8);
        json.Write(claim.Ttl);
        json.Write(",\"messages\":"u8);
        MessagesJson.WriteArray(json, queue, claim.Messages);
        json.Write(",\"href\":\""u8);
        json.Write(Paths.Claim(queue, claim.Id));
        json.Write("\"}"u8);
        return json;
    }
}
