namespace Zaqar.Domain.Catalogue;

/// <summary>Chooses pools. Source: API contract, section 10.</summary>
public static class Placement
{
    /// <summary>What the service's own database is called among the pools; no pool can have this name.</summary>
    public const string Home = "";

    /// <summary>Chooses a pool for a queue: by weight among those of its flavor; without one among those of no flavor, or if there are none among all.</summary>
    /// <param name="flavor">Null for a queue of no flavor.</param>
    /// <param name="draw">Draws a whole number from 0 up to, and without, the given one.</param>
    /// <returns>Null when no pool takes it: there is none, or all that there are have no weight.</returns>
    public static string? Choose(IReadOnlyList<PoolOffer> pools, string? flavor, Func<long, long> draw)
    {
        var candidates = Weighty(pools, flavor);
        if (candidates.Length == 0 && flavor is null)
            candidates = [.. pools.Where(pool => pool.Weight > 0)];
        if (candidates.Length == 0)
            return null;

        var left = draw(candidates.Sum(pool => pool.Weight));
        foreach (var pool in candidates)
            if ((left -= pool.Weight) < 0)
                return pool.Name;

        throw new ArgumentOutOfRangeException(nameof(draw), "It drew beyond the number that it was given.");
    }

    private static PoolOffer[] Weighty(IReadOnlyList<PoolOffer> pools, string? flavor) =>
        [.. pools.Where(pool => pool.Flavor == flavor && pool.Weight > 0)];
}

/// <summary>A pool, as one to choose from.</summary>
/// <param name="Weight">0 to 4,294,967,295; 0 takes no queue.</param>
/// <param name="Flavor">Null for none.</param>
public sealed record PoolOffer(string Name, long Weight, string? Flavor);
