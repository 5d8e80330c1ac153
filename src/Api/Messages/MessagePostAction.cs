using MediatR;
using Zaqar.Api.Errors;
using Zaqar.Api.Json;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Settings;
using Zaqar.Api.WebSockets;
using Zaqar.Application.Messages;
using Zaqar.Domain;

namespace Zaqar.Api.Messages;

/// <summary><c>message_post</c>: 201 with one id per message, in the order given.</summary>
internal sealed class MessagePostAction(IMediator mediator, Limits limits, ServiceSettings settings) : IAction
{
    public async Task<Reply> Handle(Request request)
    {
        ClientId.Check(request.Actor.ClientId, limits);
        var size = request.Body.Slice("messages").Length;
        if (size > limits.MaxMessagesPostSize)
            throw new BodyTooLarge(limits.MaxMessagesPostSize, ErrorKind.InvalidRequest);

        var drafts = MessagesBody.Read(request.Json, limits.MaxJsonDepth, settings.EnableChecksum);
        var ids = await mediator.Send(new PostMessages(request.Queue, request.Actor, drafts, size));

        var json = new PooledBuffer(24 + (ids.Count * 40));
        json.Write("{\"message_ids\":["u8);
        for (var i = 0; i < ids.Count; i++)
        {
            json.Write(i == 0 ? "\""u8 : ",\""u8);
            json.Write(ids[i].Value);
            json.Write("\""u8);
        }

        json.Write("]}"u8);
        return Reply.Of(201, json);
    }
}
