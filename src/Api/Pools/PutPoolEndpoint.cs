using MediatR;
using Zaqar.Api.Json;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Pools;
using Zaqar.Domain;

namespace Zaqar.Api.Pools;

/// <summary><c>PUT /v2/pools/P</c>: 201, also in the place of one that is there.</summary>
internal sealed class PutPoolEndpoint(IMediator mediator, Limits limits) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var body = await RequestBody.Read(context, PoolBody.MaxBytes, ErrorKind.InvalidBody);
        var draft = PoolBody.ReadForPut(body, limits.MaxJsonDepth);

        await mediator.Send(new PutPool(caller.Item, caller.Actor, draft));

        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = Paths.Pool(caller.Item);
    }
}
