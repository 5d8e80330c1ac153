using Zaqar.Application.Committing;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Committing;

/// <summary>A command that waits for the committer, and the caller that waits for it.</summary>
internal abstract class PendingCommand(QueueId queue, Needs needs, Actor by, CancellationToken caller)
{
    public QueueId Queue { get; } = queue;
    public Needs Needs { get; } = needs;
    public Actor By { get; } = by;

    /// <summary>Whether the caller went away while the command waited its turn.</summary>
    public bool IsGivenUp => caller.IsCancellationRequested;

    /// <summary>Decides on the state as it is now; a refusal is kept for the answer and changes nothing.</summary>
    public abstract Outcome Decide(QueueState state, DateTimeOffset now);

    /// <summary>Takes back what was last decided, which is not recorded: the answer is this.</summary>
    public abstract void Refuse(Exception reason);

    /// <summary>Gives the caller what was last decided.</summary>
    public abstract void Answer();

    public abstract void Fail(Exception reason);

    public abstract void GiveUp();

    /// <summary>What a decision wants to be recorded.</summary>
    internal readonly record struct Outcome(IReadOnlyList<object> Events, DeadLetters? DeadLetters);
}

internal sealed class PendingCommand<TAnswer>(
    QueueId queue, Needs needs, Func<QueueState, DateTimeOffset, Decision<TAnswer>> decide, Actor by, CancellationToken caller)
    : PendingCommand(queue, needs, by, caller)
{
    private static readonly Outcome _nothing = new([], null);

    private readonly TaskCompletionSource<TAnswer> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationToken _caller = caller;
    private TAnswer? _answer;
    private Exception? _refusal;

    public Task<TAnswer> Answered => _answered.Task;

    public override Outcome Decide(QueueState state, DateTimeOffset now)
    {
        try
        {
            var decision = decide(state, now);
            (_answer, _refusal) = (decision.Answer, null);
            return new(decision.Events, decision.DeadLetters);
        }
        catch (RejectedException refusal)
        {
            _refusal = refusal;
            return _nothing;
        }
    }

    public override void Refuse(Exception reason) => _refusal = reason;

    public override void Answer()
    {
        if (_refusal is not null)
            _answered.SetException(_refusal);
        else
            _answered.SetResult(_answer!);
    }

    public override void Fail(Exception reason) => _answered.TrySetException(reason);

    public override void GiveUp() => _answered.TrySetCanceled(_caller);
}
