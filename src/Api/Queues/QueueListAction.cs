using MediatR;
using Zaqar.Api.WebSockets;
using Zaqar.Application.Queues;
using Zaqar.Domain;

namespace Zaqar.Api.Queues;

/// <summary><c>queue_list</c>: 200, a page of the project's queues by name; the metadata, if asked for, without defaults.</summary>
internal sealed class QueueListAction(IMediator mediator, Limits limits) : IAction
{
    public async Task<Reply> Handle(Request request)
    {
        var detailed = request.Body.Boolean("detailed") is true;
        var page = await mediator.Send(new ListQueues(
            request.By.Project, Topics: false, request.Body.Text("marker"), request.Body.Limit("limit", limits.MaxQueuesPerPage), null, [], WithCount: false));

        return Reply.Of(200, (page.Queues, detailed), (json, view) =>
        {
            json.WriteStartObject();
            json.WriteStartArray("queues");
            foreach (var queue in view.Queues)
            {
                json.WriteStartObject();
                json.WriteString("name", queue.Queue.Name);
                if (view.detailed)
                {
                    json.WritePropertyName("metadata");
                    json.WriteRawValue(queue.Metadata.Json, skipInputValidation: true);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
