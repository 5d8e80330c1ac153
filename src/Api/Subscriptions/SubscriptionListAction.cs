using MediatR;
using Zaqar.Api.WebSockets;
using Zaqar.Application.Subscriptions;
using Zaqar.Domain;

namespace Zaqar.Api.Subscriptions;

/// <summary><c>subscription_list</c>: 200, a page of the queue's subscriptions, oldest first.</summary>
internal sealed class SubscriptionListAction(IMediator mediator, Limits limits) : IAction
{
    public async Task<Reply> Handle(Request request)
    {
        var marker = SubscriptionIds.Read(request.Body.Text("marker"));
        var page = await mediator.Send(new ListSubscriptions(request.Queue, marker, request.Body.Limit("limit", limits.MaxSubscriptionsPerPage)));
        return Reply.Of(200, (page, request.Queue.Name), (json, view) =>
        {
            json.WriteStartObject();
            json.WriteStartArray("subscriptions");
            foreach (var subscription in view.page)
                SubscriptionJson.Write(json, view.Name, subscription);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
