using System.Globalization;
using System.Text.Json;
using MediatR;
using Zaqar.Api.Errors;
using Zaqar.Api.Requests;
using Zaqar.Api.Responses;
using Zaqar.Api.Routing;
using Zaqar.Application.Deliveries;
using Zaqar.Domain;

namespace Zaqar.Api.Deliveries;

/// <summary><c>GET /v2/queues/Q/subscriptions/S/deliveries</c>: 200, a page of what became of the deliveries to a subscription; else 404.</summary>
/// <remarks>The page outlives its subscription for as long as deliveries are remembered.</remarks>
internal sealed class ListDeliveriesEndpoint(IMediator mediator, Limits limits) : IEndpoint
{
    // Greater than any id, so that nothing comes after it.
    private static readonly Guid _end = Guid.AllBitsSet;

    public async Task Handle(HttpContext context, Caller caller)
    {
        var query = Query.Of(context);
        var status = query.Text("status");
        var marker = query.Text("marker");
        var limit = query.Integer("limit");
        var asked = new ListDeliveries(
            caller.Queue, DeliveryIds.Read(caller.Item), StatusOf(status), After(marker), query.Limit(limits.MaxSubscriptionsPerPage));

        var page = await mediator.Send(asked) ?? throw new SubscriptionForgotten(caller.Item);

        var next = page.Count == 0 ? null : new NextLink(Paths.Deliveries(caller.Queue, asked.Subscription))
            .With("limit", limit).With("status", status).With("marker", page[^1].Id.ToString("D")).ToString();
        await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, (page, next), Write);
    }

    private static DeliveryStatus? StatusOf(string? text) => text switch
    {
        null => null,
        "waiting" => DeliveryStatus.Waiting,
        "delivered" => DeliveryStatus.Delivered,
        "failed" => DeliveryStatus.Failed,
        _ => throw new ParameterInvalid("status", "waiting, delivered or failed"),
    };

    private static Guid? After(string? marker) =>
        marker is null ? null : DeliveryIds.Read(marker) is var id && id != Guid.Empty ? id : _end;

    private static void Write(Utf8JsonWriter json, (IReadOnlyList<DeliveryView> Deliveries, string? Next) page)
    {
        json.WriteStartObject();
        json.WriteStartArray("deliveries");
        foreach (var delivery in page.Deliveries)
            Write(json, delivery);

        json.WriteEndArray();
        json.WriteStartArray("links");
        if (page.Next is not null)
        {
            json.WriteStartObject();
            json.WriteString("rel", "next");
            json.WriteString("href", page.Next);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, DeliveryView delivery)
    {
        json.WriteStartObject();
        json.WriteString("id", delivery.Id);
        json.WriteString("kind", delivery.Kind);
        json.WriteString("message_id", delivery.MessageId?.ToString("D"));
        json.WriteString("status", delivery.Status);
        json.WriteNumber("attempts", delivery.Attempts);
        Instant("created_at", delivery.CreatedAt);
        Instant("next_attempt_at", delivery.NextAttemptAt);
        Instant("last_attempt_at", delivery.LastAttemptAt);
        Instant("ended_at", delivery.EndedAt);
        Number("last_status", delivery.LastStatus);
        json.WriteString("last_reason", delivery.LastReason);
        Number("latency_ms", delivery.LatencyMs);
        json.WriteEndObject();

        void Instant(string name, DateTimeOffset? at) =>
            json.WriteString(name, at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));

        void Number(string name, int? number)
        {
            if (number is { } given)
                json.WriteNumber(name, given);
            else
                json.WriteNull(name);
        }
    }
}
