using Npgsql;
using Zaqar.Domain.Pools;

namespace Zaqar.Application.Pools;

/// <summary>A pool as clients see it.</summary>
/// <param name="Uri">Its password as <see cref="PoolUri.Mask"/>.</param>
/// <param name="Flavor">Null without one.</param>
/// <param name="Options">JSON text as given.</param>
public sealed record PoolView(string Name, string Uri, long Weight, string? Flavor, string Options)
{
    /// <summary>What <see cref="Read"/> takes, of a row of <c>pool</c>.</summary>
    internal const string Columns = "name, uri, weight, flavor, options";

    internal static PoolView Of(PoolState pool) => new(pool.Name, pool.Address.Uri, pool.Weight, pool.Flavor, pool.Options);

    internal static PoolView Read(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetString(3), row.GetString(4));
}
