using Zaqar.Domain.Messages;

namespace Zaqar.Application.Committing;

/// <summary>What a decision has to see of a queue besides its metadata and counters.</summary>
public sealed record Needs
{
    /// <summary>Nothing more: posting, metadata, deletion of a queue.</summary>
    public static Needs Nothing { get; } = new();

    /// <summary>How many of the oldest visible unclaimed messages, with their bodies.</summary>
    public int Line { get; init; }

    /// <summary>Messages looked up by id, and whether each is claimed.</summary>
    public IReadOnlyList<MessageId> Messages { get; init; } = [];

    /// <summary>Claims looked up by id.</summary>
    public IReadOnlyList<Guid> Claims { get; init; } = [];

    /// <summary>Whether the messages of those claims are needed too, without bodies.</summary>
    public bool ClaimedMessages { get; init; }

    /// <summary>Unclaimed messages up to this number, delayed ones included, without bodies; as many as one purge takes. 0 for none.</summary>
    public long PurgeUpTo { get; init; }

    /// <summary>Messages whose life is over, without bodies, up to this many.</summary>
    public int Expired { get; init; }

    /// <summary>Whether the decision is about a queue that is held, too: it is its move's own. All others are refused.</summary>
    public bool WhileHeld { get; init; }

    /// <summary>Letters from other databases, and which of them were received before.</summary>
    public IReadOnlyList<Guid> Letters { get; init; } = [];

    /// <summary>Bytes that the command keeps in memory while it waits; counted against the committer's bound.</summary>
    public int Bytes { get; init; }
}
