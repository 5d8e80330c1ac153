using MediatR;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Subscriptions;
using Zaqar.Domain;

namespace Zaqar.Api.Subscriptions;

/// <summary><c>GET /v2/queues/Q/subscriptions</c>: 200, a page of the queue's subscriptions, oldest first.</summary>
/// <remarks>A marker that is no id begins from the start, as in the original.</remarks>
internal sealed class ListSubscriptionsEndpoint(IMediator mediator, Limits limits) : IEndpoint
{
    public async Task Handle(HttpContext context, Caller caller)
    {
        var query = Query.Of(context);
        var marker = SubscriptionIds.Read(query.Text("marker"));
        var limit = query.Integer("limit");

        var page = await mediator.Send(new ListSubscriptions(caller.Queue, marker, query.Limit(limits.MaxSubscriptionsPerPage)));

        var next = page.Count == 0
            ? null
            : new NextLink(Paths.Subscriptions(caller.Queue)).With("limit", limit).With("marker", $"{page[^1].Id:D}").ToString();

        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, page, (json, page) =>
        {
            json.WriteStartObject();
            json.WriteStartArray("subscriptions");
            foreach (var subscription in page)
                SubscriptionJson.Write(json, caller.Queue.ShownName, subscription);
            json.WriteEndArray();
            json.WriteStartArray("links");
            if (next is not null)
            {
                json.WriteStartObject();
                json.WriteString("rel", "next");
                json.WriteString("href", next);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
