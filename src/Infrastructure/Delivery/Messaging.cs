using JasperFx;
using Wolverine;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>How Wolverine carries what may happen later or again: the words that wake lanes, and the relay from node to node.</summary>
internal static class Messaging
{
    // A lane that waits for its subscriber waits here, and costs no thread.
    private const int MaxLanes = 1_000;

    // A lane runs for as long as something is due in it. One that is cut off is run again.
    private static readonly TimeSpan _longestRun = TimeSpan.FromDays(1);

    /// <param name="notifies">Whether this node takes part at all; one that does not sends and receives nothing.</param>
    internal static void Configure(WolverineOptions options, bool notifies)
    {
        options.Durability.Mode = notifies ? DurabilityMode.Balanced : DurabilityMode.MediatorOnly;
        options.AutoBuildMessageStorageOnStartup = AutoCreate.None;
        options.Discovery.DisableConventionalDiscovery();
        options.AddMessageHandler(new DeliverHandler());
        options.DefaultExecutionTimeout = _longestRun;
        options.LocalQueueFor<Deliver>().UseDurableInbox().MaximumParallelMessages(MaxLanes);

        // With Wolverine's own timers the relay would start a quarter of a minute after the node, and move after a minute.
        options.Durability.FirstHealthCheckExecution = TimeSpan.Zero;
        options.Durability.HealthCheckPollingTime = TimeSpan.FromSeconds(1);
        options.Durability.CheckAssignmentPeriod = TimeSpan.FromSeconds(1);
        options.Durability.StaleNodeTimeout = TimeSpan.FromSeconds(5);
        options.Durability.NodeReassignmentPollingTime = TimeSpan.FromSeconds(1);
        options.Durability.ScheduledJobFirstExecution = TimeSpan.Zero;
        options.Durability.ScheduledJobPollingTime = TimeSpan.FromSeconds(1);
        options.Durability.OrphanedMessageSweepPollingTime = TimeSpan.FromSeconds(1);
    }
}
