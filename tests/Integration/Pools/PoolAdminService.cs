using Microsoft.Extensions.DependencyInjection;
using Zaqar.Application.Pools;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Pools;

/// <summary>
/// A service whose pools and flavors can be administered, with a key to seal passwords with. Every database is ready to be a pool, for no queue
/// is ever placed in one here.
/// </summary>
public class PoolAdminService : ZaqarService
{
    /// <summary>A password that the configuration has, by this name.</summary>
    internal const string ConfiguredName = "east";

    /// <summary>That password.</summary>
    internal const string Configured = "configured-hunter2";

    private int _databases;

    /// <summary>The role that may change pools, where nobody asks Keystone.</summary>
    internal static (string, string) Admin => ("X-Roles", "admin");

    protected override IReadOnlyList<string> Settings =>
    [
        "--Zaqar:AdminMode=true", "--Zaqar:Pooling=true", "--Zaqar:PoolingCatalog:EnableVirtualPool=true", "--Zaqar:Notification:Enabled=false",
        $"--Zaqar:Pools:Secrets:{ConfiguredName}={Configured}", "--Zaqar:Encryption:Keys:tests=q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
    ];

    /// <summary>An administrator of a project.</summary>
    internal HttpClient Administrator(string? project = null)
    {
        var client = Client(project);
        client.DefaultRequestHeaders.Add("X-Roles", "admin");
        return client;
    }

    /// <summary>The URI of a database that no pool is in, which nobody listens for.</summary>
    internal string NewUri() => $"postgresql://zaqar@127.0.0.1:1/database{Interlocked.Increment(ref _databases)}";

    /// <summary>Makes a pool of a new name that begins so, which gets no queues.</summary>
    internal async Task<string> NewPool(HttpClient client, string? flavor = null, string prefix = "pool")
    {
        var name = $"{prefix}-{Guid.NewGuid():N}";
        var made = await client.Put($"/v2/pools/{name}", flavor is null
            ? $$"""{"uri": "{{NewUri()}}", "weight": 0}"""
            : $$"""{"uri": "{{NewUri()}}", "weight": 0, "flavor": "{{flavor}}"}""");
        return made.Status == 201 ? name : throw new InvalidOperationException(made.Text);
    }

    protected override void Configure(IServiceCollection services)
    {
        services.AddSingleton<IPoolDatabases, EveryDatabase>();
    }

    /// <summary>Finds every database ready.</summary>
    internal sealed class EveryDatabase : IPoolDatabases
    {
        public Task Prepare(string pool, string connectionString, CancellationToken ct) => Task.CompletedTask;
    }
}
