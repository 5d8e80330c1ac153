using Npgsql;

namespace Zaqar.Application.Flavors;

/// <summary>A flavor as clients see it.</summary>
/// <param name="Pools">Names of the pools of it, in order; empty when no pool is.</param>
public sealed record FlavorView(string Name, IReadOnlyList<string> Pools)
{
    /// <summary>What all pools can do, in the API's own names; there are no others, for all of them are PostgreSQL.</summary>
    public static IReadOnlyList<string> Capabilities { get; } = ["FIFO", "CLAIMS", "DURABILITY", "AOD", "HIGH_THROUGHPUT"];

    /// <summary>What <see cref="Read"/> takes, of a row <c>f</c>.</summary>
    internal const string Columns = "f.name, array(select p.name from pool p where p.flavor = f.name order by p.name)";

    internal static FlavorView Read(NpgsqlDataReader row) => new(row.GetString(0), row.GetFieldValue<string[]>(1));
}
