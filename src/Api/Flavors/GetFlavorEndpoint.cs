using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Flavors;
using Zaqar.Domain;
using Zaqar.Domain.Flavors;

namespace Zaqar.Api.Flavors;

/// <summary><c>GET /v2/flavors/F</c>: 200, a flavor of the project; else 404.</summary>
internal sealed class GetFlavorEndpoint(IMediator mediator) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var flavor = ResourceName.IsName(caller.Item) ? await mediator.Send(new GetFlavor(caller.Project, caller.Item)) : null;
        if (flavor is null)
            throw new FlavorNotFound(caller.Item);

        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, flavor, FlavorJson.Write);
    }
}
