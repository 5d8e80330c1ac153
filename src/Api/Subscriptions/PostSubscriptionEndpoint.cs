using MediatR;
using Zaqar.Api.Json;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Subscriptions;
using Zaqar.Domain;

namespace Zaqar.Api.Subscriptions;

/// <summary><c>POST /v2/queues/Q/subscriptions</c>: 201 with the id, also of one that waits to be confirmed; 409 for one that is confirmed.</summary>
internal sealed class PostSubscriptionEndpoint(IMediator mediator, Limits limits) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var body = await RequestBody.Read(context, SubscriptionBody.MaxBytes, ErrorKind.InvalidRequest);
        var draft = SubscriptionBody.ReadForCreation(body, limits.MaxJsonDepth);

        var id = await mediator.Send(new CreateSubscription(caller.Queue, caller.Actor, draft, Trustor: caller.Trustor));

        // The collection, as in the original.
        context.Response.Headers.Location = Paths.Subscriptions(caller.Queue);
        await JsonAnswer.Send(context.Response, StatusCodes.Status201Created, id, (json, id) =>
        {
            json.WriteStartObject();
            json.WriteString("subscription_id", id);
            json.WriteEndObject();
        });
    }
}
