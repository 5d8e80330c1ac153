using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.WebSockets;
using Zaqar.Application.Messages;
using Zaqar.Application.Queues;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Api.Messages;

/// <summary><c>message_list</c>: 200, a page of the queue, oldest first; 404 without such a queue.</summary>
internal sealed class MessageListAction(IMediator mediator, Limits limits) : IAction
{
    public async Task<Reply> Handle(Request request)
    {
        ClientId.Check(request.Actor.ClientId, limits);
        var body = request.Body;
        var size = body.Limit("limit", limits.MaxMessagesPerPage);
        var messages = await Read(request, body.Text("marker"), size);
        if (messages.Count == 0 && await mediator.Send(new GetQueue(request.Queue)) is null)
            throw new QueueNotFound(request.Queue);

        return Reply.Of(200, MessagesJson.ListedBare(messages));
    }

    private async Task<IReadOnlyList<MessageView>> Read(Request request, string? marker, int size)
    {
        // A marker that is no id of ours stands behind everything.
        MessageId? after = null;
        if (marker is not null)
        {
            if (!MessageId.TryParse(marker, out var id))
                return [];
            after = id;
        }

        var page = await mediator.Send(new ListMessages(
            request.Queue, after, size, request.Body.Boolean("echo") is true ? null : request.Actor.ClientId,
            request.Body.Boolean("include_claimed") is true, request.Body.Boolean("include_delayed") is true, TimeSpan.Zero));
        return page.Messages;
    }
}
