using Zaqar.Application.Committing;
using Zaqar.Domain.Queues;

namespace Zaqar.Integration.Letters;

/// <summary>Tells where a queue lives by the beginning of its name.</summary>
internal sealed class PrefixRoute(string prefix) : ILetterRoute
{
    /// <summary>Who takes letters for the queues that live elsewhere.</summary>
    public ICommitter? Elsewhere { get; set; }

    /// <summary>Why it cannot tell, if it cannot.</summary>
    public Exception? Lost { get; set; }

    public ValueTask<bool> IsHere(QueueId target, CancellationToken ct) =>
        Lost is null ? ValueTask.FromResult(target.Name.StartsWith(prefix, StringComparison.Ordinal)) : ValueTask.FromException<bool>(Lost);

    public ValueTask<ICommitter> CommitterOf(QueueId target, CancellationToken ct) =>
        Lost is null ? ValueTask.FromResult(Elsewhere!) : ValueTask.FromException<ICommitter>(Lost);
}
