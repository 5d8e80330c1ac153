using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Routing;
using Zaqar.Application.Queues;
using Zaqar.Domain.Queues;

namespace Zaqar.Api.Queues;

/// <summary><c>HEAD /v2/queues/Q</c>: 204 when there is such a queue, else 404.</summary>
/// <remarks>The original refuses the method, which python-zaqarclient's <c>exists()</c> takes for a yes; here it tells the truth.</remarks>
internal sealed class HeadQueueEndpoint(IMediator mediator) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller) =>
        context.Response.StatusCode = await mediator.Send(new GetQueue(caller.Queue)) is null
            ? throw new QueueNotFound(caller.Queue)
            : StatusCodes.Status204NoContent;
}
