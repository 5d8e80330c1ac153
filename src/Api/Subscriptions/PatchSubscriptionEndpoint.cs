using MediatR;
using Zaqar.Api.Json;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Subscriptions;
using Zaqar.Domain;
using Zaqar.Domain.Subscriptions;

namespace Zaqar.Api.Subscriptions;

/// <summary><c>PATCH /v2/queues/Q/subscriptions/S</c>: 204, what the body names is as it says; a ttl counts from now.</summary>
internal sealed class PatchSubscriptionEndpoint(IMediator mediator, Limits limits) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var body = await RequestBody.Read(context, SubscriptionBody.MaxBytes, ErrorKind.InvalidRequest);
        var change = SubscriptionBody.ReadForChange(body, limits.MaxJsonDepth);
        var id = SubscriptionIds.Read(caller.Item) ?? throw new SubscriptionNotFound(caller.Item);

        await mediator.Send(new PatchSubscription(caller.Queue, id, caller.Actor, change, caller.Trustor));

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers.Location = Paths.Subscription(caller.Queue, id);
    }
}
