namespace Zaqar.Domain.Pools;

/// <summary>A pool as its history leaves it.</summary>
/// <param name="Flavor">Null without one.</param>
/// <param name="Options">A JSON object as the client wrote it.</param>
public sealed record PoolState(string Name, PoolAddress Address, long Weight, string? Flavor, string Options)
{
    /// <summary>Folds one event in; in the order of the stream.</summary>
    /// <param name="state">Null before the first event and after the pool's end.</param>
    /// <returns>Null once the pool is gone.</returns>
    public static PoolState? Evolve(PoolState? state, IPoolEvent @event) => @event switch
    {
        PoolCreated created => new(created.Name, created.Address, created.Weight, created.Flavor, created.Options),
        PoolChanged changed when state is not null => state with
        {
            Address = changed.Address ?? state.Address,
            Weight = changed.Weight ?? state.Weight,
            Flavor = changed.Flavor is null ? state.Flavor : changed.Flavor.Length == 0 ? null : changed.Flavor,
            Options = changed.Options ?? state.Options,
        },
        _ => null,
    };
}
