using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FluentAssertions;

namespace Zaqar.Integration;

/// <summary>The requests that most tests make, and what they read from the answers.</summary>
internal static class Messaging
{
    internal static string NewQueue() => $"queue-{Guid.NewGuid():N}";

    /// <summary>Posts one message per body; answers their ids.</summary>
    internal static async Task<IReadOnlyList<string>> Post(this HttpClient client, string queue, params object[] bodies)
    {
        var response = await client.PostAsJsonAsync($"/v2/queues/{queue}/messages",
            new { messages = bodies.Select(body => new { body, ttl = 3600 }) });
        response.StatusCode.Should().Be(HttpStatusCode.Created);
        var document = await response.Content.ReadFromJsonAsync<JsonElement>();
        return [.. document.GetProperty("resources").EnumerateArray().Select(path => path.GetString()!.Split('/')[^1])];
    }

    /// <summary>One page of a listing.</summary>
    internal static async Task<Page> List(this HttpClient client, string queue, string query = "echo=true")
    {
        var document = await client.GetFromJsonAsync<JsonElement>($"/v2/queues/{queue}/messages?{query}");
        var links = document.GetProperty("links");
        return new(Messages(document), links.GetArrayLength() == 0 ? null : links[0].GetProperty("href").GetString());
    }

    /// <summary>Follows a listing's links until a page is empty.</summary>
    internal static async Task<IReadOnlyList<Message>> ListAll(this HttpClient client, string queue, string query = "echo=true&limit=20")
    {
        var all = new List<Message>();
        for (var page = await client.List(queue, query); page.Next is { } next;)
        {
            all.AddRange(page.Messages);
            var document = await client.GetFromJsonAsync<JsonElement>(next);
            var links = document.GetProperty("links");
            page = new(Messages(document), links.GetArrayLength() == 0 ? null : links[0].GetProperty("href").GetString());
        }

        return all;
    }

    /// <summary>Claims; null when there was nothing.</summary>
    internal static async Task<Claim?> Claim(this HttpClient client, string queue, int limit = 10, int ttl = 300, int grace = 60, string query = "")
    {
        var response = await client.PostAsJsonAsync($"/v2/queues/{queue}/claims?limit={limit}{query}", new { ttl, grace });
        if (response.StatusCode == HttpStatusCode.NoContent)
            return null;

        response.StatusCode.Should().Be(HttpStatusCode.Created);
        var document = await response.Content.ReadFromJsonAsync<JsonElement>();
        return new(response.Headers.Location!.OriginalString.Split('/')[^1], Messages(document));
    }

    internal static async Task Delete(this HttpClient client, Message message) =>
        (await client.DeleteAsync(message.Href)).StatusCode.Should().Be(HttpStatusCode.NoContent);

    private static IReadOnlyList<Message> Messages(JsonElement document) =>
    [
        .. document.GetProperty("messages").EnumerateArray().Select(message => new Message(
            message.GetProperty("id").GetString()!, message.GetProperty("href").GetString()!, message.GetProperty("body").GetRawText(),
            message.GetProperty("ttl").GetInt64(), message.GetProperty("age").GetInt64())),
    ];
}

/// <param name="Next">Path of the following page; null when this one is empty.</param>
internal sealed record Page(IReadOnlyList<Message> Messages, string? Next);

/// <param name="Body">The JSON as it came.</param>
internal sealed record Message(string Id, string Href, string Body, long Ttl, long Age);

internal sealed record Claim(string Id, IReadOnlyList<Message> Messages);
