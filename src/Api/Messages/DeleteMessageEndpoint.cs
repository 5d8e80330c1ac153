using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Routing;
using Zaqar.Application.Messages;
using Zaqar.Domain.Messages;

namespace Zaqar.Api.Messages;

/// <summary><c>DELETE /v2/queues/Q/messages/M[?claim_id=C]</c>: 204, also for one that is gone.</summary>
internal sealed class DeleteMessageEndpoint(IMediator mediator) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        Guid? claimId = Query.Of(context).Text("claim_id") is { } given ? MessageIds.Claim(given) : null;
        if (MessageId.TryParse(caller.Item, out var id))
            await mediator.Send(new DeleteMessage(caller.Queue, caller.Actor, id, claimId));

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
