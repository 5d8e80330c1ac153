namespace Zaqar.Infrastructure.Delivery;

/// <summary>Whether the relay goes on, whichever node runs it: told from what it has reached, time after time, against what there is to read.</summary>
/// <remarks>It stands still when it has not moved for all of <see cref="Patience"/> although there was more to read from the beginning of that time.</remarks>
internal sealed class RelayProgress(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _reached = -1, _toReach, _since;
    private bool _standsStill;

    /// <summary>Longer than it takes another node to take the relay over; 30 seconds.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>As of the last look: while nobody can look, for instance without the database, nothing is said against the relay.</summary>
    public bool StandsStill
    {
        get
        {
            lock (_gate)
                return _standsStill;
        }
    }

    /// <param name="reached">The last event that the relay has passed.</param>
    /// <param name="last">The last event that there is.</param>
    public void Seen(long reached, long last)
    {
        lock (_gate)
        {
            if (reached != _reached || reached >= _toReach)
                (_reached, _toReach, _since) = (reached, last, time.GetTimestamp());
            _standsStill = reached < _toReach && time.GetElapsedTime(_since) >= Patience;
        }
    }

    /// <summary>Nobody could look: its time begins anew.</summary>
    public void NotSeen()
    {
        lock (_gate)
            (_reached, _standsStill) = (-1, false);
    }
}
