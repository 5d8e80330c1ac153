using Wolverine.Runtime;
using Zaqar.Infrastructure.History;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>Says again what should have been heard long ago, and forgets deliveries that ended before the retention.</summary>
internal sealed class DeliverySweeper(
    Deliveries deliveries, Lanes lanes, IWolverineRuntime runtime, HistorySettings history, NotificationSettings settings)
{
    private const int WordsAtOnce = 1_000;

    /// <summary>How long something may be due before its word counts as lost: longer than a node takes to hand over what it had.</summary>
    private static readonly TimeSpan _late = TimeSpan.FromSeconds(3);

    public async Task Sweep(CancellationToken ct)
    {
        // A node that does not deliver has no word to say either; one that does finds it all.
        foreach (var word in settings.Enabled ? await deliveries.Overlooked(_late, lanes.Running, WordsAtOnce, ct) : [])
            await new MessageBus(runtime).PublishAsync(word with { IsSecond = true });

        while (await deliveries.Sweep(history.Retention, ct))
        {
        }
    }
}
