using Zaqar.Infrastructure.History;

namespace Zaqar.Infrastructure.Pools;

/// <summary>Builds the read models of all pools anew, one after the other.</summary>
internal sealed class PoolsRebuild(PoolList list, PoolingSettings settings, IServiceProvider home)
{
    /// <exception cref="NodesServingException">A node serves on one of them.</exception>
    public async Task Run(CancellationToken ct)
    {
        foreach (var pool in await list.Read(ct))
            await PoolHost.Rebuild(
                pool.Name, pool.ConnectionString ?? throw new InvalidOperationException($"The URI of pool {pool.Name} cannot be used."), settings, home, ct);
    }
}
