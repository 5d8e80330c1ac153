namespace Zaqar.Infrastructure.Moving;

/// <summary>How far a move has come.</summary>
/// <param name="Step">The last step that is done.</param>
/// <param name="Copied">Events and messages that have been copied.</param>
/// <param name="Total">How many there were when last counted.</param>
internal readonly record struct MoveProgress(MoveStep Step, long Copied, long Total);

/// <summary>The steps of a move, in their order. A move that is cut off goes on from any of them.</summary>
internal enum MoveStep
{
    /// <summary>The target knows that a copy is being made.</summary>
    Begun,

    /// <summary>Most of the history is copied; the queue is still changed at the source.</summary>
    HistoryCopied,

    /// <summary>Nothing changes the queue any more.</summary>
    Frozen,

    /// <summary>Nothing of the source is under way for it either: all that is to be delivered is recorded, and nothing is being delivered.</summary>
    Quiet,

    /// <summary>The target has a whole copy, which nobody sees.</summary>
    Copied,

    /// <summary>The target will tell the subscribers of what follows, and of nothing that was.</summary>
    Relayed,

    /// <summary>The target has it now, whatever happens.</summary>
    Switched,

    /// <summary>It is changed at the target again.</summary>
    Arrived,

    /// <summary>The source knows that it has left.</summary>
    Left,

    /// <summary>Nothing of it is left at the source but that. The move is over.</summary>
    Cleared,
}
