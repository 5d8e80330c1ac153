using MediatR;
using Zaqar.Api.Errors;
using Zaqar.Api.Json;
using Zaqar.Api.WebSockets;
using Zaqar.Application.Subscriptions;
using Zaqar.Domain;
using Zaqar.Domain.Subscriptions;
using Zaqar.Infrastructure.Following;

namespace Zaqar.Api.Subscriptions;

/// <summary><c>subscription_create</c>: 201 with the id; 409 for a subscriber that the queue has, confirmed or not. Without a subscriber the connection subscribes itself.</summary>
/// <remarks>Source: API contract, sections 7.4 and 7.7.</remarks>
internal sealed class SubscriptionCreateAction(IMediator mediator, IFeeds feeds, NodeIdentity node, Limits limits) : IAction
{
    public async Task<Reply> Handle(Request request)
    {
        try
        {
            return string.IsNullOrEmpty(request.Body.Text("subscriber")) ? await SubscribeSelf(request) : await Subscribe(request);
        }
        catch (SubscriptionExists)
        {
            return Reply.Sentence(409, $"Subscription {request.Queue.Name} not created.");
        }
    }

    private async Task<Reply> Subscribe(Request request)
    {
        var draft = SubscriptionBody.ReadForCreation(request.Json, limits.MaxJsonDepth);
        return Created(request, await mediator.Send(new CreateSubscription(request.Queue, request.Actor, draft, AsksAgain: false, request.Trustor)));
    }

    // Its place is taken before: what comes between that and the reply is told as well.
    private async Task<Reply> SubscribeSelf(Request request)
    {
        if (!request.Self.HasRoom)
            await feeds.EndLapsed(CancellationToken.None);
        if (!request.Self.HasRoom)
            throw new ParametersDisagree("This connection has subscribed itself to as many queues as it may.");

        var draft = SubscriptionBody.ReadForConnection(request.Json, request.Self.Subscriber, node.Id, limits.MaxJsonDepth);
        var from = await feeds.Begin(request.Queue, request.Actor, CancellationToken.None);
        var id = await mediator.Send(new CreateSubscription(request.Queue, request.Actor, draft, AsksAgain: false));
        return Created(request, id) with { Then = () => request.Self.Follow(request.Queue, id, from, request.IsBinary) };
    }

    private static Reply Created(Request request, Guid id) => Reply.Of(201, (request.Queue.Name, id), (json, view) =>
    {
        json.WriteStartObject();
        json.WriteString("subscription_id", view.id);
        json.WriteString("message", $"Subscription {view.Name} created.");
        json.WriteEndObject();
    });
}
