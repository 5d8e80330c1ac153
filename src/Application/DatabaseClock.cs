namespace Zaqar.Application;

/// <summary>
/// The one clock that judges lifetimes: the database's, so that nodes need not agree on theirs.
/// Statements take their time as <c>statement_timestamp() + ahead</c>, a batch of the committer its transaction's.
/// </summary>
/// <remarks>Tests move <see cref="Ahead"/> to cross expiry edges without waiting; it stays zero otherwise. Source: ADR 0004.</remarks>
public sealed class DatabaseClock
{
    private long _aheadTicks;

    /// <summary>How far this service's time runs before the database's.</summary>
    public TimeSpan Ahead
    {
        get => new(Interlocked.Read(ref _aheadTicks));
        set => Interlocked.Exchange(ref _aheadTicks, value.Ticks);
    }
}
