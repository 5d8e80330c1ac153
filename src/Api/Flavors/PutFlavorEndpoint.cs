using MediatR;
using Zaqar.Api.Errors;
using Zaqar.Api.Json;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Flavors;
using Zaqar.Domain;

namespace Zaqar.Api.Flavors;

/// <summary><c>PUT /v2/flavors/F</c>: 201, also over one that is there.</summary>
internal sealed class PutFlavorEndpoint(IMediator mediator, Limits limits) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var body = await RequestBody.Read(context, FlavorBody.MaxBytes, ErrorKind.InvalidBody);
        var pools = FlavorBody.ReadForPut(body, limits.MaxJsonDepth);

        // The checks ask for it only where a queue is named; here it becomes part of a key.
        if (caller.Project.Length > Limits.MaxProjectLength)
            throw RequestRefused.ProjectTooLong("flavor", Limits.MaxProjectLength);

        await mediator.Send(new PutFlavor(caller.Project, caller.Item, caller.Actor, pools));

        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = Paths.Flavor(caller.Item);
    }
}
