using System.Globalization;
using System.Text.Json;
using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Queues;

namespace Zaqar.Api.Queues;

/// <summary><c>GET /v2/queues/Q/stats</c>: 200, how many messages there are; all zero without such a queue.</summary>
internal sealed class QueueStatsEndpoint(IMediator mediator) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var stats = await mediator.Send(new GetQueueStats(caller.Queue));
        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, (caller.Queue.Name, stats), Write);
    }

    private static void Write(Utf8JsonWriter json, (string Queue, QueueStats Stats) view)
    {
        json.WriteStartObject();
        json.WriteStartObject("messages");
        json.WriteNumber("claimed", view.Stats.Claimed);
        json.WriteNumber("free", view.Stats.Free);
        json.WriteNumber("total", view.Stats.Claimed + view.Stats.Free);
        WriteMark(json, "oldest", view.Queue, view.Stats.Oldest);
        WriteMark(json, "newest", view.Queue, view.Stats.Newest);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteMark(Utf8JsonWriter json, string name, string queue, MessageMark? mark)
    {
        if (mark is null)
            return;

        json.WriteStartObject(name);
        json.WriteString("href", Paths.Message(queue, mark.Id.Value));
        json.WriteNumber("age", mark.Age);
        json.WriteString("created", mark.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }
}
