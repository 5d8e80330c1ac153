using MediatR;
using Zaqar.Api.Errors;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Messages;
using Zaqar.Domain;

namespace Zaqar.Api.Messages;

/// <summary>
/// <c>DELETE /v2/queues/Q/messages</c>: with <c>ids</c> 204, whether they were there or not; with <c>pop</c> 200 and the oldest
/// messages, which are then gone.
/// </summary>
/// <remarks>Nobody claims from a topic, so an operator who demands claims for ids cannot mean those of its messages.</remarks>
internal sealed class DeleteMessagesEndpoint(IMediator mediator, Limits limits) : IEndpoint
{
    public Task Handle(HttpContext context, Caller caller)
    {
        var query = Query.Of(context);
        var ids = query.List("ids");
        var pop = query.Integer("pop");
        if (ids.Count > 0 == pop.HasValue)
            throw new ParametersDisagree("Either ids or pop says which messages to delete.");

        return pop.HasValue ? Pop(context, caller, query.Limit(limits.MaxMessagesPerClaimOrPop, "pop")) : Delete(context, caller, ids, query);
    }

    private async Task Pop(HttpContext context, Caller caller, int count)
    {
        var popped = await mediator.Send(new PopMessages(caller.Queue, caller.Actor, count));
        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, MessagesJson.Popped(popped));
    }

    private async Task Delete(HttpContext context, Caller caller, IReadOnlyList<string> given, Query query)
    {
        var ids = MessageIds.Read(given, limits.MaxMessagesPerPage);
        var claimIds = limits.MessageDeleteWithClaimId && !caller.Queue.IsTopic ? MessageIds.Claims(query.List("claim_ids")) : null;
        if (ids.Count > 0)
            await mediator.Send(new DeleteMessages(caller.Queue, caller.Actor, ids, claimIds));

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
