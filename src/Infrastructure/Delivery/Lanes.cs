using System.Collections.Concurrent;
using Npgsql;
using Wolverine;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>
/// One lane for each subscriber that something is due for: one attempt after the other, in the order of the messages. Lanes wait for
/// their subscribers side by side, so a dead endpoint delays nobody else.
/// </summary>
internal sealed class Lanes(Lane lane, NpgsqlDataSource database) : IAsyncDisposable
{
    private static readonly TimeSpan _elsewhere = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, bool> _looksAgain = [];
    private readonly LaneLocks _locks = new(database);

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
                    await bus.ScheduleAsync(new Deliver(word.Project, word.Subscription), wait);
            }
            finally
            {
                await _locks.Release(word.Subscription);
            }
        }
        finally
        {
            // Who said so in the last moment is not forgotten.
            if (_looksAgain.TryRemove(word.Subscription, out var again) && again)
                await bus.PublishAsync(word);
        }
    }

    public ValueTask DisposeAsync() => _locks.DisposeAsync();
}
