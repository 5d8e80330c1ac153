using MediatR;
using Zaqar.Api.Responses;
using Zaqar.Api.WebSockets;
using Zaqar.Application.Messages;
using Zaqar.Domain;

namespace Zaqar.Api.Messages;

/// <summary><c>message_get_many</c>: 200, those of the messages that there are, perhaps none.</summary>
internal sealed class MessageGetManyAction(IMediator mediator, Limits limits) : IAction
{
    public async Task<Reply> Handle(Request request)
    {
        var ids = MessageIds.Read(request.Body.Texts("message_ids")!, limits.MaxMessagesPerPage);
        var messages = ids.Count == 0 ? [] : await mediator.Send(new GetMessages(request.Queue, ids));
        return Reply.Of(200, MessagesJson.ListedBare(messages));
    }
}
