using System.Text.Json;
using FluentAssertions;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Notifications;

/// <summary>The requests of a subscription's owner, and what it reads of its delivery log.</summary>
internal static class OwnersRequests
{
    private static readonly JsonSerializerOptions _snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Subscribes and answers the subscription's id.</summary>
    /// <param name="options">Written as JSON; none unless given.</param>
    /// <param name="ttl">Seconds.</param>
    internal static async Task<Guid> SubscribeTo(this HttpClient client, string queue, string subscriber, object? options = null, long ttl = 86_400)
    {
        var answer = await client.Ask("POST", $"/v2/queues/{queue}/subscriptions", JsonSerializer.Serialize(new { subscriber, ttl, options = options ?? new { } }));
        answer.Status.Should().Be(201, answer.Text);
        return answer.Json.GetProperty("subscription_id").GetGuid();
    }

    /// <summary>The subscription as its owner sees it.</summary>
    internal static Task<Answer> Subscription(this HttpClient client, string queue, Guid subscription) =>
        client.Get($"/v2/queues/{queue}/subscriptions/{subscription}");

    internal static async Task Unsubscribe(this HttpClient client, string queue, Guid subscription) =>
        (await client.Delete($"/v2/queues/{queue}/subscriptions/{subscription}")).ShouldBeEmpty(204);

    /// <summary>Path of a subscription's delivery log.</summary>
    internal static string LogOf(string queue, Guid subscription) => $"/v2/queues/{queue}/subscriptions/{subscription}/deliveries";

    /// <summary>One page of the delivery log.</summary>
    internal static async Task<IReadOnlyList<Entry>> Log(this HttpClient client, string queue, Guid subscription, string query = "limit=20")
    {
        var answer = await client.Get($"{LogOf(queue, subscription)}?{query}");
        answer.Status.Should().Be(200, answer.Text);
        return [.. answer.Json.GetProperty("deliveries").Deserialize<IEnumerable<Entry>>(_snake)!];
    }

    /// <summary>Waits until the log of a subscription with one delivery says what is expected of it.</summary>
    internal static async Task<Entry> Delivery(this HttpClient client, string queue, Guid subscription, Func<Entry, bool> condition, string expectation) =>
        (await Eventually.Holds(() => client.Log(queue, subscription), log => log.Count == 1 && condition(log[0]), expectation))[0];
}

/// <summary>An entry of the delivery log. Times are to the millisecond.</summary>
internal sealed record Entry(
    Guid Id, string Kind, string? MessageId, string Status, int Attempts, DateTimeOffset CreatedAt, DateTimeOffset? NextAttemptAt,
    DateTimeOffset? LastAttemptAt, DateTimeOffset? EndedAt, int? LastStatus, string? LastReason, int? LatencyMs)
{
    /// <summary>From the last attempt to the next.</summary>
    public TimeSpan? Wait => NextAttemptAt - LastAttemptAt;
}
