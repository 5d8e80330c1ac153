namespace Zaqar.Infrastructure.History;

/// <summary>What becomes of old history; section <c>Zaqar:History</c>.</summary>
public sealed record HistorySettings
{
    /// <summary>How long a closed segment is kept at least. A rebuild covers what is retained. 14 days.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(14);

    /// <summary>How often old segments are looked for. 10 minutes.</summary>
    public TimeSpan SweepEvery { get; init; } = TimeSpan.FromMinutes(10);
}
