using MediatR;
using Zaqar.Api.Json;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Queues;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Api.Queues;

/// <summary><c>PUT /v2/queues/Q</c>: 201 for a new queue, 204 for one that is there, whose metadata stays as it is.</summary>
internal sealed class PutQueueEndpoint(IMediator mediator, Limits limits) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var body = await RequestBody.Read(context, limits.MaxQueueMetadata, ErrorKind.InvalidRequest);
        if (!body.IsEmpty)
            StrictJson.Validate(body.Span, limits.MaxJsonDepth);

        var isNew = await mediator.Send(new CreateQueue(caller.Queue, caller.Actor, QueueMetadata.FromClient(body, limits)));

        context.Response.StatusCode = isNew ? StatusCodes.Status201Created : StatusCodes.Status204NoContent;
        context.Response.Headers.Location = Paths.Queue(caller.Queue);
    }
}
