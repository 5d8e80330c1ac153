using System.Text.RegularExpressions;
using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using Zaqar.Domain.Subscriptions;
using Zaqar.Infrastructure.Schema;

namespace Zaqar.Infrastructure.Subscriptions;

/// <summary>
/// Builds the read model of subscriptions: folds the events of one commit into their net change. Inline while the service runs; Marten replays
/// history through it to rebuild.
/// </summary>
internal sealed partial class SubscriptionProjection : ProjectionBase, IProjection
{
    /// <summary>What Marten calls it; part of the stored progress, never changed.</summary>
    internal const string StoredName = "subscriptions";

    /// <summary>What it writes.</summary>
    internal const string Table = "subscription";

    // A rebuild passes over all other events inside the database.
    public SubscriptionProjection()
    {
        foreach (var type in EventStore.EventNames.Keys)
            if (type.IsAssignableTo(typeof(ISubscriptionEvent)))
                IncludeType(type);
    }

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var changes = new SubscriptionChanges();
        foreach (var @event in events)
            if (@event.Data is ISubscriptionEvent about)
                changes.Add(@event.TenantId, @event.Version, about);

        changes.WriteTo((sql, parameters) => operations.QueueSqlCommand(Placeholder().Replace(sql, "?"), parameters));
        return Task.CompletedTask;
    }

    // Marten numbers parameters itself.
    [GeneratedRegex(@"\$\d+")]
    private static partial Regex Placeholder();
}
