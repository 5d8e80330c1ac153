using System.Globalization;
using System.Text.Json;
using FluentAssertions;
using Zaqar.Api.WebSockets;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Corpus;

/// <summary>A queue with what an action is about, and right requests about it.</summary>
internal sealed record FrameScene(string Project, string Queue, string MessageId, string ClaimId, string SubscriptionId)
{
    private static int _number;

    public static async Task<FrameScene> Make(ZaqarService service, string project)
    {
        using var owner = service.Client(project);
        var queue = Messaging.NewQueue();
        (await owner.Put($"/v2/queues/{queue}")).Status.Should().Be(201);
        await owner.PostBodies(queue, "1", "2");
        var claim = await owner.Claim(queue, Scene.Claimed);
        var message = (await owner.PostBodies(queue, "3", "4"))[0];
        var subscribed = await owner.Ask("POST", $"/v2/queues/{queue}/subscriptions", JsonSerializer.Serialize(new { subscriber = Subscribing.Hook }));
        subscribed.Status.Should().Be(201, subscribed.Text);
        return new(project, queue, message, claim, subscribed.Json.GetProperty("subscription_id").GetString()!);
    }

    /// <summary>Members of a right body: all that an action takes and that go together.</summary>
    private static IEnumerable<string> MembersOf(ApiAction action) =>
        action.Required.Concat(action.Optional.Contains("pop") ? ["pop"] : action.Optional.Where(name => name != "claim_id"));

    /// <summary>A right request as JSON, but for one member of its body.</summary>
    /// <param name="json">The member's value; null leaves it away.</param>
    public string Request(ApiAction action, string member = "", string? json = null) => Envelope(
        $"\"{action.Name}\"", Headers(),
        $"{{{string.Join(", ", MembersOf(action).Where(name => name != member).Select(name => $"\"{name}\": {Right(name)}").Concat(json is null ? [] : [$"\"{member}\": {json}"]))}}}");

    public static string Envelope(string action, string headers, string body) => $$"""{"action": {{action}}, "headers": {{headers}}, "body": {{body}}}""";

    /// <summary>Right headers, but for one of them.</summary>
    public string Headers(string name = "", string? json = null)
    {
        var headers = new Dictionary<string, string> { ["Client-ID"] = "\"3381af92-2b9e-11e3-b191-71861300734c\"", ["X-Project-ID"] = $"\"{Project}\"" };
        headers.Remove(name);
        return $"{{{string.Join(", ", headers.Select(header => $"\"{header.Key}\": {header.Value}").Concat(json is null ? [] : [$"\"{name}\": {json}"]))}}}";
    }

    private string Right(string member) => member switch
    {
        "queue_name" => $"\"{Queue}\"",
        "message_id" or "marker" => $"\"{MessageId}\"",
        "message_ids" => $"[\"{MessageId}\"]",
        "claim_id" => $"\"{ClaimId}\"",
        "subscription_id" => $"\"{SubscriptionId}\"",
        "limit" or "pop" => "2",
        "detailed" or "echo" or "include_claimed" or "include_delayed" => "true",
        "metadata" or "options" => "{\"of\": \"corpus\"}",
        "resource_types" => "[\"messages\"]",
        "messages" => "[{\"body\": 1, \"ttl\": 300}]",
        "ttl" => "300",
        "grace" => "60",
        "subscriber" => string.Create(CultureInfo.InvariantCulture, $"\"http://subscriber.example.com/{Interlocked.Increment(ref _number)}\""),
        _ => throw new NotSupportedException($"The corpus cannot ask with {member}: nobody has told it what a right one is."),
    };
}
