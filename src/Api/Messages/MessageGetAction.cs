using MediatR;
using Zaqar.Api.Responses;
using Zaqar.Api.WebSockets;
using Zaqar.Application.Messages;
using Zaqar.Domain.Messages;

namespace Zaqar.Api.Messages;

/// <summary><c>message_get</c>: 200, one message, claimed and delayed ones included; else 404.</summary>
internal sealed class MessageGetAction(IMediator mediator) : IAction
{
    public async Task<Reply> Handle(Request request)
    {
        var given = request.Body.Required("message_id");
        var messages = MessageId.TryParse(given, out var id) ? await mediator.Send(new GetMessages(request.Queue, [id])) : [];
        return messages.Count == 0 ? throw new MessageNotFound(given) : Reply.Of(200, MessagesJson.OneBare(messages[0]));
    }
}
