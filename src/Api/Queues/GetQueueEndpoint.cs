using System.Text;
using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Queues;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Api.Queues;

/// <summary><c>GET /v2/queues/Q</c>: 200, the queue's metadata and defaults; a queue that is not there has the defaults alone.</summary>
internal sealed class GetQueueEndpoint(IMediator mediator, Limits limits) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var metadata = await mediator.Send(new GetQueue(caller.Queue)) ?? QueueMetadata.Empty;
        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, Encoding.UTF8.GetBytes(metadata.WithDefaults(caller.Queue.IsTopic, limits)));
    }
}
