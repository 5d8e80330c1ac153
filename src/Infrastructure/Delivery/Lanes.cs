using System.Collections.Concurrent;
using Npgsql;
using Wolverine;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>
/// One lane for each subscriber that something is due for: one attempt after the other, in the order of the messages. Lanes wait for
/// their subscribers side by side, so a dead endpoint delays nobody else.
/// </summary>
/// <remarks>
/// A project runs at most <see cref="MaxPerProject"/> at a time on a node, so that no tenant's dead endpoints take all lanes; what is due beyond
/// that is found by the sweeper when others have ended.
/// </remarks>
internal sealed class Lanes(Lane lane, NpgsqlDataSource database, TimeProvider time) : IAsyncDisposable
{
    /// <summary>A quarter of what a node runs at a time.</summary>
    internal const int MaxPerProject = 250;

    private const int MaxRemembered = 100_000;

    private static readonly TimeSpan _elsewhere = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, int> _perProject = [];

    // When the next word of a subscriber is said, by this node's own clock: one is enough, however often its lane is run until then.
    private readonly ConcurrentDictionary<Guid, TimeSpan> _scheduled = [];

    private readonly ConcurrentDictionary<Guid, bool> _looksAgain = [];
    private readonly LaneLocks _locks = new(database, time);
    private readonly long _began = time.GetTimestamp();

    /// <summary>Whose lanes this node runs.</summary>
    public Guid[] Running => [.. _looksAgain.Keys];

    /// <summary>Delivers what is due until nothing is, and schedules the next word for what is due later.</summary>
    public async Task Run(Deliver word, IMessageBus bus, CancellationToken ct)
    {
        // Whoever is at it already looks once more before it leaves.
        if (!_looksAgain.TryAdd(word.Subscription, false))
        {
            if (_looksAgain.TryUpdate(word.Subscription, true, false) || _looksAgain.ContainsKey(word.Subscription))
                return;

            // It left in between.
            await bus.PublishAsync(word);
            return;
        }

        try
        {
            if (_perProject.AddOrUpdate(word.Project, 1, (_, running) => running + 1) > MaxPerProject)
                return;

            // Another node is at it, and finds what is due; unless it is just leaving, which is why this is said twice. What both miss,
            // the sweeper finds.
            if (!await _locks.TryTake(word.Subscription, ct))
            {
                if (!word.IsSecond)
                    await bus.ScheduleAsync(word with { IsSecond = true }, _elsewhere);
                return;
            }

            try
            {
                do
                {
                    _looksAgain[word.Subscription] = false;
                    await lane.Run(word, _locks, ct);
                }
                while (_looksAgain[word.Subscription]);

                if (await lane.UntilNext(word, ct) is { } wait)
                    await Schedule(word, wait, bus);
                else
                    _scheduled.TryRemove(word.Subscription, out _);
            }
            finally
            {
                await _locks.Release(word.Subscription);
            }
        }
        finally
        {
            if (_perProject.AddOrUpdate(word.Project, 0, (_, running) => running - 1) <= 0)
                _perProject.TryRemove(new(word.Project, 0));

            // Who said so in the last moment is not forgotten.
            if (_looksAgain.TryRemove(word.Subscription, out var again) && again)
                await bus.PublishAsync(word);
        }
    }

    private async Task Schedule(Deliver word, TimeSpan wait, IMessageBus bus)
    {
        var now = time.GetElapsedTime(_began);
        if (_scheduled.TryGetValue(word.Subscription, out var said) && said > now && said <= now + wait)
            return;

        if (_scheduled.Count >= MaxRemembered)
            _scheduled.Clear();
        _scheduled[word.Subscription] = now + wait;
        await bus.ScheduleAsync(new Deliver(word.Project, word.Subscription), wait);
    }

    public ValueTask DisposeAsync() => _locks.DisposeAsync();
}
