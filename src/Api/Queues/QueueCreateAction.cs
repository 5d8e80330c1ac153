using MediatR;
using Zaqar.Api.WebSockets;
using Zaqar.Application.Queues;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Api.Queues;

/// <summary><c>queue_create</c>: 201 for a new queue, 204 for one that is there, whose metadata stays as it is.</summary>
internal sealed class QueueCreateAction(IMediator mediator, Limits limits) : IAction
{
    public async Task<Reply> Handle(Request request)
    {
        var metadata = QueueMetadata.FromClient(request.Body.Slice("metadata"), limits);
        var isNew = await mediator.Send(new CreateQueue(request.Queue, request.Actor, metadata));
        return Reply.Sentence(isNew ? 201 : 204, $"Queue {request.Queue.Name} created.");
    }
}
