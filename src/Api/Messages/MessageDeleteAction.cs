using MediatR;
using Zaqar.Api.WebSockets;
using Zaqar.Application.Messages;
using Zaqar.Domain.Messages;

namespace Zaqar.Api.Messages;

/// <summary><c>message_delete</c>: 204, also for one that is gone.</summary>
internal sealed class MessageDeleteAction(IMediator mediator) : IAction
{
    public async Task<Reply> Handle(Request request)
    {
        Guid? claimId = request.Body.Text("claim_id") is { } given ? MessageIds.Claim(given) : null;
        if (MessageId.TryParse(request.Body.Required("message_id"), out var id))
            await mediator.Send(new DeleteMessage(request.Queue, request.Actor, id, claimId));

        return Reply.Nothing(204);
    }
}
