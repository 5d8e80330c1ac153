using System.Globalization;
using System.Text.Json;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Transports;

/// <summary>Says it in HTTP.</summary>
internal sealed class RestDriver(HttpClient client) : IMessagingDriver
{
    public Differences Differences { get; } = new(ListOfMissingQueue: 200, StatsOfMissingQueue: 200, NoneOfMany: 404, UnconfirmedDuplicate: 201);

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    public async Task<int> CreateQueue(string queue, string? metadataJson) => (await client.Put(Queue(queue), metadataJson)).Status;

    public async Task<Result<JsonElement>> GetQueue(string queue) => Read(await client.Get(Queue(queue)), json => json);

    public async Task<Result<IReadOnlyList<SeenQueue>>> ListQueues(string? marker, long? limit, bool? detailed) =>
        Read(await client.Get("/v2/queues" + Query(("marker", marker), ("limit", limit), ("detailed", detailed))),
            json => All(json, "queues", queue => new SeenQueue(
                Text(queue, "name"), queue.TryGetProperty("metadata", out var metadata) ? metadata : null)));

    public async Task<int> DeleteQueue(string queue) => (await client.Delete(Queue(queue))).Status;

    public async Task<Result<SeenStats>> Stats(string queue) => Read(await client.Get($"{Queue(queue)}/stats"), json =>
    {
        var messages = json.GetProperty("messages");
        return new SeenStats(Number(messages, "claimed"), Number(messages, "free"), Number(messages, "total"), End("oldest"), End("newest"));

        string? End(string name) => messages.TryGetProperty(name, out var end) ? Text(end, "href").Split('/')[^1] : null;
    });

    public async Task<int> Purge(string queue, string? resourceTypesJson) =>
        (await client.Ask("POST", $"{Queue(queue)}/purge", resourceTypesJson is null ? null : Members(("resource_types", resourceTypesJson)))).Status;

    public async Task<Result<IReadOnlyList<string>>> Post(string queue, string messagesJson) =>
        Read(await client.Ask("POST", Messages(queue), Members(("messages", messagesJson))),
            json => All(json, "resources", path => path.GetString()!.Split('/')[^1]));

    public async Task<Result<IReadOnlyList<SeenMessage>>> List(
        string queue, string? marker, long? limit, bool? echo, bool? includeClaimed, bool? includeDelayed) =>
        Read(await client.Get(Messages(queue) + Query(("marker", marker), ("limit", limit), ("echo", echo),
            ("include_claimed", includeClaimed), ("include_delayed", includeDelayed))), MessagesIn);

    public async Task<Result<SeenMessage>> Get(string queue, string message) =>
        Read(await client.Get($"{Messages(queue)}/{message}"), Message);

    public async Task<Result<IReadOnlyList<SeenMessage>>> GetMany(string queue, IReadOnlyList<string> messages) =>
        Read(await client.Get(Messages(queue) + Ids(messages)), MessagesIn);

    public async Task<int> Delete(string queue, string message, string? claim) =>
        (await client.Delete($"{Messages(queue)}/{message}" + Query(("claim_id", claim)))).Status;

    public async Task<int> DeleteMany(string queue, IReadOnlyList<string> messages) =>
        (await client.Delete(Messages(queue) + Ids(messages))).Status;

    public async Task<Result<IReadOnlyList<SeenMessage>>> Pop(string queue, long count) =>
        Read(await client.Delete(Messages(queue) + Query(("pop", count))), MessagesIn);

    public async Task<Result<SeenClaim>> Claim(string queue, long? ttl, long? grace, long? limit)
    {
        var answer = await client.Ask("POST", $"{Queue(queue)}/claims" + Query(("limit", limit)), Members(("ttl", ttl), ("grace", grace)));
        return answer.Status == 204 ? new(204, new(null, [])) : Read(answer, json => new SeenClaim(answer.Location!.Split('/')[^1], MessagesIn(json)));
    }

