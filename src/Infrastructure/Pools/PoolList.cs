using Zaqar.Domain.Catalogue;

namespace Zaqar.Infrastructure.Pools;

/// <summary>The pools that there are, with what it takes to reach them.</summary>
internal interface PoolList
{
    Task<IReadOnlyList<PoolEntry>> Read(CancellationToken ct);
}

/// <summary>A pool as the node opens it.</summary>
/// <param name="ConnectionString">Holds a secret.</param>
internal sealed record PoolEntry(string Name, string ConnectionString, long Weight, string? Flavor)
{
    public PoolOffer Offer => new(Name, Weight, Flavor);
}
