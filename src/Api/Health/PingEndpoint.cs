using MediatR;
using Zaqar.Api.Errors;
using Zaqar.Api.Requests;
using Zaqar.Api.Routing;
using Zaqar.Application.Health;

namespace Zaqar.Api.Health;

/// <summary><c>GET /v2/ping</c>: 204 when the storage answers, else 503; neither has a body.</summary>
internal sealed partial class PingEndpoint(IMediator mediator, ILogger<PingEndpoint> log) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        try
        {
            await mediator.Send(new Ping());
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (Exception failure) when (ErrorAnswer.IsOutage(failure))
        {
            // The outage is what was asked about; the API wants it said without the usual body.
            LogNoAnswer(log, caller.Actor.RequestId, failure);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = "1";
        }
    }

    [LoggerMessage(111, LogLevel.Warning, "Ping {RequestId}: the storage does not answer.")]
    private static partial void LogNoAnswer(ILogger log, string requestId, Exception failure);
}
