using MediatR;
using Zaqar.Api.Messages;
using Zaqar.Api.Requests;
using Zaqar.Api.Routing;
using Zaqar.Application.Claims;

namespace Zaqar.Api.Claims;

/// <summary><c>DELETE /v2/queues/Q/claims/C</c>: 204, its messages are to be had again; also for a claim that is over.</summary>
internal sealed class DeleteClaimEndpoint(IMediator mediator) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var claimId = MessageIds.Claim(caller.Item);
        if (claimId != Guid.Empty)
            await mediator.Send(new ReleaseClaim(caller.Queue, caller.Actor, claimId));

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
