using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Subscriptions;
using Zaqar.Domain.Subscriptions;

namespace Zaqar.Api.Subscriptions;

/// <summary><c>GET /v2/queues/Q/subscriptions/S</c>: 200, a live subscription of that queue; else 404.</summary>
internal sealed class GetSubscriptionEndpoint(IMediator mediator) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var subscription = SubscriptionIds.Read(caller.Item) is { } id ? await mediator.Send(new GetSubscription(caller.Queue, id)) : null;
        if (subscription is null)
            throw new SubscriptionNotFound(caller.Item);

        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, subscription,
            (json, view) => SubscriptionJson.Write(json, caller.Queue.ShownName, view));
    }
}
