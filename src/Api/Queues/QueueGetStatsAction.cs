using MediatR;
using Zaqar.Api.WebSockets;
using Zaqar.Application.Queues;

namespace Zaqar.Api.Queues;

/// <summary><c>queue_get_stats</c>: 200, how many messages there are; without such a queue 404, and none.</summary>
internal sealed class QueueGetStatsAction(IMediator mediator) : IAction
{
    public async Task<Reply> Handle(Request request)
    {
        var stats = await mediator.Send(new GetQueueStats(request.Queue));
        return Reply.Of(stats.Exists ? 200 : 404, stats, (json, view) =>
            QueueStatsJson.Write(json, view, isTotalOnly: false, (json, mark) => json.WriteString("id", mark.Id.Value)));
    }
}
