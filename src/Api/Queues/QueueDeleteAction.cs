using MediatR;
using Zaqar.Api.WebSockets;
using Zaqar.Application.Queues;

namespace Zaqar.Api.Queues;

/// <summary><c>queue_delete</c>: 204, whether there was such a queue or not.</summary>
internal sealed class QueueDeleteAction(IMediator mediator) : IAction
{
    public async Task<Reply> Handle(Request request)
    {
        await mediator.Send(new DeleteQueue(request.Queue, request.Actor));
        return Reply.Sentence(204, $"Queue {request.Queue.Name} removed.");
    }
}
