using MediatR;
using Zaqar.Api.Json;
using Zaqar.Api.Messages;
using Zaqar.Api.Requests;
using Zaqar.Api.Routing;
using Zaqar.Application.Claims;
using Zaqar.Domain;

namespace Zaqar.Api.Claims;

/// <summary><c>PATCH /v2/queues/Q/claims/C</c>: 204, the claim lives from now on for as long as the body or the default says.</summary>
internal sealed class PatchClaimEndpoint(IMediator mediator, Limits limits) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var bytes = await RequestBody.Read(context, limits.MaxQueueMetadata, ErrorKind.InvalidRequest);
        var body = ClaimBody.ReadForRenewal(bytes, limits.MaxJsonDepth);

        // Also what is no claim's id: the bounds of what is asked for are judged before it is looked for.
        await mediator.Send(new RenewClaim(caller.Queue, caller.Actor, MessageIds.Claim(caller.Item), body.Ttl, body.Grace));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
