using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Committing;

/// <summary>
/// Commits decisions about queues. Simultaneous commands are decided one after another on fresh state and committed together;
/// an answer means that the events are flushed to disk.
/// </summary>
/// <remarks>Source: ADR 0001.</remarks>
public interface ICommitter
{
    /// <summary>Decides about one queue and commits what was decided.</summary>
    /// <param name="needs">What the decision has to see of the queue besides its metadata and counters.</param>
    /// <param name="decide">
    /// Pure: from the queue and the database's time to an answer and events. Called again on fresh state when a race was lost,
    /// and never again once a commit was attempted whose outcome is unknown.
    /// </param>
    /// <param name="ct">Gives up while the command waits its turn; a command under way is carried out.</param>
    /// <exception cref="RejectedException">What <paramref name="decide"/> refused; no event is left.</exception>
    /// <exception cref="ServiceBusy">Too much waits, the database is away, or the outcome of the commit is unknown.</exception>
    Task<TAnswer> Commit<TAnswer>(
        QueueId queue, Needs needs, Func<QueueState, DateTimeOffset, Decision<TAnswer>> decide, Actor by, CancellationToken ct);
}
