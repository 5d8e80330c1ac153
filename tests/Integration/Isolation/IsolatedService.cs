using System.Collections.Concurrent;
using System.Text.Json;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Zaqar.Application.Pools;
using Zaqar.Domain.Queues;
using Zaqar.Integration.Deliveries;
using Zaqar.Integration.Http;
using Zaqar.Integration.Identity;
using Zaqar.Integration.Pools;
using Zaqar.Integration.Postgres;

namespace Zaqar.Integration.Isolation;

/// <summary>
/// A service that asks Keystone and signs URLs, a project that everybody is after, and any number of strangers. Each of them has one of
/// everything in a queue of the same name, and beside it in a topic of that name; the one that they are after has it in a queue and a topic of its own, too.
/// </summary>
public sealed class IsolatedService : KeystoneService
{
    /// <summary>Signs URLs.</summary>
    internal const string Key = "a key of these tests' own";

    /// <summary>Which client all of them are: that is no secret and no matter of isolation.</summary>
    internal const string ClientId = "3381af92-2b9e-11e3-b191-71861300734c";

    private const string SharedName = "shared-000000000000";
    private const int Batch = 40;

    private readonly ConcurrentQueue<Tenant> _strangers = [];
    private readonly string _policy = TestDirectory.New();

    /// <summary>The project whose things nobody else may see or change.</summary>
    internal Tenant Victim { get; private set; } = null!;

    /// <summary>What it has in a queue and a topic that only it has.</summary>
    internal Belongings Alone { get; private set; } = null!;

    internal BadTokens BadTokens { get; private set; } = null!;

    protected override IReadOnlyList<string> Settings =>
        [.. base.Settings, $"--Zaqar:SignedUrl:SecretKey={Key}", "--Zaqar:AdminMode=true", $"--Zaqar:Policy:File={_policy}",
            "--Zaqar:Pooling=true", "--Zaqar:PoolingCatalog:EnableVirtualPool=true"];

    public override async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(_policy, Roles.Policy());
        await base.InitializeAsync();

