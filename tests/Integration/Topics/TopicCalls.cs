using FluentAssertions;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Topics;

/// <summary>The requests about topics that most tests make.</summary>
internal static class TopicCalls
{
    /// <summary>Posts bodies one message each and answers their ids.</summary>
    public static async Task<string[]> Publish(this HttpClient client, string topic, params string[] bodies)
    {
        var posted = await client.Ask("POST", $"/v2/topics/{topic}/messages",
            $$"""{"messages": [{{string.Join(", ", bodies.Select(body => $$"""{"body": {{body}}}"""))}}]}""");
        posted.Status.Should().Be(201, posted.Text);
        return [.. posted.Json.GetProperty("resources").EnumerateArray().Select(path => path.GetString()!.Split('/')[^1])];
    }

    /// <summary>Bodies of what a topic holds, at most 20.</summary>
    public static async Task<string[]> Published(this HttpClient client, string topic) =>
        (await client.Get($"/v2/topics/{topic}/messages?echo=true&limit=20")).Bodies();

    /// <summary>Subscribes and answers the id.</summary>
    public static async Task<string> SubscribeToTopic(this HttpClient client, string topic, string subscriber = Subscribing.Hook)
    {
        var created = await client.Ask("POST", $"/v2/topics/{topic}/subscriptions", $$"""{"subscriber": "{{subscriber}}", "ttl": 3600}""");
        created.Status.Should().Be(201, created.Text);
        return created.Json.GetProperty("subscription_id").GetString()!;
    }

    /// <summary>Where a page's link leads; null without one.</summary>
    public static string? Next(this Answer page) =>
        page.Json.GetProperty("links").EnumerateArray().Select(link => link.GetProperty("href").GetString()).SingleOrDefault();
}
