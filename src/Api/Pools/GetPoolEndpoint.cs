using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Pools;
using Zaqar.Domain;
using Zaqar.Domain.Pools;

namespace Zaqar.Api.Pools;

/// <summary><c>GET /v2/pools/P</c>: 200, with its options when detailed; else 404.</summary>
internal sealed class GetPoolEndpoint(IMediator mediator) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var detailed = Query.Of(context).Boolean("detailed") is true;
        var pool = ResourceName.IsName(caller.Item) ? await mediator.Send(new GetPool(caller.Item)) : null;
        if (pool is null)
            throw new PoolNotFound(caller.Item);

        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, pool, (json, pool) => PoolJson.Write(json, pool, detailed));
    }
}
