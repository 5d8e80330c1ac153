using MediatR;
using Zaqar.Api.Json;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Flavors;
using Zaqar.Domain;

namespace Zaqar.Api.Flavors;

/// <summary><c>PATCH /v2/flavors/F</c>: 200, the flavor as it is now.</summary>
internal sealed class PatchFlavorEndpoint(IMediator mediator, Limits limits) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var body = await RequestBody.Read(context, FlavorBody.MaxBytes, ErrorKind.InvalidBody);
        var pools = FlavorBody.ReadForPatch(body, limits.MaxJsonDepth);

        var flavor = await mediator.Send(new PatchFlavor(caller.Project, caller.Item, caller.Actor, pools));

        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, flavor, FlavorJson.Write);
    }
}