    public async Task<Result<SeenClaim>> GetClaim(string queue, string claim) =>
        Read(await client.Get($"{Queue(queue)}/claims/{claim}"), json => new SeenClaim(claim, MessagesIn(json), Number(json, "ttl"), Number(json, "age")));

    public async Task<int> UpdateClaim(string queue, string claim, long? ttl, long? grace) =>
        (await client.Patch($"{Queue(queue)}/claims/{claim}", Members(("ttl", ttl), ("grace", grace)))).Status;

    public async Task<int> ReleaseClaim(string queue, string claim) => (await client.Delete($"{Queue(queue)}/claims/{claim}")).Status;

    public async Task<Result<string>> Subscribe(string queue, string subscriber, long? ttl, string? optionsJson) =>
        Read(await client.Ask("POST", Subscriptions(queue), Members(("subscriber", JsonSerializer.Serialize(subscriber)), ("ttl", ttl), ("options", optionsJson))),
            json => Text(json, "subscription_id"));

    public async Task<Result<IReadOnlyList<SeenSubscription>>> ListSubscriptions(string queue, string? marker, long? limit) =>
        Read(await client.Get(Subscriptions(queue) + Query(("marker", marker), ("limit", limit))), json => All(json, "subscriptions", Subscription));

    public async Task<Result<SeenSubscription>> GetSubscription(string queue, string subscription) =>
        Read(await client.Get($"{Subscriptions(queue)}/{subscription}"), Subscription);

    public async Task<int> Unsubscribe(string queue, string subscription) => (await client.Delete($"{Subscriptions(queue)}/{subscription}")).Status;

    private static string Queue(string name) => $"/v2/queues/{Uri.EscapeDataString(name)}";

    private static string Messages(string queue) => $"{Queue(queue)}/messages";

    private static string Subscriptions(string queue) => $"{Queue(queue)}/subscriptions";

    private static string Ids(IReadOnlyList<string> messages) => "?" + string.Join('&', messages.Select(id => "ids=" + id));

    private static string Query(params (string Name, object? Value)[] parameters)
    {
        var given = parameters.Where(parameter => parameter.Value is not null)
            .Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(Convert.ToString(parameter.Value, CultureInfo.InvariantCulture)!)}");
        return string.Join('&', given) is { Length: > 0 } query ? "?" + query : "";
    }

    private static string Members(params (string Name, object? Json)[] members)
    {
        var given = members.Where(member => member.Json is not null)
            .Select(member => string.Create(CultureInfo.InvariantCulture, $"\"{member.Name}\": {member.Json}"));
        return "{" + string.Join(", ", given) + "}";
    }

    private static Result<T> Read<T>(Answer answer, Func<JsonElement, T> value) =>
        answer.Status is 200 or 201 ? new(answer.Status, value(JsonDocument.Parse(answer.Body, new() { MaxDepth = 2_000 }).RootElement)) : new(answer.Status, default);

    private static IReadOnlyList<SeenMessage> MessagesIn(JsonElement json) => All(json, "messages", Message);

    private static SeenMessage Message(JsonElement message)
    {
        var claim = message.TryGetProperty("href", out var href) && href.GetString()!.Split("?claim_id=") is [_, var held] ? held : null;
        return new(Text(message, "id"), Number(message, "ttl"), Number(message, "age"), SeenMessage.Spelled(message.GetProperty("body")), claim);
    }

    private static SeenSubscription Subscription(JsonElement json) => new(
        Text(json, "id"), Text(json, "source"), Text(json, "subscriber"), Number(json, "ttl"), Number(json, "age"),
        SeenMessage.Spelled(json.GetProperty("options")), json.GetProperty("confirmed").GetBoolean());

    private static IReadOnlyList<T> All<T>(JsonElement json, string name, Func<JsonElement, T> one) =>
        [.. json.GetProperty(name).EnumerateArray().Select(one)];

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();
}
