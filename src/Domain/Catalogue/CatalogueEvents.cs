namespace Zaqar.Domain.Catalogue;

/// <summary>A queue's name was given a pool: all that is ever kept under it is kept there, until it moves.</summary>
/// <param name="Pool">Name of the pool.</param>
public sealed record QueuePlaced(string Pool, DateTimeOffset At, Actor By);

/// <summary>A queue began to move to another pool; until the move has switched it is served where it was.</summary>
/// <param name="From">Name of the pool it leaves; <see cref="Placement.Home"/> for the service's own database.</param>
public sealed record QueueMoveStarted(Guid Move, string From, string To, DateTimeOffset At, Actor By);

/// <summary>All that is the queue's has arrived: from here on it is served where it moved to.</summary>
public sealed record QueueMoveSwitched(Guid Move, string To, DateTimeOffset At);

/// <summary>A move is called off before it has switched: what was copied is cleared away, and the queue stays where it was.</summary>
/// <param name="Reason">A sentence for operators.</param>
public sealed record QueueMoveFailed(Guid Move, string Reason, DateTimeOffset At);

/// <summary>A move is over: nothing is left of it but a queue in one place.</summary>
public sealed record QueueMoveEnded(Guid Move, DateTimeOffset At);
