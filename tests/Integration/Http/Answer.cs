using System.Net;
using System.Text;
using System.Text.Json;
using FluentAssertions;

namespace Zaqar.Integration.Http;

/// <summary>What came back: status, headers, body.</summary>
internal sealed record Answer(HttpStatusCode Code, HttpResponseMessage Response, byte[] Body)
{
    public int Status => (int)Code;

    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string? Title => Json.GetProperty("title").GetString();

    public string? Location => Header("Location");

    /// <summary>Values joined by a comma; null when absent.</summary>
    public string? Header(string name) =>
        Response.Headers.TryGetValues(name, out var values) || Response.Content.Headers.TryGetValues(name, out values)
            ? string.Join(", ", values) : null;

    /// <summary>Says that it is the API's error document, and which.</summary>
    public void ShouldBe(int status, string title)
    {
        Status.Should().Be(status, Text);
        Header("Content-Type").Should().Be("application/json", Text);
        Header("Vary").Should().Be("Accept");
        Title.Should().Be(title, Text);
        Json.EnumerateObject().Select(member => member.Name).Should().BeSubsetOf(["title", "description"]);
    }

    /// <summary>Says that it has this status and no body.</summary>
    public void ShouldBeEmpty(int status)
    {
        Status.Should().Be(status, Text);
        Text.Should().BeEmpty();
    }
}

internal static class HttpCalls
{
    public const string PatchType = "application/openstack-messaging-v2.0-json-patch";

    public static Task<Answer> Get(this HttpClient client, string path, params (string Name, string Value)[] headers) =>
        client.Ask("GET", path, null, null, headers);

    public static Task<Answer> Head(this HttpClient client, string path) => client.Ask("HEAD", path);

    public static Task<Answer> Delete(this HttpClient client, string path) => client.Ask("DELETE", path);

    public static Task<Answer> Put(this HttpClient client, string path, string? body = null) => client.Ask("PUT", path, body);

    public static Task<Answer> Post(this HttpClient client, string path, string? body = null) => client.Ask("POST", path, body);

    public static Task<Answer> Patch(this HttpClient client, string path, string? body, string contentType = "application/json") =>
        client.Ask("PATCH", path, body, contentType);

    /// <param name="body">Null sends none.</param>
    public static Task<Answer> Ask(
        this HttpClient client, string method, string path, string? body = null, string? contentType = "application/json",
        params (string Name, string Value)[] headers) =>
        client.Send(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), contentType, headers);

    public static async Task<Answer> Send(
        this HttpClient client, string method, string path, byte[]? body, string? contentType = "application/json",
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (contentType is not null)
                request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        foreach (var (name, value) in headers)
        {
            if (client.DefaultRequestHeaders.Contains(name))
                request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request);
        return new(response.StatusCode, response, await response.Content.ReadAsByteArrayAsync());
    }

    /// <summary>Posts bodies one message each and answers their ids.</summary>
    public static async Task<string[]> PostBodies(this HttpClient client, string queue, params string[] bodies)
    {
        var posted = await client.Post($"/v2/queues/{queue}/messages",
            $$"""{"messages": [{{string.Join(", ", bodies.Select(body => $$"""{"body": {{body}}}"""))}}]}""");
        posted.Status.Should().Be(201, posted.Text);
        return [.. posted.Json.GetProperty("resources").EnumerateArray().Select(path => path.GetString()!.Split('/')[^1])];
    }

    /// <summary>Claims up to ten messages and answers the claim's id.</summary>
    public static async Task<string> Claim(this HttpClient client, string queue, string body = """{"ttl": 100, "grace": 100}""")
    {
        var claimed = await client.Post($"/v2/queues/{queue}/claims", body);
        claimed.Status.Should().Be(201, claimed.Text);
        return claimed.Location!.Split('/')[^1];
    }

    /// <summary>Ids in a listing, in order.</summary>
    public static string[] Ids(this Answer answer) =>
        [.. answer.Json.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("id").GetString()!)];

    /// <summary>Raw bodies in a listing, in order.</summary>
    public static string[] Bodies(this Answer answer) =>
        [.. answer.Json.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("body").GetRawText())];

    public static string[] Keys(this JsonElement json) => [.. json.EnumerateObject().Select(member => member.Name)];
}
