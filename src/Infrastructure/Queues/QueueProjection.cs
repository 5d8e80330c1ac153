using System.Text.RegularExpressions;
using JasperFx.Events;
using Marten;
using Marten.Events.Projections;
using Zaqar.Application;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Queues;

/// <summary>
/// Builds the read models of queues, messages and claims: folds the events of one commit into their net change and writes it in one
/// set-based statement per kind. Inline while the service runs; Marten replays history through it to rebuild.
/// </summary>
internal sealed partial class QueueProjection : IProjection
{
    /// <summary>What Marten calls it; part of the stored progress, never changed.</summary>
    internal const string Name = "queues";

    /// <summary>What it writes, in an order in which they may be emptied.</summary>
    internal static IReadOnlyList<string> Tables { get; } = ["queue", "message", "loose", "claim", "grave", "letter_received"];

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var changes = new QueueChanges();
        foreach (var @event in events)
        {
            if (@event.Data is SegmentDropped dropped)
                changes.Add(new QueueId(@event.TenantId, dropped.Queue), dropped);
            else if (@event.StreamKey is { } key && StreamKey.TryReadQueue(key, out var name, out var incarnation, out _))
                changes.Add(new QueueId(@event.TenantId, name), incarnation, @event.Version, @event.Data);
        }

        changes.WriteTo((sql, parameters) => operations.QueueSqlCommand(Placeholder().Replace(sql, "?"), parameters));
        return Task.CompletedTask;
    }

    // Marten numbers parameters itself.
    [GeneratedRegex(@"\$\d+")]
    private static partial Regex Placeholder();
}
