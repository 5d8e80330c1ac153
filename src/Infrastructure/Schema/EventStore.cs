using JasperFx;
using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;

using JasperFx.MultiTenancy;
using Weasel.Core;
using Zaqar.Domain.Claims;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Queues;

namespace Zaqar.Infrastructure.Schema;

/// <summary>How events are kept: tenants, stream keys, stored names and forms, and the projections over them.</summary>
internal static class EventStore
{
    internal static void Configure(StoreOptions options, string schema)
    {
        options.DatabaseSchemaName = schema;
        // The start brings the schema up to date, one node at a time; nothing looks for missing tables after that.
        options.AutoCreateSchemaObjects = AutoCreate.None;

        // The committer alone decides what is tried again: it knows whether a commit was attempted.
        options.ConfigurePolly(_ => { });
        options.ConfigureWritePolly(_ => { });

        options.UseSystemTextJsonForSerialization(EnumStorage.AsString, Casing.CamelCase);

        options.Events.StreamIdentity = StreamIdentity.AsString;
        options.Events.TenancyStyle = TenancyStyle.Conjoined;
        options.Events.AppendMode = EventAppendMode.Quick;
        options.Events.EnableBigIntEvents = true;

        // An append waits for the stream's row before it compares versions. It would otherwise wait on its first event's key, for a node
        // that waits for the row: a deadlock.
        options.Events.UseExclusiveLockOnConcurrentAppends = true;
        options.Events.UseBinarySerializer<MessagePosted>(new BinaryMessagePosted());
        NameEvents(options.Events);

        options.Projections.Add(new QueueProjection(), ProjectionLifecycle.Inline, QueueProjection.Name, asynchronous =>
        {
            foreach (var table in ReadModelSchema.Tables)
                asynchronous.DeleteDataInTableOnTeardown($"{schema}.{table}");
        });
    }

    // Stored names never change, whatever becomes of the types.
    private static void NameEvents(Marten.Events.IEventStoreOptions events)
    {
        events.MapEventType<QueueCreated>("queue_created");
        events.MapEventType<SegmentOpened>("segment_opened");
        events.MapEventType<SegmentClosed>("segment_closed");
        events.MapEventType<QueueMetadataChanged>("queue_metadata_changed");
        events.MapEventType<QueuePurged>("queue_purged");
        events.MapEventType<QueueDeleted>("queue_deleted");
        events.MapEventType<SegmentDropped>("segment_dropped");
        events.MapEventType<MessagePosted>("message_posted");
        events.MapEventType<MessageDeleted>("message_deleted");
        events.MapEventType<MessageExpired>("message_expired");
        events.MapEventType<MessageDeadLettered>("message_dead_lettered");
        events.MapEventType<MessageClaimed>("message_claimed");
        events.MapEventType<ClaimRenewed>("claim_renewed");
        events.MapEventType<ClaimReleased>("claim_released");
        events.MapEventType<ClaimExpired>("claim_expired");
    }
}
