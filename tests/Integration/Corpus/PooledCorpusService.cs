using Microsoft.Extensions.DependencyInjection;
using Zaqar.Application.Pools;
using Zaqar.Integration.Http;
using Zaqar.Integration.Pools;

namespace Zaqar.Integration.Corpus;

/// <summary>The same with pools and flavors. Every database is ready to be a pool: those of the corpus are nobody's, and no queue is placed in one.</summary>
public sealed class PooledCorpusService : CorpusService
{
    /// <summary>What flavors of the corpus have.</summary>
    internal const string Pool = "corpus-pool";

    protected override IReadOnlyList<string> Settings => [.. base.Settings, "--Zaqar:Pooling=true", "--Zaqar:PoolingCatalog:EnableVirtualPool=true"];

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        using var owner = Client();
        var made = await owner.Ask("PUT", $"/v2/pools/{Pool}", """{"uri": "postgresql://zaqar@127.0.0.1:1/corpus", "weight": 0}""", headers: PoolAdminService.Admin);
        if (made.Status != 201)
            throw new InvalidOperationException(made.Text);
    }

    protected override void Configure(IServiceCollection services)
    {
        base.Configure(services);
        services.AddSingleton<IPoolDatabases, PoolAdminService.EveryDatabase>();
    }
}
