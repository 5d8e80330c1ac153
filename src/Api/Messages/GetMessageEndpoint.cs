using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Messages;
using Zaqar.Domain.Messages;

namespace Zaqar.Api.Messages;

/// <summary><c>GET /v2/queues/Q/messages/M</c>: 200, one message, claimed and delayed ones included; else 404.</summary>
internal sealed class GetMessageEndpoint(IMediator mediator) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var messages = MessageId.TryParse(caller.Item, out var id) ? await mediator.Send(new GetMessages(caller.Queue, [id])) : [];
        if (messages.Count == 0)
            throw new MessageNotFound(caller.Item);

        var json = MessagesJson.BufferFor(messages);
        MessagesJson.WriteMessage(json, caller.Queue, messages[0]);
        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, json);
    }
}
