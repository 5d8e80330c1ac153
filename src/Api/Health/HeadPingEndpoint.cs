using Zaqar.Api.Requests;
using Zaqar.Api.Routing;

namespace Zaqar.Api.Health;

/// <summary><c>HEAD /v2/ping</c>: 204 whenever the service itself answers.</summary>
internal sealed class HeadPingEndpoint : IEndpoint
{
    public Task Handle(HttpContext context, Caller caller)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
