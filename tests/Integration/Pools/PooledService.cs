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

    /// <summary>Makes the pools that every test finds.</summary>
    protected virtual async Task AddPools()
    {
        await using var c = Database.CreateCommand($"insert into pool values ('east', '{UriOf(East)}', null, 'e', 100, null, '{{}}', 1), ('west', '{UriOf(West)}', null, 'w', 100, 'western', '{{}}', 1); select pg_notify('zaqar_catalogue', 'pools')");
        await c.ExecuteNonQueryAsync();
    }

    /// <summary>Gives a project the flavor that the pool <c>west</c> is of.</summary>
    internal static Task Western(HttpClient client) => Task.CompletedTask;
    internal static string ProjectOf(HttpClient client) =>
        client.DefaultRequestHeaders.GetValues("X-Project-ID").Single();

    internal async Task Smoke(string p)
    {
        await using var c = Database.CreateCommand($"insert into flavor values ('{p}', 'western') on conflict do nothing");
        await c.ExecuteNonQueryAsync();
    }

    protected override void Configure(Microsoft.Extensions.DependencyInjection.IServiceCollection services)
    {
        Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<Zaqar.Application.Encryption.ICipher>(services, new NoCipher());
        Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(services, new Zaqar.Application.Pools.PoolSettings());
        Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<Zaqar.Application.Pools.PoolAddresses>(services);
    }

    private sealed class NoCipher : Zaqar.Application.Encryption.ICipher
    {
        public bool CanSeal => false;
        public byte[] Seal(ReadOnlySpan<byte> clear, ReadOnlySpan<byte> bound) => throw new InvalidOperationException();
        public byte[] Open(ReadOnlySpan<byte> @sealed, ReadOnlySpan<byte> bound) => throw new InvalidOperationException();
    }
}
