using Zaqar.Application.Committing;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Integration.Letters;

/// <summary>The way to another database's committer, on which things happen to letters.</summary>
internal sealed class TroubledWay(Func<ICommitter> target) : ICommitter
{
    /// <summary>What happens to a letter before it is there; what it throws, the sender hears.</summary>
    public Func<QueueId, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>What happens to the answer once it was taken.</summary>
    public Func<QueueId, Task> After { get; set; } = _ => Task.CompletedTask;

    public async Task<TAnswer> Commit<TAnswer>(
        QueueId queue, Needs needs, Func<QueueState, DateTimeOffset, Decision<TAnswer>> decide, Actor by, CancellationToken ct)
    {
        await Before(queue);
        var answer = await target().Commit(queue, needs, decide, by, ct);
        await After(queue);
        return answer;
    }
}
