using MediatR;
using Zaqar.Api.Json;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Pools;
using Zaqar.Domain;

namespace Zaqar.Api.Pools;

/// <summary><c>PATCH /v2/pools/P</c>: 200, the pool as it is now, without its options.</summary>
internal sealed class PatchPoolEndpoint(IMediator mediator, Limits limits) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var body = await RequestBody.Read(context, PoolBody.MaxBytes, ErrorKind.InvalidBody);
        var draft = PoolBody.ReadForPatch(body, limits.MaxJsonDepth);

        var pool = await mediator.Send(new PatchPool(caller.Item, caller.Actor, draft));

        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, pool, (json, pool) => PoolJson.Write(json, pool, detailed: false));
    }
}
