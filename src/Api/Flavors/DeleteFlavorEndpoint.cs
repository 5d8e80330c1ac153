using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Routing;
using Zaqar.Application.Flavors;

namespace Zaqar.Api.Flavors;

/// <summary><c>DELETE /v2/flavors/F</c>: 204, whether the project had such a flavor or not.</summary>
internal sealed class DeleteFlavorEndpoint(IMediator mediator) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        await mediator.Send(new DeleteFlavor(caller.Project, caller.Item, caller.Actor));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
