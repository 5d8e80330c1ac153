using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Zaqar.Application;
using Zaqar.Application.Pools;
using Zaqar.Domain.Catalogue;
using Zaqar.Domain.Pools;

namespace Zaqar.Infrastructure.Pools;

/// <summary>Reads the pools that there are, with what it takes to reach them.</summary>
internal sealed partial class PoolList(ReadDatabase database, PoolAddresses addresses, ILogger<PoolList> log)
{
    private readonly ConcurrentDictionary<string, bool> _told = new(StringComparer.Ordinal);

    /// <summary>All of them, by name; one whose URI does not open (its key or its password is missing on this node) with no connection string.</summary>
    public Task<IReadOnlyList<PoolEntry>> Read(CancellationToken ct) => database.Read<IReadOnlyList<PoolEntry>>(
        database.CreateCommand("select name, uri, sealed, target, weight, flavor from pool order by name"), async row =>
        {
            var pools = new List<PoolEntry>();
            while (await row.ReadAsync())
            {
                var name = row.GetString(0);
                var address = new PoolAddress(row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetString(3));
                pools.Add(new(name, ConnectionString(name, address), new(name, row.GetInt64(4), row.IsDBNull(5) ? null : row.GetString(5))));
            }

            return pools;
        }, ct);

    private string? ConnectionString(string name, PoolAddress address)
    {
        try
        {
            var connectionString = addresses.ConnectionString(addresses.Open(name, address));
            _told.TryRemove(name, out _);
            return connectionString;
        }
        catch (Exception closed) when (closed is CryptographicException or PoolUriInvalid)
        {
            if (_told.TryAdd(name, true))
                LogClosed(log, name, closed is PoolUriInvalid ? closed.Message : "no key opens it");
            return null;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The URI of pool {Pool} cannot be used: {Reason}.")]
    private static partial void LogClosed(ILogger log, string pool, string reason);
}

/// <summary>A pool as the node opens it.</summary>
/// <param name="ConnectionString">Holds a secret; null when this node does not know it.</param>
internal sealed record PoolEntry(string Name, string? ConnectionString, PoolOffer Offer)
{
    public override string ToString() => Name;
}
