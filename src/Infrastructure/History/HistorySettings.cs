namespace Zaqar.Infrastructure.History;

/// <summary>What becomes of old history; section <c>Zaqar:History</c>.</summary>
public sealed record HistorySettings
{
    /// <summary>How long a closed segment is kept at least. A rebuild covers what is retained. 14 days.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(14);

    /// <summary>
    /// How long a letter that was received is known: as long as history, and 30 days at least. A database that went away just as it had
    /// taken a letter, and for longer than that, would take it again.
    /// </summary>
    internal TimeSpan LetterMemory => Retention > _letterMemory ? Retention : _letterMemory;

    private static readonly TimeSpan _letterMemory = TimeSpan.FromDays(30);

    /// <summary>How often old segments are looked for. 10 minutes.</summary>
    public TimeSpan SweepEvery { get; init; } = TimeSpan.FromMinutes(10);
}