        var project = NewProject();
        var token = Keystone.Give(project);
        await MakePools(Keystone.Give(project, roles: ["admin"]));
        var made = await Make([(project, token, SharedName), (project, token, $"alone-{Guid.NewGuid().ToString("N")[..12]}")]);
        (Victim, Alone) = (made[0], made[1].Has);
        BadTokens = new(Keystone, Victim);
    }

    // Pools are no project's, so nothing of theirs is anybody's; and none gets a queue.
    protected override void Configure(IServiceCollection services)
    {
        base.Configure(services);
        services.AddSingleton<IPoolDatabases, PoolAdminService.EveryDatabase>();
    }

    private async Task MakePools(string token)
    {
        using var http = new HttpClient { BaseAddress = Address };
        foreach (var name in new[] { RouteRecipes.Pool, RouteRecipes.FlavoredPool })
            await Ask(http, token, "PUT", $"/v2/pools/{name}", $$"""{"uri": "postgresql://zaqar@127.0.0.1:1/{{name}}", "weight": 0}""");
    }

    /// <summary>Another project, which has one of everything that nothing has been done to.</summary>
    internal async Task<Tenant> Stranger()
    {
        if (_strangers.IsEmpty)
            foreach (var stranger in await Make([.. Enumerable.Range(0, Batch).Select(_ => NewProject()).Select(project => (project, Keystone.Give(project), SharedName))]))
                _strangers.Enqueue(stranger);

        return _strangers.TryDequeue(out var next) ? next : throw new InvalidOperationException("Strangers are asked for by one test at a time.");
    }

    /// <summary>All that a project has, as one text per table.</summary>
    internal async Task<string> Everything(string project)
    {
        await using var command = Database.CreateCommand(
            """
            select 'queue', md5(string_agg(q::text, ';' order by q.name)) from queue q where project = $1
            union all select 'message', md5(string_agg(m::text, ';' order by m.queue_id, m.number)) from queue q join message m on m.queue_id = q.id where project = $1
            union all select 'loose', md5(string_agg(l::text, ';' order by l.queue_id, l.number)) from queue q join loose l on l.queue_id = q.id where project = $1
            union all select 'claim', md5(string_agg(c::text, ';' order by c.queue_id, c.id)) from queue q join claim c on c.queue_id = q.id where project = $1
            union all select 'subscription', md5(string_agg(s::text, ';' order by s.id)) from subscription s where project = $1
            union all select 'delivery', md5(string_agg(d::text, ';' order by d.id)) from delivery d where project = $1
            union all select 'flavor', md5(string_agg(f::text, ';' order by f.name)) from flavor f where project = $1
            union all select 'stream', md5(string_agg(id || ':' || version, ';' order by id)) from mt_streams where tenant_id = $1
            union all select 'events', count(*)::text from mt_events where tenant_id = $1
            """);
        command.Parameters.Add(new() { Value = project });
        var tables = new List<string>();
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
            tables.Add($"{rows.GetString(0)} {(await rows.IsDBNullAsync(1) ? "none" : rows.GetString(1))}");

        return string.Join(", ", tables);
    }

    /// <summary>What of the victim's an answer shows that the request did not name: null is as it should be.</summary>
    internal string? LeakIn(string answer, string request) =>
        Victim.Has.Values.Where(value => value != SharedName).Concat(Alone.Values).Append(Victim.Project).Append(Victim.Token)
            .FirstOrDefault(value => answer.Contains(value, StringComparison.Ordinal) && !request.Contains(value, StringComparison.Ordinal));

    /// <summary>Ways to name what is the victim's, and likewise what is nowhere: everything in the queue that only the victim has, and each thing among one's own.</summary>
    internal IEnumerable<(string Name, Func<Belongings, Belongings> Foreign, Func<Belongings, Belongings> Absent)> Foreign()
    {
        var nobodysAlone = Alone.LikeNobodys();
        yield return ("everything", _ => Alone, _ => nobodysAlone);
        foreach (var kind in Belongings.Kinds)
        {
            var theirs = kind is "queue_name" or "topic_name" ? Alone : Victim.Has;
            var nobodys = theirs.LikeNobodys();
            yield return (kind, own => own.With(kind, theirs), own => own.With(kind, nobodys));
        }
    }

    private static string NewProject() => Guid.NewGuid().ToString("N");

    // Subscribed only when the relay has passed the messages, so that nothing is delivered and the rows stay as they are.
    private async Task<Tenant[]> Make((string Project, string Token, string Queue)[] projects)
    {
        using var http = new HttpClient { BaseAddress = Address };
        var begun = new (string Secret, string[] Messages, string Claim, string TopicMessage)[projects.Length];
        await Parallel.ForAsync(0, projects.Length, async (at, _) => begun[at] = await Begin(http, projects[at].Token, projects[at].Queue));
        await RelayHasPassed();

        var tenants = new Tenant[projects.Length];
        await Parallel.ForAsync(0, projects.Length, async (at, _) =>
        {
            var ((project, token, name), (secret, messages, claim, topicMessage)) = (projects[at], begun[at]);
            var (subscription, delivery) = await Subscribe(http, token, $"/v2/queues/{name}", new(project, name), secret);
            var (topicSubscription, topicDelivery) = await Subscribe(http, token, $"/v2/topics/{name}", QueueId.OfTopic(project, name), secret);
            await Ask(http, Keystone.Give(project, roles: ["admin"]), "PUT", $"/v2/flavors/{name}", $$"""{"pool_list": ["{{RouteRecipes.FlavoredPool}}"]}""");
            tenants[at] = new(project, token, new(
                name, messages[1], messages[0], claim, subscription, delivery, secret, name, topicMessage, topicSubscription, topicDelivery));
        });
        await RelayHasPassed();
        return tenants;
    }

    private async Task<(string Subscription, string Delivery)> Subscribe(HttpClient http, string token, string path, QueueId queue, string secret)
    {
        var subscribed = await Ask(http, token, "POST", $"{path}/subscriptions",
            $$"""{"subscriber": "http://example.com/{{secret}}", "options": {"secret": "{{secret}}"}, "ttl": 86400}""");
        var subscription = subscribed.Json.GetProperty("subscription_id").GetString()!;
        return (subscription, (await Database.Waiting(queue, Guid.Parse(subscription))).ToString("D"));
    }

    private static async Task<(string Secret, string[] Messages, string Claim, string TopicMessage)> Begin(HttpClient http, string token, string name)
    {
        var (secret, path, topic) = ($"secret-{Guid.NewGuid():N}", $"/v2/queues/{name}", $"/v2/topics/{name}");
        await Ask(http, token, "PUT", path, $$"""{"secret": "{{secret}}"}""");
        var message = $$"""{"body": "{{secret}}", "ttl": 86400}""";
        var posted = await Ask(http, token, "POST", $"{path}/messages", $$"""{"messages": [{{message}}, {{message}}, {{message}}]}""");
        var claimed = await Ask(http, token, "POST", $"{path}/claims?limit=1", """{"ttl": 43200, "grace": 60}""");
        await Ask(http, token, "PUT", topic, $$"""{"secret": "{{secret}}"}""");
        var published = await Ask(http, token, "POST", $"{topic}/messages", $$"""{"messages": [{{message}}, {{message}}]}""");
        return (secret, [.. posted.Json.GetProperty("resources").EnumerateArray().Select(Last)], claimed.Location!.Split('/')[^1],
            Last(published.Json.GetProperty("resources")[0]));

        static string Last(JsonElement resource) => resource.GetString()!.Split('/')[^1];
    }

    private static async Task<Answer> Ask(HttpClient http, string token, string method, string path, string body)
    {
        var answer = await http.Ask(method, path, body, headers: [("X-Auth-Token", token), ("Client-ID", ClientId)]);
        answer.Status.Should().Be(201, answer.Text);
        return answer;
    }
}

/// <summary>The tests of isolation share one service and run one after another.</summary>
[CollectionDefinition(Name)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "xunit's word.")]
public sealed class IsolationCollection : ICollectionFixture<IsolatedService>
{
    public const string Name = "Isolation";
}
