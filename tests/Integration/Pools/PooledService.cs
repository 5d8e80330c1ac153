using Npgsql;
using Zaqar.Infrastructure.Pools;
using Zaqar.Infrastructure.Postgres;
using Zaqar.Integration.Delivery.Sinks;
using Zaqar.Integration.Http;
using Zaqar.Integration.Postgres;

namespace Zaqar.Integration.Pools;

/// <summary>The whole service over three real servers: its own database, and two that are pools, <c>east</c> and <c>west</c>; and a subscriber for it.</summary>
public class PooledService : ZaqarService
{
    internal EmbeddedPostgres East { get; private set; } = null!;

    internal EmbeddedPostgres West { get; private set; } = null!;

    internal WebhookSink Sink { get; private set; } = null!;

    protected override IReadOnlyList<string> Settings =>
        ["--Zaqar:AdminMode=true", "--Zaqar:Pooling=true", "--Zaqar:Notification:AllowedNetworks:0=127.0.0.0/8"];

    /// <summary>The role that may change pools, where nobody asks Keystone.</summary>
    internal static (string, string) Admin => ("X-Roles", "admin");

    public override async Task InitializeAsync()
    {
        Sink = await WebhookSink.Start();
        var servers = await Task.WhenAll(TestDatabase.OwnServer(), TestDatabase.OwnServer());
        (East, West) = (servers[0], servers[1]);
        await base.InitializeAsync();
        await AddPools();
    }

    // The subscriber first: who hangs on it goes free.
    public override async Task DisposeAsync()
    {
        await Sink.DisposeAsync();
        await base.DisposeAsync();
        await East.DisposeAsync();
        await West.DisposeAsync();
    }

    /// <summary>A pool's parts on the first node.</summary>
    internal PoolHost Pool(string name) => ((OpenPools)Services.GetService(typeof(OpenPools))!)[name];

    /// <summary>Straight to a pool's tables.</summary>
    internal NpgsqlDataSource DatabaseOf(string pool) => (NpgsqlDataSource)Pool(pool).Services.GetService(typeof(NpgsqlDataSource))!;

    /// <summary>Names of the queues that a project has in a pool's own tables.</summary>
    internal async Task<string[]> QueuesIn(string pool, HttpClient client)
    {
        await using var command = DatabaseOf(pool).CreateCommand(
            "select coalesce(array_agg(name order by name), '{}') from queue where project = $1 and not deleted");
        command.Parameters.Add(new() { Value = client.DefaultRequestHeaders.GetValues("X-Project-ID").Single() });
        return (string[])(await command.ExecuteScalarAsync())!;
    }

    /// <summary>A database, as a pool's URI names it.</summary>
    internal static string UriOf(EmbeddedPostgres server, string? database = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(server.ConnectionString);
        return $"postgresql://{settings.Username}@/{database ?? settings.Database}?host={Uri.EscapeDataString(settings.Host!)}&port={settings.Port}";
    }

    internal static async Task<Answer> Put(HttpClient client, string name, string uri, long weight = 100, string? flavor = null) =>
        await client.Ask("PUT", $"/v2/pools/{name}",
            flavor is null ? $$"""{"uri": "{{uri}}", "weight": {{weight}}}""" : $$"""{"uri": "{{uri}}", "weight": {{weight}}, "flavor": "{{flavor}}"}""",
            "application/json", Admin);

    /// <summary>The service's own database, as a pool's URI would name it.</summary>
    internal string OwnUri()
    {
        var settings = new NpgsqlConnectionStringBuilder(Database.ConnectionString);
        return $"postgresql://{settings.Username}@/{settings.Database}?host={Uri.EscapeDataString(settings.Host!)}&port={settings.Port}";
    }

    /// <summary>Makes the pools that every test finds.</summary>
    protected virtual async Task AddPools()
    {
        using var client = Client();
        (await Put(client, "east", UriOf(East))).ShouldBeEmpty(201);
        (await Put(client, "west", UriOf(West), flavor: "western")).ShouldBeEmpty(201);
    }

    /// <summary>Gives a project the flavor that the pool <c>west</c> is of.</summary>
    internal static async Task Western(HttpClient client) =>
        (await client.Ask("PUT", "/v2/flavors/western", """{"pool_list": ["west"]}""", "application/json", Admin)).ShouldBeEmpty(201);
}
