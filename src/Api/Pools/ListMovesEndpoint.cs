using System.Text.Json;
using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Pools;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Api.Pools;

/// <summary><c>GET /v2/moves</c>: 200, the moves of queues between pools that are under way, and those that failed, oldest first.</summary>
/// <remarks>An addition to the original API. A marker that is no id begins from the start.</remarks>
internal sealed class ListMovesEndpoint(IMediator mediator, Limits limits) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var query = Query.Of(context);
        Guid? marker = Guid.TryParseExact(query.Text("marker"), "D", out var id) ? id : null;
        var limit = query.Integer("limit");

        var page = await mediator.Send(new ListMoves(marker, query.Limit(limits.MaxPoolsPerPage)));

        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, page, (json, page) =>
        {
            json.WriteStartObject();
            json.WriteStartArray("moves");
            foreach (var move in page)
                Write(json, move);
            json.WriteEndArray();
            NextLink.Write(json, page.Count == 0 ? null : new NextLink(Paths.Moves).With("limit", limit).With("marker", $"{page[^1].Id:D}").ToString());
            json.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter json, MoveView move)
    {
        var queue = new QueueId(move.Project, move.Queue);
        json.WriteStartObject();
        json.WriteString("id", move.Id);
        json.WriteString("project", move.Project);
        json.WriteString(queue.Noun, queue.ShownName);
        json.WriteString("from", move.From.Length == 0 ? null : move.From);
        json.WriteString("to", move.To.Length == 0 ? null : move.To);
        json.WriteString("state", move.State);
        Write(json, "copied", move.Copied);
        Write(json, "total", move.Total);
        json.WriteString("started_at", move.StartedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture));
        json.WriteString("failure", move.Failure);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } given)
            json.WriteNumber(name, given);
        else
            json.WriteNull(name);
    }
}
