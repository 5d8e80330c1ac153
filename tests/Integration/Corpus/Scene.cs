using System.Text.Json;
using FluentAssertions;
using Zaqar.Domain.Queues;
using Zaqar.Integration.Deliveries;
using Zaqar.Integration.Http;
using Zaqar.Integration.Pools;

namespace Zaqar.Integration.Corpus;

/// <summary>A queue with all that an operation's path names: what a right request is about.</summary>
/// <param name="Names">By the path parameters of the OpenAPI document.</param>
internal sealed record Scene(string Project, IReadOnlyDictionary<string, string> Names)
{
    /// <summary>Terms of a claim.</summary>
    public const string Claimed = """{"ttl": 300, "grace": 60}""";

    /// <summary>Null where the operation is about no queue.</summary>
    public string? Queue => Names.GetValueOrDefault("queue_name");

    /// <exception cref="NotSupportedException">A path names something that nobody knows how to make.</exception>
    public static async Task<Scene> Make(ZaqarService service, DocumentedOperation operation, string project)
    {
        using var owner = service.Client(project);
        var names = new Dictionary<string, string>();
        foreach (var name in operation.Names)
            names[name] = name switch
            {
                "queue_name" => await NewQueue(owner),
                "message_id" => (await owner.PostBodies(names["queue_name"], "1"))[0],
                "claim_id" => await owner.Claim(names["queue_name"], Claimed),
                "subscription_id" => await NewSubscription(owner, names["queue_name"]),
                "delivery_id" => (await service.Database.Waiting(new QueueId(project, names["queue_name"]), Guid.Parse(names["subscription_id"]))).ToString("D"),
                "pool_name" => await NewPool(owner),
                "flavor_name" => await NewFlavor(owner),
                _ => throw new NotSupportedException($"The corpus cannot ask {operation.Id}: nobody has told it how to make a {name}."),
            };

        // Deliveries are there once there is one.
        if (operation.Path.EndsWith("/deliveries", StringComparison.Ordinal))
            await service.Database.Waiting(new QueueId(project, names["queue_name"]), Guid.Parse(names["subscription_id"]));
        return new(project, names);
    }

    /// <summary>What can be seen of the queue and does not change by itself.</summary>
    public async Task<string> Seen(ZaqarService service)
    {
        if (Queue is null)
            return "";

        using var owner = service.Client(Project);
        var (metadata, stats, subscriptions) = (await owner.Get($"/v2/queues/{Queue}"), await owner.Get($"/v2/queues/{Queue}/stats"), await owner.Get($"/v2/queues/{Queue}/subscriptions"));
        var counts = Parsed(stats).GetProperty("messages");
        var subscribed = Parsed(subscriptions).GetProperty("subscriptions").EnumerateArray()
            .Select(one => $"{one.GetProperty("id")} {one.GetProperty("subscriber")} {one.GetProperty("ttl")} {one.GetProperty("options")} {one.GetProperty("confirmed")}");
        var claim = Names.TryGetValue("claim_id", out var id) ? await owner.Get($"/v2/queues/{Queue}/claims/{id}") : null;
        return $"""
            {metadata.Text}
            {counts.GetProperty("claimed")} claimed, {counts.GetProperty("free")} free
            {string.Join('\n', subscribed)}
            {(claim?.Status == 200 ? $"claimed for {Parsed(claim).GetProperty("ttl")}: {Parsed(claim).GetProperty("messages").GetArrayLength()}" : "")}
            """;
    }

    /// <summary>Which queues a project has.</summary>
    public static async Task<IReadOnlySet<string>> Queues(ZaqarService service, string project)
    {
        using var owner = service.Client(project);
        var names = new HashSet<string>();
        for (var href = "/v2/queues?limit=20"; ;)
        {
            var page = await owner.Get(href);
            page.Status.Should().Be(200, page.Text);
            var before = names.Count;
            names.UnionWith(page.Json.GetProperty("queues").EnumerateArray().Select(queue => queue.GetProperty("name").GetString()!));
            if (names.Count == before)
                return names;
            href = page.Json.GetProperty("links").EnumerateArray().First().GetProperty("href").GetString()!;
        }
    }

    // Deeper than most readers care to go.
    private static JsonElement Parsed(Answer answer) => JsonDocument.Parse(answer.Body, new JsonDocumentOptions { MaxDepth = 2000 }).RootElement;

    private static async Task<string> NewPool(HttpClient owner)
    {
        var name = $"corpus-{Guid.NewGuid():N}";
        var made = await owner.Ask("PUT", $"/v2/pools/{name}", $$"""{"uri": "postgresql://zaqar@127.0.0.1:1/{{name}}", "weight": 0}""", headers: PoolAdminService.Admin);
        made.Status.Should().Be(201, made.Text);
        return name;
    }

    private static async Task<string> NewFlavor(HttpClient owner)
    {
        var name = $"corpus-{Guid.NewGuid():N}";
        var made = await owner.Ask("PUT", $"/v2/flavors/{name}", $$"""{"pool_list": ["{{PooledCorpusService.Pool}}"]}""", headers: PoolAdminService.Admin);
        made.Status.Should().Be(201, made.Text);
        return name;
    }

    private static async Task<string> NewQueue(HttpClient owner)
    {
        var queue = Messaging.NewQueue();
        (await owner.Put($"/v2/queues/{queue}")).Status.Should().Be(201);
        await owner.PostBodies(queue, "1", "2");
        return queue;
    }

    private static async Task<string> NewSubscription(HttpClient owner, string queue)
    {
        var subscribed = await owner.Ask("POST", $"/v2/queues/{queue}/subscriptions", JsonSerializer.Serialize(new { subscriber = Subscribing.Hook }));
        subscribed.Status.Should().Be(201, subscribed.Text);
        return subscribed.Json.GetProperty("subscription_id").GetString()!;
    }
}
