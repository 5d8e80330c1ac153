using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Api.Settings;
using Zaqar.Application.Health;

namespace Zaqar.Api.Health;

/// <summary><c>GET /v2/health</c>: 200, how each operation fared in a real round trip, with pools for each of them. For administrators, in admin mode only.</summary>
internal sealed class HealthEndpoint(IMediator mediator, ServiceSettings settings) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        if (settings.Pooling)
        {
            var pools = await mediator.Send(new CheckPools(caller.Actor), context.RequestAborted);
            await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, pools, HealthJson.Write);
            return;
        }

        var report = await mediator.Send(new CheckHealth(caller.Actor), context.RequestAborted);
        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, report, HealthJson.Write);
    }
}
