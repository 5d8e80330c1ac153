using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Queues;

namespace Zaqar.Api.Queues;

/// <summary><c>GET /v2/queues/Q/stats</c>: 200, how many messages there are; all zero without such a queue.</summary>
/// <remarks>Of a topic that is there, only the total: nobody claims from it.</remarks>
internal sealed class QueueStatsEndpoint(IMediator mediator) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var stats = await mediator.Send(new GetQueueStats(caller.Queue));
        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, stats, (json, view) =>
            QueueStatsJson.Write(json, view, caller.Queue.IsTopic && view.Exists, (json, mark) => json.WriteString("href", Paths.Message(caller.Queue, mark.Id.Value))));
    }
}
