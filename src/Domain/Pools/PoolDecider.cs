namespace Zaqar.Domain.Pools;

/// <summary>
/// The rules of pools: each in a database of its own, and a flavor never without its last one by a deletion. Pools belong to the service, not to a
/// project, and are few, so a decision sees all of them.
/// </summary>
/// <remarks>
/// What a URI may be and whether anything answers there is judged before. All pools have the same capabilities, for all are PostgreSQL.
/// Source: API contract, sections 2.5 and 10.
/// </remarks>
public static class PoolDecider
{
    /// <summary>What a report of health says beside the pools, by their names.</summary>
    private const string ReservedName = "catalog_reachable";

    /// <summary>Makes a pool, or puts another in its place: what the draft leaves out is at its default afterwards.</summary>
    /// <param name="pools">All there are.</param>
    /// <param name="address">Null keeps the one it has.</param>
    /// <returns>Whether it is new.</returns>
    /// <exception cref="ResourceNameInvalid">A new pool cannot be called that.</exception>
    /// <exception cref="PoolInvalid">A value is outside its bounds or missing.</exception>
    /// <exception cref="PoolUriTaken">Another pool has that database.</exception>
    public static Decision<bool> Put(
        IReadOnlyList<PoolState> pools, string name, PoolAddress? address, PoolDraft draft, Actor by, DateTimeOffset now)
    {
        draft.Check();
        if (!ResourceName.IsName(name) || name == ReservedName)
            throw new ResourceNameInvalid("pool");

        var (weight, flavor, options) = (draft.Weight ?? throw new PoolInvalid("A pool has a weight."), draft.Flavor ?? "", draft.Options ?? "{}");
        CheckFree(pools, name, address);
        if (Find(pools, name) is { } pool)
            return new(false, Change(pool, address, weight, flavor, options, by, now));

        return new(true,
        [
            new PoolCreated(name, address ?? throw new PoolUriInvalid("A new pool has a uri with its password."), weight,
                flavor.Length == 0 ? null : flavor, options, now, by),
        ]);
    }

    /// <summary>Changes what the draft names.</summary>
    /// <param name="address">Null keeps the one it has.</param>
    /// <returns>The pool afterwards.</returns>
    /// <exception cref="PoolNotFound"/>
    /// <exception cref="PoolInvalid">A value is outside its bounds.</exception>
    /// <exception cref="PoolUriTaken">Another pool has that database.</exception>
    public static Decision<PoolState> Patch(
        IReadOnlyList<PoolState> pools, string name, PoolAddress? address, PoolDraft draft, Actor by, DateTimeOffset now)
    {
        draft.Check();
        var pool = Find(pools, name) ?? throw new PoolNotFound(name);
        CheckFree(pools, name, address);
        var events = Change(pool, address, draft.Weight, draft.Flavor, draft.Options, by, now);
        return new(events.Aggregate(pool, (state, @event) => PoolState.Evolve(state, @event)!), events);
    }

    /// <summary>Ends a pool; one that is not there is no error.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="PoolInUse">It is the only one left in its flavor.</exception>
    public static Decision<bool> Delete(IReadOnlyList<PoolState> pools, string name, Actor by, DateTimeOffset now)
    {
        if (Find(pools, name) is not { } pool)
            return new(false, []);

        return pool.Flavor is { } flavor && pools.Count(other => other.Flavor == flavor) == 1
            ? throw new PoolInUse(name, flavor)
            : new(true, [new PoolDeleted(name, now, by)]);
    }

    /// <summary>Whether a URI stands for the one that the pool has, its password left to the service.</summary>
    /// <param name="pool">Null when there is none.</param>
    /// <exception cref="PoolUriInvalid">Its password is a mask, and of no URI that is there.</exception>
    public static bool Keeps(PoolState? pool, PoolUri given)
    {
        if (!given.IsMasked)
            return false;

        return pool?.Address.Uri == given.Shown
            ? true
            : throw new PoolUriInvalid($"A password of {PoolUri.Mask} stands for the one that the pool has with exactly this uri, and it has another or none.");
    }

    /// <summary>By its name; null when there is none such.</summary>
    public static PoolState? Find(IReadOnlyList<PoolState> pools, string name) => pools.FirstOrDefault(pool => pool.Name == name);

    private static void CheckFree(IReadOnlyList<PoolState> pools, string name, PoolAddress? address)
    {
        if (address is not null && pools.FirstOrDefault(other => other.Name != name && other.Address.Target == address.Target) is { } taken)
            throw new PoolUriTaken(taken.Name);
    }

    private static IReadOnlyList<PoolChanged> Change(
        PoolState pool, PoolAddress? address, long? weight, string? flavor, string? options, Actor by, DateTimeOffset now)
    {
        var changed = new PoolChanged(
            pool.Name,
            address == pool.Address ? null : address,
            weight == pool.Weight ? null : weight,
            flavor == (pool.Flavor ?? "") ? null : flavor,
            options == pool.Options ? null : options,
            now, by);
        return changed is { Address: null, Weight: null, Flavor: null, Options: null } ? [] : [changed];
    }
}
