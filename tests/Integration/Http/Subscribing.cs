using FluentAssertions;

namespace Zaqar.Integration.Http;

/// <summary>The requests about subscriptions that most tests make.</summary>
internal static class Subscribing
{
    public const string Hook = "http://example.com/hook";

    /// <summary>Subscribes and answers the id.</summary>
    /// <param name="ttl">Seconds; null leaves it to the service.</param>
    public static async Task<string> Subscribe(
        this HttpClient client, string queue, string subscriber = Hook, int? ttl = 3600, string? options = null)
    {
        var created = await client.Post($"/v2/queues/{queue}/subscriptions",
            $$"""{"subscriber": "{{subscriber}}"{{(ttl is null ? "" : $", \"ttl\": {ttl}")}}{{(options is null ? "" : $", \"options\": {options}")}}}""");
        created.Status.Should().Be(201, created.Text);
        return created.Json.GetProperty("subscription_id").GetString()!;
    }

    public static async Task Confirm(this HttpClient client, string queue, string id, bool confirmed = true) =>
        (await client.Put($"/v2/queues/{queue}/subscriptions/{id}/confirm", $$"""{"confirmed": {{(confirmed ? "true" : "false")}}}""")).ShouldBeEmpty(204);

    /// <summary>One page of at most 20.</summary>
    public static async Task<string[]> Subscriptions(this HttpClient client, string queue) =>
        SubscriptionIds(await client.Get($"/v2/queues/{queue}/subscriptions?limit=20"));

    public static string[] SubscriptionIds(Answer page) =>
        [.. page.Json.GetProperty("subscriptions").EnumerateArray().Select(subscription => subscription.GetProperty("id").GetString()!)];
}
