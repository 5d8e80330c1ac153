using System.Text.Json;
using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Health;

namespace Zaqar.Api.Health;

/// <summary><c>GET /v2/health</c>: 200, how each operation fared in a real round trip. For administrators, in admin mode only.</summary>
internal sealed class HealthEndpoint(IMediator mediator) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var report = await mediator.Send(new CheckHealth(caller.Actor), context.RequestAborted);
        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, report, Write);
    }

    private static void Write(Utf8JsonWriter json, HealthReport report)
    {
        json.WriteStartObject();
        json.WriteBoolean("storage_reachable", report.StorageReachable);
        json.WriteStartObject("operation_status");
        foreach (var operation in report.Operations)
        {
            json.WriteStartObject(operation.Name);
            json.WriteBoolean("succeeded", operation.Succeeded);
            json.WriteNumber("seconds", operation.Seconds);
            json.WriteString("ref", operation.Ref);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartObject("message_volume");
        json.WriteNumber("free", report.Volume.Free);
        json.WriteNumber("claimed", report.Volume.Claimed);
        json.WriteNumber("total", report.Volume.Total);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
