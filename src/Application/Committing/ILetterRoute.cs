using Zaqar.Domain.Queues;

namespace Zaqar.Application.Committing;

/// <summary>
/// Tells where the dead letters of one database go. Asked only when a claim has met some, within that database's transaction, and when they
/// are carried elsewhere; so it answers from memory as a rule, and what takes longer than a second counts as not to be told.
/// </summary>
/// <remarks>
/// What it throws refuses the claim and nothing else (outages as 503), or makes a letter wait. Source: ADR 0019.
/// </remarks>
public interface ILetterRoute
{
    /// <summary>Whether a queue lives in this database. One that lives nowhere yet is given its place here.</summary>
    ValueTask<bool> IsHere(QueueId target, CancellationToken ct);

    /// <summary>
    /// Who commits for a queue in the database that it lives in now, which may be this one by now. The same object for the same database,
    /// as long as that goes on; it need not be reachable.
    /// </summary>
    ValueTask<ICommitter> CommitterOf(QueueId target, CancellationToken ct);
}
