using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Routing;
using Zaqar.Application.Pools;

namespace Zaqar.Api.Pools;

/// <summary><c>DELETE /v2/pools/P</c>: 204, whether there was such a pool or not; 403 for the last of its flavor.</summary>
internal sealed class DeletePoolEndpoint(IMediator mediator) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        await mediator.Send(new DeletePool(caller.Item, caller.Actor));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
