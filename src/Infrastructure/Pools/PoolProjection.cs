using System.Text.RegularExpressions;
using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using Zaqar.Domain.Flavors;
using Zaqar.Domain.Pools;
using Zaqar.Infrastructure.Schema;

namespace Zaqar.Infrastructure.Pools;

/// <summary>
/// Builds the read models of pools and flavors: folds the events of one commit into their net change. Inline while the service runs; Marten replays
/// history through it to rebuild.
/// </summary>
internal sealed partial class PoolProjection : ProjectionBase, IProjection
{
    /// <summary>What Marten calls it; part of the stored progress, never changed.</summary>
    internal const string StoredName = "pools";

    // A rebuild passes over all other events inside the database.
    public PoolProjection()
    {
        foreach (var type in EventStore.EventNames.Keys)
            if (type.IsAssignableTo(typeof(IPoolEvent)) || type.IsAssignableTo(typeof(IFlavorEvent)))
                IncludeType(type);
    }

    /// <summary>What it writes.</summary>
    internal static IReadOnlyList<string> Tables { get; } = ["pool", "flavor"];

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var changes = new PoolChanges();
        foreach (var @event in events)
            if (@event.Data is IPoolEvent aboutPool)
                changes.Add(@event.Version, aboutPool);
            else if (@event.Data is IFlavorEvent aboutFlavor)
                changes.Add(@event.TenantId, aboutFlavor);

        changes.WriteTo((sql, parameters) => operations.QueueSqlCommand(Placeholder().Replace(sql, "?"), parameters));
        return Task.CompletedTask;
    }

    // Marten numbers parameters itself.
    [GeneratedRegex(@"\$\d+")]
    private static partial Regex Placeholder();
}
