using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Routing;
using Zaqar.Application.Queues;

namespace Zaqar.Api.Queues;

/// <summary><c>DELETE /v2/queues/Q</c>: 204, whether there was such a queue or not.</summary>
internal sealed class DeleteQueueEndpoint(IMediator mediator) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        await mediator.Send(new DeleteQueue(caller.Queue, caller.Actor));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
