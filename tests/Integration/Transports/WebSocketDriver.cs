using System.Globalization;
using System.Text.Json;
using Zaqar.Integration.WebSockets;

namespace Zaqar.Integration.Transports;

/// <summary>Says it in frames of the connection's kind.</summary>
internal sealed class WebSocketDriver(SocketClient socket) : IMessagingDriver
{
    public Differences Differences { get; } = new(ListOfMissingQueue: 404, StatsOfMissingQueue: 404, NoneOfMany: 200, UnconfirmedDuplicate: 409);

    public ValueTask DisposeAsync() => socket.DisposeAsync();

    public async Task<int> CreateQueue(string queue, string? metadataJson) => (await Ask("queue_create", queue, ("metadata", metadataJson))).Status;

    public async Task<Result<JsonElement>> GetQueue(string queue) => Read(await Ask("queue_get", queue), json => json);

    public async Task<Result<IReadOnlyList<SeenQueue>>> ListQueues(string? marker, long? limit, bool? detailed) =>
        Read(await Ask("queue_list", null, ("marker", Json(marker)), ("limit", limit), ("detailed", Json(detailed))),
            json => All(json, "queues", queue => new SeenQueue(
                Text(queue, "name"), queue.TryGetProperty("metadata", out var metadata) ? metadata : null)));

    public async Task<int> DeleteQueue(string queue) => (await Ask("queue_delete", queue)).Status;

    public async Task<Result<SeenStats>> Stats(string queue) => Read(await Ask("queue_get_stats", queue), json =>
    {
        var messages = json.GetProperty("messages");
        return new SeenStats(Number(messages, "claimed"), Number(messages, "free"), Number(messages, "total"), End("oldest"), End("newest"));

        string? End(string name) => messages.TryGetProperty(name, out var end) ? Text(end, "id") : null;
    });

    public async Task<int> Purge(string queue, string? resourceTypesJson) =>
        (await Ask("queue_purge", queue, ("resource_types", resourceTypesJson))).Status;

    public async Task<Result<IReadOnlyList<string>>> Post(string queue, string messagesJson) =>
        Read(await Ask("message_post", queue, ("messages", messagesJson)), json => All(json, "message_ids", id => id.GetString()!));

    public async Task<Result<IReadOnlyList<SeenMessage>>> List(
        string queue, string? marker, long? limit, bool? echo, bool? includeClaimed, bool? includeDelayed) =>
        Read(await Ask("message_list", queue, ("marker", Json(marker)), ("limit", limit), ("echo", Json(echo)),
            ("include_claimed", Json(includeClaimed)), ("include_delayed", Json(includeDelayed))), MessagesIn);

    public async Task<Result<SeenMessage>> Get(string queue, string message) =>
        Read(await Ask("message_get", queue, ("message_id", Json(message))), json => Message(json.GetProperty("messages")));

    public async Task<Result<IReadOnlyList<SeenMessage>>> GetMany(string queue, IReadOnlyList<string> messages) =>
        Read(await Ask("message_get_many", queue, ("message_ids", Json(messages))), MessagesIn);

    public async Task<int> Delete(string queue, string message, string? claim) =>
        (await Ask("message_delete", queue, ("message_id", Json(message)), ("claim_id", Json(claim)))).Status;

    public async Task<int> DeleteMany(string queue, IReadOnlyList<string> messages) =>
        (await Ask("message_delete_many", queue, ("message_ids", Json(messages)))).Status;

    public async Task<Result<IReadOnlyList<SeenMessage>>> Pop(string queue, long count) =>
        Read(await Ask("message_delete_many", queue, ("pop", count)), MessagesIn);

    public async Task<Result<SeenClaim>> Claim(string queue, long? ttl, long? grace, long? limit)
    {
        var reply = await Ask("claim_create", queue, ("ttl", ttl), ("grace", grace), ("limit", limit));
        return reply.Status == 204 ? new(204, new(null, [])) : Read(reply, json => new SeenClaim(Text(json, "claim_id"), MessagesIn(json)));
    }

    public async Task<Result<SeenClaim>> GetClaim(string queue, string claim) =>
        Read(await Ask("claim_get", queue, ("claim_id", Json(claim))),
            json => new SeenClaim(claim, MessagesIn(json), Number(json, "ttl"), Number(json, "age")));

    public async Task<int> UpdateClaim(string queue, string claim, long? ttl, long? grace) =>
        (await Ask("claim_update", queue, ("claim_id", Json(claim)), ("ttl", ttl), ("grace", grace))).Status;

    public async Task<int> ReleaseClaim(string queue, string claim) => (await Ask("claim_delete", queue, ("claim_id", Json(claim)))).Status;

    public async Task<Result<string>> Subscribe(string queue, string subscriber, long? ttl, string? optionsJson) =>
        Read(await Ask("subscription_create", queue, ("subscriber", Json(subscriber)), ("ttl", ttl), ("options", optionsJson)),
            json => Text(json, "subscription_id"));

    public async Task<Result<IReadOnlyList<SeenSubscription>>> ListSubscriptions(string queue, string? marker, long? limit) =>
        Read(await Ask("subscription_list", queue, ("marker", Json(marker)), ("limit", limit)), json => All(json, "subscriptions", Subscription));

    public async Task<Result<SeenSubscription>> GetSubscription(string queue, string subscription) =>
        Read(await Ask("subscription_get", queue, ("subscription_id", Json(subscription))), Subscription);

    public async Task<int> Unsubscribe(string queue, string subscription) =>
        (await Ask("subscription_delete", queue, ("subscription_id", Json(subscription)))).Status;

    private Task<Frame> Ask(string action, string? queue, params (string Name, object? Json)[] members)
    {
        var given = members.Prepend(("queue_name", Json(queue))).Where(member => member.Json is not null)
            .Select(member => string.Create(CultureInfo.InvariantCulture, $"\"{member.Name}\": {member.Json}"));
        return socket.Ask(action, "{" + string.Join(", ", given) + "}");
    }

    private static string? Json(object? value) => value is null ? null : JsonSerializer.Serialize(value);

    private static Result<T> Read<T>(Frame reply, Func<JsonElement, T> value) =>
        reply.Status is 200 or 201 ? new(reply.Status, value(reply.Body)) : new(reply.Status, default);

    private static IReadOnlyList<SeenMessage> MessagesIn(JsonElement json) => All(json, "messages", Message);

    private static SeenMessage Message(JsonElement message) => new(
        Text(message, "id"), Number(message, "ttl"), Number(message, "age"), SeenMessage.Spelled(message.GetProperty("body")),
        message.GetProperty("claim_id").GetString());

    private static SeenSubscription Subscription(JsonElement json) => new(
        Text(json, "id"), Text(json, "source"), Text(json, "subscriber"), Number(json, "ttl"), Number(json, "age"),
        SeenMessage.Spelled(json.GetProperty("options")), json.GetProperty("confirmed").GetBoolean());

    private static IReadOnlyList<T> All<T>(JsonElement json, string name, Func<JsonElement, T> one) =>
        [.. json.GetProperty(name).EnumerateArray().Select(one)];

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();
}
