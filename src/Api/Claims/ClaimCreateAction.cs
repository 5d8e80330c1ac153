using MediatR;
using Zaqar.Api.Responses;
using Zaqar.Api.WebSockets;
using Zaqar.Application.Claims;
using Zaqar.Domain;

namespace Zaqar.Api.Claims;

/// <summary><c>claim_create</c>: 201 with the claimed messages; 204 when nothing was to be had.</summary>
internal sealed class ClaimCreateAction(IMediator mediator, Limits limits) : IAction
{
    public async Task<Reply> Handle(Request request)
    {
        var limit = request.Body.Limit("limit", limits.MaxMessagesPerClaimOrPop);
        var taken = await mediator.Send(new ClaimMessages(
            request.Queue, request.Actor, limit, request.Body.Integer("ttl"), request.Body.Integer("grace"), TimeSpan.Zero));

        return taken is null ? Reply.Of(204, NoClaim()) : Reply.Of(201, Taken(taken));
    }

    private static PooledBuffer NoClaim()
    {
        var json = new PooledBuffer(32);
        json.Write("{\"claim_id\":null}"u8);
        return json;
    }

    private static PooledBuffer Taken(ClaimTaken taken)
    {
        var json = MessagesJson.BufferFor(taken.Messages);
        json.Write("{\"claim_id\":\""u8);
        json.Write(taken.Id);
        json.Write("\",\"messages\":"u8);
        MessagesJson.WriteArrayBare(json, taken.Messages);
        json.Write("}"u8);
        return json;
    }
}
