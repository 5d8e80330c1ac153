using Zaqar.Domain.Pools;

namespace Zaqar.Domain.Flavors;

/// <summary>
/// The rules of flavors. A project has a flavor or has it not; which pools are of it the pools say, by its name, for all projects that have one of
/// that name. A pool is of one flavor at most: whoever names it last has it.
/// </summary>
/// <remarks>Source: API contract, sections 2.6 and 10.</remarks>
public static class FlavorDecider
{
    /// <summary>Makes a flavor, or overwrites it: the pools of that name are those given, and no others.</summary>
    /// <param name="exists">Whether the project has it.</param>
    /// <param name="pools">All there are.</param>
    /// <param name="wanted">Names of pools, any of them as often as it likes.</param>
    /// <returns>Whether it is new to the project.</returns>
    /// <exception cref="ResourceNameInvalid">A new flavor cannot be called that.</exception>
    /// <exception cref="FlavorWithoutPools"/>
    /// <exception cref="PoolUnknown">No pool is marked then.</exception>
    public static Decision<bool> Put(
        bool exists, IReadOnlyList<PoolState> pools, string name, IReadOnlyList<string> wanted, Actor by, DateTimeOffset now)
    {
        if (!ResourceName.IsName(name))
            throw new ResourceNameInvalid("flavor");

        if (wanted.Count == 0)
            throw new FlavorWithoutPools(name);

        var marked = Mark(pools, name, wanted, ErrorKind.UnableToCreate, by, now);
        return exists ? new(false, marked) : new(true, [new FlavorCreated(name, now, by), .. marked]);
    }

    /// <summary>Changes which pools are of a flavor.</summary>
    /// <param name="exists">Whether the project has it.</param>
    /// <returns>Names of the pools afterwards, in order.</returns>
    /// <exception cref="FlavorWithoutPools"/>
    /// <exception cref="FlavorNotFound"/>
    /// <exception cref="PoolUnknown">Nothing is changed then.</exception>
    public static Decision<IReadOnlyList<string>> Patch(
        bool exists, IReadOnlyList<PoolState> pools, string name, IReadOnlyList<string> wanted, Actor by, DateTimeOffset now)
    {
        if (wanted.Count == 0)
            throw new FlavorWithoutPools();

        if (!exists)
            throw new FlavorNotFound(name);

        var marked = Mark(pools, name, wanted, ErrorKind.UpdateFailed, by, now);
        return new([.. wanted.Distinct().Order(StringComparer.Ordinal)], marked);
    }

    /// <summary>Ends a project's flavor, and lets its pools go where no other project has one of that name; one that is not there is no error.</summary>
    /// <param name="isShared">Whether another project has a flavor of that name.</param>
    /// <returns>Whether there was one.</returns>
    public static Decision<bool> Delete(bool exists, bool isShared, IReadOnlyList<PoolState> pools, string name, Actor by, DateTimeOffset now)
    {
        if (!exists)
            return new(false, []);

        var freed = isShared ? [] : pools.Where(pool => pool.Flavor == name).Select(pool => Tag(pool, "", by, now));
        return new(true, [new FlavorDeleted(name, now, by), .. freed]);
    }

    private static object[] Mark(
        IReadOnlyList<PoolState> pools, string name, IReadOnlyList<string> wanted, ErrorKind unknown, Actor by, DateTimeOffset now)
    {
        var names = wanted.ToHashSet(StringComparer.Ordinal);
        foreach (var one in wanted)
            if (PoolDecider.Find(pools, one) is null)
                throw new PoolUnknown(one, unknown);

        return
        [
            .. pools.Where(pool => pool.Flavor == name && !names.Contains(pool.Name)).Select(pool => Tag(pool, "", by, now)),
            .. pools.Where(pool => pool.Flavor != name && names.Contains(pool.Name)).Select(pool => Tag(pool, name, by, now)),
        ];
    }

    private static PoolChanged Tag(PoolState pool, string flavor, Actor by, DateTimeOffset now) =>
        new(pool.Name, null, null, flavor, null, now, by);
}
