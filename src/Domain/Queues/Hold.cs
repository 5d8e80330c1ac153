namespace Zaqar.Domain.Queues;

/// <summary>What keeps a queue from being changed: a move from one database to another. Only that move decides about it meanwhile.</summary>
/// <param name="Move">Id of the move.</param>
/// <remarks>Source: ADR 0018.</remarks>
public readonly record struct Hold(HoldKind Kind, Guid Move)
{
    /// <summary>What whoever else wants to change the queue is told.</summary>
    public QueueHeld Refusal(QueueId queue) => Kind == HoldKind.Gone ? new QueueMoved(queue) : new QueueMoving(queue);
}

/// <summary>How far a move has come, as the database at hand sees it.</summary>
public enum HoldKind
{
    /// <summary>Here, and read from here, but frozen: it is being copied.</summary>
    Leaving,

    /// <summary>A whole copy that nobody sees yet.</summary>
    Arriving,

    /// <summary>It lives elsewhere; what is left here keeps whoever does not know that yet from making it anew.</summary>
    Gone,
}
