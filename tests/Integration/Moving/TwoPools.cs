using Xunit;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Moving;
using Zaqar.Integration.Delivery.Sinks;

namespace Zaqar.Integration.Moving;

/// <summary>Two services over two databases, and a subscriber of both.</summary>
public sealed class TwoPools : IAsyncLifetime
{
    internal PoolService One { get; } = new("one");

    internal PoolService Two { get; } = new("two");

    internal WebhookSink Sink { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Sink = await WebhookSink.Start();
        await One.InitializeAsync();
        await Two.InitializeAsync();
    }

    // The subscriber first: who hangs on it goes free.
    public async Task DisposeAsync()
    {
        await Sink.DisposeAsync();
        await One.DisposeAsync();
        await Two.DisposeAsync();
    }

    /// <summary>Moves the time that both judge by.</summary>
    internal void Advance(TimeSpan by)
    {
        One.Advance(by);
        Two.Advance(by);
    }
}

/// <summary>A move as a test makes it: what the catalogue would know, and where it is cut off.</summary>
internal sealed class TestMove(PoolService from, PoolService to, QueueId queue)
{
    private readonly Guid _id = Guid.NewGuid();

    public bool HasSwitched { get; private set; }

    /// <summary>All that was told of it.</summary>
    public List<MoveProgress> Progress { get; } = [];

    /// <summary>What happens after a step; throwing there cuts the move off.</summary>
    public Func<MoveStep, Task> After { get; set; } = _ => Task.CompletedTask;

    /// <summary>What the catalogue says of it.</summary>
    public bool IsCalledOff { get; set; }

    public Task Run() => Move().Run(
        _ => IsCalledOff ? throw new MoveRefused("The move was called off.") : Task.FromResult(HasSwitched),
        _ =>
        {
            HasSwitched = true;
            return Task.CompletedTask;
        }, default);

    public Task RollBack() => Move().RollBack(default);

    public Task ThawSource() => QueueMove.ThawSource(from.Parts, queue, _id, default);

    /// <summary>Runs it until it is cut off after a step.</summary>
    public async Task RunUntil(MoveStep step)
    {
        After = passed => passed == step ? throw new CutOff() : Task.CompletedTask;
        try
        {
            await Run();
            throw new InvalidOperationException($"The move never came to {step}.");
        }
        catch (CutOff)
        {
            After = _ => Task.CompletedTask;
        }
    }

    // Nothing is kept from one run to the next, as after a restart.
    private QueueMove Move() => new(from.Parts, to.Parts, queue, _id, TimeProvider.System)
    {
        Passed = progress =>
        {
            Progress.Add(progress);
            return After(progress.Step);
        },
    };

    private sealed class CutOff : Exception;
}
