using MediatR;
using Zaqar.Api.Errors;
using Zaqar.Api.Responses;
using Zaqar.Api.WebSockets;
using Zaqar.Application.Messages;
using Zaqar.Domain;

namespace Zaqar.Api.Messages;

/// <summary><c>message_delete_many</c>: with ids 204, whether they were there or not; with <c>pop</c> 200 and the oldest messages, which are then gone.</summary>
internal sealed class MessageDeleteManyAction(IMediator mediator, Limits limits) : IAction
{
    public async Task<Reply> Handle(Request request)
    {
        var given = request.Body.Texts("message_ids") ?? [];
        if (given.Count > 0 == request.Body.Integer("pop").HasValue)
            throw new ParametersDisagree("Either message_ids or pop says which messages to delete.");

        if (given.Count == 0)
        {
            var count = request.Body.Limit("pop", limits.MaxMessagesPerClaimOrPop);
            return Reply.Of(200, MessagesJson.Popped(await mediator.Send(new PopMessages(request.Queue, request.Actor, count))));
        }

        var ids = MessageIds.Read(given, limits.MaxMessagesPerPage);
        var claimIds = limits.MessageDeleteWithClaimId ? MessageIds.Claims(request.Body.Texts("claim_ids") ?? []) : null;
        if (ids.Count > 0)
            await mediator.Send(new DeleteMessages(request.Queue, request.Actor, ids, claimIds));

        return Reply.Nothing(204);
    }
}
