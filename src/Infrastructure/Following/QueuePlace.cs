namespace Zaqar.Infrastructure.Following;

/// <summary>A place in a queue's history: after so many events of one segment.</summary>
/// <param name="Incarnation">From 1; a queue that is deleted and made anew has the next.</param>
/// <param name="Segment">From 1.</param>
/// <param name="Version">Events of the segment before the place.</param>
internal readonly record struct QueuePlace(int Incarnation, int Segment, long Version) : IComparable<QueuePlace>
{
    /// <summary>Where an incarnation begins.</summary>
    public static QueuePlace StartOf(int incarnation) => new(incarnation, 1, 0);

    public int CompareTo(QueuePlace other) => (Incarnation, Segment, Version).CompareTo((other.Incarnation, other.Segment, other.Version));
}
