using MediatR;
using Zaqar.Api.Json;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Claims;
using Zaqar.Domain;

namespace Zaqar.Api.Claims;

/// <summary><c>POST /v2/queues/Q/claims</c>: 201 with the claimed messages, or 204 when nothing was to be had.</summary>
/// <remarks><c>wait=SECONDS</c>, our addition, holds the 204 back until something arrives.</remarks>
internal sealed class PostClaimEndpoint(IMediator mediator, Limits limits) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var query = Query.Of(context);
        query.Integer("limit");
        query.Integer("wait");
        var bytes = await RequestBody.Read(context, limits.MaxQueueMetadata, ErrorKind.InvalidRequest);
        var body = ClaimBody.ReadForCreation(bytes, limits.MaxJsonDepth);

        // Types first, then the body, then bounds.
        var limit = query.Limit(limits.MaxMessagesPerClaimOrPop);
        var wait = query.Wait(limits.MaxWait);

        var taken = await mediator.Send(new ClaimMessages(caller.Queue, caller.Actor, limit, body.Ttl, body.Grace, wait),
            wait > TimeSpan.Zero ? context.RequestAborted : default);

        if (taken is null)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        context.Response.Headers.Location = Paths.Claim(caller.Queue, taken.Id);
        await JsonAnswer.Send(context.Response, StatusCodes.Status201Created, MessagesJson.Listed(caller.Queue, taken.Messages));
    }
}
