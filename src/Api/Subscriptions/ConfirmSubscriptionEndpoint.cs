using MediatR;
using Zaqar.Api.Json;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Subscriptions;
using Zaqar.Domain;
using Zaqar.Domain.Subscriptions;

namespace Zaqar.Api.Subscriptions;

/// <summary><c>PUT /v2/queues/Q/subscriptions/S/confirm</c>: 204, confirmed, or taken back.</summary>
internal sealed class ConfirmSubscriptionEndpoint(IMediator mediator, Limits limits) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var body = await RequestBody.Read(context, SubscriptionBody.MaxBytes, ErrorKind.InvalidRequest);
        var confirmed = SubscriptionBody.ReadForConfirmation(body, limits.MaxJsonDepth);
        var id = SubscriptionIds.Read(caller.Item) ?? throw new SubscriptionNotFound(caller.Item);

        await mediator.Send(new ConfirmSubscription(caller.Queue, id, confirmed, caller.Actor));

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers.Location = Paths.Confirmation(caller.Queue, id);
    }
}
