using System.Text.Json;
using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Queues;
using Zaqar.Domain;

namespace Zaqar.Api.Queues;

/// <summary><c>GET /v2/queues</c>: 200, a page of the project's queues by name. <c>GET /v2/topics</c>: likewise of its topics, which are not counted.</summary>
/// <remarks>Any parameter that is not listed here filters by metadata: the key must equal the value.</remarks>
internal sealed class ListQueuesEndpoint(IMediator mediator, Limits limits) : IEndpoint
{
    private static readonly string[] _parametersOfTopics = ["marker", "limit", "detailed", "name"];
    private static readonly string[] _parameters = [.. _parametersOfTopics, "with_count"];

    public async Task Handle(HttpContext context, Caller caller)
    {
        var ofTopics = caller.Queue.IsTopic;
        var query = Query.Of(context);
        var marker = query.Text("marker");
        var limit = query.Integer("limit");
        var detailed = query.Boolean("detailed");
        var name = query.Text("name");
        var withCount = ofTopics ? null : query.Boolean("with_count");
        var metadata = query.Others(ofTopics ? _parametersOfTopics : _parameters);

        var page = await mediator.Send(new ListQueues(
            caller.Project, ofTopics, marker, query.Limit(limits.MaxQueuesPerPage), name, metadata, withCount is true));

        string? next = null;
        if (page.Queues.Count > 0)
        {
            var link = new NextLink(Paths.All(caller.Queue))
                .With("limit", limit).With("detailed", detailed).With("name", name).With("with_count", withCount);
            foreach (var (key, value) in metadata)
                link.With(key, value);
            next = link.With("marker", page.Queues[^1].Queue.ShownName).ToString();
        }

        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, page, Write);

        void Write(Utf8JsonWriter json, QueuePage page)
        {
            json.WriteStartObject();
            json.WriteStartArray(ofTopics ? "topics" : "queues");
            foreach (var queue in page.Queues)
            {
                json.WriteStartObject();
                json.WriteString("name", queue.Queue.ShownName);
                json.WriteString("href", Paths.Queue(queue.Queue));
                if (detailed is true)
                {
                    json.WritePropertyName("metadata");
                    json.WriteRawValue(queue.Metadata.WithDefaults(ofTopics, limits), skipInputValidation: true);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("links");
            if (next is not null)
            {
                json.WriteStartObject();
                json.WriteString("rel", "next");
                json.WriteString("href", next);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (page.Count > 0)
                json.WriteNumber("count", page.Count);
            json.WriteEndObject();
        }
    }
}
