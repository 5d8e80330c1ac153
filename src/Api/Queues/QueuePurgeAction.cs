using MediatR;
using Zaqar.Api.WebSockets;
using Zaqar.Application.Queues;
using Zaqar.Application.Subscriptions;
using Zaqar.Domain.Queues;

namespace Zaqar.Api.Queues;

/// <summary><c>queue_purge</c>: 204, unclaimed messages and subscriptions thrown away, or one of the two; 404 without such a queue.</summary>
/// <remarks>Names of types that there are not throw nothing away, and are no error.</remarks>
internal sealed class QueuePurgeAction(IMediator mediator) : IAction
{
    public async Task<Reply> Handle(Request request)
    {
        if (await mediator.Send(new GetQueue(request.Queue)) is null)
            throw new QueueNotFound(request.Queue);

        var types = request.Body.Texts("resource_types") ?? ["messages", "subscriptions"];
        if (types.Contains("messages"))
            await mediator.Send(new PurgeQueue(request.Queue, request.Actor));
        if (types.Contains("subscriptions"))
            await mediator.Send(new PurgeSubscriptions(request.Queue, request.Actor));

        return Reply.Nothing(204);
    }
}
