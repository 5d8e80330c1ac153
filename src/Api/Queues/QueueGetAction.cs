using MediatR;
using Zaqar.Api.WebSockets;
using Zaqar.Application.Queues;
using Zaqar.Domain.Queues;

namespace Zaqar.Api.Queues;

/// <summary><c>queue_get</c>: 200, the metadata as it is stored, without defaults; empty for a queue that is not there.</summary>
internal sealed class QueueGetAction(IMediator mediator) : IAction
{
    public async Task<Reply> Handle(Request request)
    {
        var metadata = await mediator.Send(new GetQueue(request.Queue)) ?? QueueMetadata.Empty;
        return Reply.Of(200, metadata.Json, (json, stored) => json.WriteRawValue(stored, skipInputValidation: true));
    }
}
