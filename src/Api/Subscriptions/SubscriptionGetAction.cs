using MediatR;
using Zaqar.Api.WebSockets;
using Zaqar.Application.Subscriptions;
using Zaqar.Domain.Subscriptions;

namespace Zaqar.Api.Subscriptions;

/// <summary><c>subscription_get</c>: 200, a live subscription of that queue; else 404.</summary>
internal sealed class SubscriptionGetAction(IMediator mediator) : IAction
{
    public async Task<Reply> Handle(Request request)
    {
        var given = request.Body.Required("subscription_id");
        var subscription = SubscriptionIds.Read(given) is { } id ? await mediator.Send(new GetSubscription(request.Queue, id)) : null;
        return subscription is null
            ? throw new SubscriptionNotFound(given)
            : Reply.Of(200, (subscription, request.Queue.Name), (json, view) => SubscriptionJson.Write(json, view.Name, view.subscription));
    }
}
