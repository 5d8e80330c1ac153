using MediatR;
using Zaqar.Api.WebSockets;
using Zaqar.Application.Subscriptions;

namespace Zaqar.Api.Subscriptions;

/// <summary><c>subscription_delete</c>: 204, whether there was such a subscription or not.</summary>
internal sealed class SubscriptionDeleteAction(IMediator mediator) : IAction
{
    public async Task<Reply> Handle(Request request)
    {
        var given = request.Body.Required("subscription_id");
        if (SubscriptionIds.Read(given) is { } id)
        {
            await mediator.Send(new DeleteSubscription(request.Queue, id, request.Actor, Trustor: request.Trustor));
            request.Self.Forget(request.Queue, id);
        }

        return Reply.Sentence(204, $"Subscription {given} removed.");
    }
}
