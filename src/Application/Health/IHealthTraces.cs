namespace Zaqar.Application.Health;

/// <summary>What checks of health leave in the database, and how it goes again.</summary>
/// <remarks>
/// A check is on record before it makes anything, and until nothing of it is left. So what one that was cut off has left behind is known to be a
/// check's by more than its name, and no client can make anything that is taken for it.
/// </remarks>
public interface IHealthTraces
{
    /// <summary>Puts a check on record; comes before anything is made.</summary>
    Task Open(HealthQueue queue, CancellationToken ct);

    /// <summary>
    /// Clears everything away that a check has made: its streams, its events, its rows and the record of it. Nothing of it may be under way
    /// any more: what is committed later stays.
    /// </summary>
    /// <returns>False when the relay has not read so far within a short while; then it is left to the sweeper.</returns>
    Task<bool> Clear(HealthQueue queue, CancellationToken ct);
}
