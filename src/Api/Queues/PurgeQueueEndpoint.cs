using MediatR;
using Zaqar.Api.Json;
using Zaqar.Api.Requests;
using Zaqar.Api.Routing;
using Zaqar.Application.Queues;
using Zaqar.Application.Subscriptions;
using Zaqar.Domain;

namespace Zaqar.Api.Queues;

/// <summary><c>POST /v2/queues/Q/purge</c>: 204, unclaimed messages and subscriptions thrown away, or one of the two.</summary>
internal sealed class PurgeQueueEndpoint(IMediator mediator, Limits limits) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var body = await RequestBody.Read(context, limits.MaxQueueMetadata, ErrorKind.InvalidRequest);
        var purge = PurgeBody.Read(body, limits.MaxJsonDepth);
        if (purge.Messages)
            await mediator.Send(new PurgeQueue(caller.Queue, caller.Actor), context.RequestAborted);
        if (purge.Subscriptions)
            await mediator.Send(new PurgeSubscriptions(caller.Queue, caller.Actor), context.RequestAborted);

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
