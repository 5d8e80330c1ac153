using Zaqar.Domain.Pools;

namespace Zaqar.Application.Pools;

/// <summary>Sees to it that a pool is recorded only when its database is there and ready.</summary>
/// <remarks>
/// Outside of the transaction, which would hold its lock for as long as another server takes to answer, and only when all else was found right: a
/// first round decides as if it were. Where a second then comes to another end, a database is left that no pool is in.
/// </remarks>
internal sealed class PoolPreparation(PoolAddresses addresses, IPoolDatabases databases)
{
    /// <param name="uri">Null where the pool keeps the one it has.</param>
    /// <param name="decide">Decides about what is to be stored of the URI, and records it or only looks whether it may be.</param>
    /// <exception cref="PoolUriInvalid">The URI cannot be kept, or its password is nowhere.</exception>
    /// <exception cref="PoolUnreachable"/>
    public async Task<T> Around<T>(string pool, PoolUri? uri, Func<PoolAddress?, bool, Task<T>> decide, CancellationToken ct)
    {
        if (uri is null || uri.IsMasked)
            return await decide(null, true);

        var address = addresses.Seal(pool, uri);
        await decide(address, false);
        await databases.Prepare(pool, addresses.ConnectionString(uri), ct);
        return await decide(address, true);
    }
}
