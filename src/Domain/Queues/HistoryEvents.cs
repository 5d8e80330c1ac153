namespace Zaqar.Domain.Queues;

/// <summary>A segment of a queue's history was dropped at the end of its retention; every message in it was gone.</summary>
/// <param name="Queue">The queue's name.</param>
/// <param name="Events">How many events it held.</param>
/// <param name="Last">Whether nothing of that incarnation is left, so that the name is free of its past.</param>
/// <param name="At">By the database's clock.</param>
public sealed record SegmentDropped(string Queue, int Incarnation, int Segment, long Events, bool Last, DateTimeOffset At);
