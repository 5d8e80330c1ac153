using System.Text.Json;
using FluentAssertions;
using Zaqar.Domain.Queues;
using Zaqar.Integration.Deliveries;
using Zaqar.Integration.Http;
using Zaqar.Integration.Pools;

namespace Zaqar.Integration.Corpus;

/// <summary>A queue, or a topic, with all that an operation's path names: what a right request is about.</summary>
/// <param name="Names">By the path parameters of the OpenAPI document.</param>
internal sealed record Scene(string Project, IReadOnlyDictionary<string, string> Names)
{
    /// <summary>Terms of a claim.</summary>
    public const string Claimed = """{"ttl": 300, "grace": 60}""";

    /// <summary>Null where the operation is about no queue and no topic.</summary>
    public string? Path =>
        Names.TryGetValue("queue_name", out var queue) ? $"/v2/queues/{queue}" : Names.TryGetValue("topic_name", out var topic) ? $"/v2/topics/{topic}" : null;

    /// <exception cref="NotSupportedException">A path names something that nobody knows how to make.</exception>
    public static async Task<Scene> Make(ZaqarService service, DocumentedOperation operation, string project)
    {
        using var owner = service.Client(project);
        var names = new Dictionary<string, string>();
        var scene = new Scene(project, names);
        foreach (var name in operation.Names)
        {
            if (name is "queue_name" or "topic_name")
            {
                names[name] = Messaging.NewQueue();
                (await owner.Put(scene.Path!)).Status.Should().Be(201);
                await Post(owner, scene.Path!, "1", "2");
                continue;
            }

            names[name] = name switch
            {
                "message_id" => await Post(owner, scene.Path!, "1"),
                "claim_id" => await owner.Claim(names["queue_name"], Claimed),
                "subscription_id" => await NewSubscription(owner, scene.Path!),
                "delivery_id" => (await service.Database.Waiting(scene.Id, Guid.Parse(names["subscription_id"]))).ToString("D"),
                "pool_name" => await NewPool(owner),
                "flavor_name" => await NewFlavor(owner),
                _ => throw new NotSupportedException($"The corpus cannot ask {operation.Id}: nobody has told it how to make a {name}."),
            };
        }

        // Deliveries are there once there is one.
        if (operation.Path.EndsWith("/deliveries", StringComparison.Ordinal))
            await service.Database.Waiting(scene.Id, Guid.Parse(names["subscription_id"]));
        return scene;
    }

    /// <summary>What can be seen of it and does not change by itself.</summary>
    public async Task<string> Seen(ZaqarService service)
    {
        if (Path is null)
            return "";

        using var owner = service.Client(Project);
        var (metadata, stats, subscriptions) = (await owner.Get(Path), await owner.Get($"{Path}/stats"), await owner.Get($"{Path}/subscriptions"));
        var counts = Parsed(stats).GetProperty("messages");
        var subscribed = Parsed(subscriptions).GetProperty("subscriptions").EnumerateArray()
            .Select(one => $"{one.GetProperty("id")} {one.GetProperty("subscriber")} {one.GetProperty("ttl")} {one.GetProperty("options")} {one.GetProperty("confirmed")}");
        var claim = Names.TryGetValue("claim_id", out var id) ? await owner.Get($"{Path}/claims/{id}") : null;
        return $"""
            {metadata.Text}
            {counts.GetProperty("total")} messages, {(counts.TryGetProperty("claimed", out var claimed) ? claimed.GetInt64() : 0)} claimed
            {string.Join('\n', subscribed)}
            {(claim?.Status == 200 ? $"claimed for {Parsed(claim).GetProperty("ttl")}: {Parsed(claim).GetProperty("messages").GetArrayLength()}" : "")}
            """;
    }

    /// <summary>Paths of the queues and topics that a project has.</summary>
    public static async Task<IReadOnlySet<string>> Paths(ZaqarService service, string project) =>
        (await Paths(service, project, "queues")).Concat(await Paths(service, project, "topics")).ToHashSet();

    private QueueId Id => Names.TryGetValue("topic_name", out var topic) ? QueueId.OfTopic(Project, topic) : new(Project, Names["queue_name"]);

    private static async Task<IReadOnlySet<string>> Paths(ZaqarService service, string project, string kind)
    {
        using var owner = service.Client(project);
        var paths = new HashSet<string>();
        for (var href = $"/v2/{kind}?limit=20"; ;)
        {
            var page = await owner.Get(href);
            page.Status.Should().Be(200, page.Text);
            var before = paths.Count;
            paths.UnionWith(page.Json.GetProperty(kind).EnumerateArray().Select(one => one.GetProperty("href").GetString()!));
            if (paths.Count == before)
                return paths;
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

    /// <returns>The first one's id.</returns>
    private static async Task<string> Post(HttpClient owner, string path, params string[] bodies)
    {
        var posted = await owner.Ask("POST", $"{path}/messages", $$"""{"messages": [{{string.Join(", ", bodies.Select(body => $$"""{"body": {{body}}}"""))}}]}""");
        posted.Status.Should().Be(201, posted.Text);
        return posted.Json.GetProperty("resources")[0].GetString()!.Split('/')[^1];
    }

    private static async Task<string> NewSubscription(HttpClient owner, string path)
    {
        var subscribed = await owner.Ask("POST", $"{path}/subscriptions", JsonSerializer.Serialize(new { subscriber = Subscribing.Hook }));
        subscribed.Status.Should().Be(201, subscribed.Text);
        return subscribed.Json.GetProperty("subscription_id").GetString()!;
    }
}
