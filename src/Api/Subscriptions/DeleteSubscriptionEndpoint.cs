using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Routing;
using Zaqar.Application.Subscriptions;

namespace Zaqar.Api.Subscriptions;

/// <summary><c>DELETE /v2/queues/Q/subscriptions/S</c>: 204, whether there was such a subscription or not.</summary>
internal sealed class DeleteSubscriptionEndpoint(IMediator mediator) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        if (SubscriptionIds.Read(caller.Item) is { } id)
            await mediator.Send(new DeleteSubscription(caller.Queue, id, caller.Actor, Trustor: caller.Trustor));

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
