using JasperFx;
using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;

using JasperFx.MultiTenancy;
using Weasel.Core;
using Zaqar.Domain.Catalogue;
using Zaqar.Domain.Claims;
using Zaqar.Domain.Flavors;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Pools;
using Zaqar.Domain.Queues;
using Zaqar.Domain.Subscriptions;
using Zaqar.Infrastructure.Pools;
using Zaqar.Infrastructure.Queues;
using Zaqar.Infrastructure.Subscriptions;

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
        foreach (var (type, name) in EventNames)
            options.Events.MapEventType(type, name);

        // A commit that concerns the relay wakes it; it looks by itself every second.
        options.Events.UseListenNotifyForEventAppends = true;
        // A transaction that was cut off leaves a gap in the sequence. It is passed over when it is this old and no transaction is left that
        // might fill it; one that is much older than any command of ours may take is not waited for, so that a backup does not hold the relay up.
        options.Projections.StaleSequenceThreshold = TimeSpan.FromSeconds(1);
        options.Projections.SkipStaleGapsDespiteLiveTransactionsAfter = TimeSpan.FromMinutes(1);
        options.Projections.SlowPollingTime = TimeSpan.FromSeconds(1);
        options.Projections.FastPollingTime = TimeSpan.FromMilliseconds(250);

        // The relay stops where it cannot go on, and readiness tells; nothing is passed over.
        options.Projections.Errors.SkipApplyErrors = false;
        options.Projections.Errors.SkipSerializationErrors = false;
        options.Projections.Errors.SkipUnknownEvents = false;

        options.Projections.Add(new QueueProjection(), ProjectionLifecycle.Inline, QueueProjection.Name, asynchronous =>
        {
            foreach (var table in QueueProjection.Tables)
                asynchronous.DeleteDataInTableOnTeardown($"{schema}.{table}");
        });
        options.Projections.Add(new SubscriptionProjection(), ProjectionLifecycle.Inline, SubscriptionProjection.StoredName, asynchronous =>
            asynchronous.DeleteDataInTableOnTeardown($"{schema}.{SubscriptionProjection.Table}"));
        options.Projections.Add(new CatalogueProjection(), ProjectionLifecycle.Inline, CatalogueProjection.StoredName, asynchronous =>
            asynchronous.DeleteDataInTableOnTeardown($"{schema}.{CatalogueProjection.Table}"));
        options.Projections.Add(new PoolProjection(), ProjectionLifecycle.Inline, PoolProjection.StoredName, asynchronous =>
        {
            foreach (var table in PoolProjection.Tables)
                asynchronous.DeleteDataInTableOnTeardown($"{schema}.{table}");
        });
    }

    /// <summary>Under which name each event is stored. Names never change, whatever becomes of the types.</summary>
    internal static IReadOnlyDictionary<Type, string> EventNames { get; } = new Dictionary<Type, string>
    {
        [typeof(QueueCreated)] = "queue_created",
        [typeof(SegmentOpened)] = "segment_opened",
        [typeof(SegmentClosed)] = "segment_closed",
        [typeof(QueueMetadataChanged)] = "queue_metadata_changed",
        [typeof(QueuePurged)] = "queue_purged",
        [typeof(QueueDeleted)] = "queue_deleted",
        [typeof(QueueFrozen)] = "queue_frozen",
        [typeof(QueueThawed)] = "queue_thawed",
        [typeof(QueueCopied)] = "queue_copied",
        [typeof(QueueArrived)] = "queue_arrived",
        [typeof(QueueLeft)] = "queue_left",
        [typeof(SegmentDropped)] = "segment_dropped",
        [typeof(MessagePosted)] = "message_posted",
        [typeof(MessageDeleted)] = "message_deleted",
        [typeof(MessageExpired)] = "message_expired",
        [typeof(MessageDeadLettered)] = "message_dead_lettered",
        [typeof(LettersReceived)] = "letters_received",
        [typeof(MessageClaimed)] = "message_claimed",
        [typeof(ClaimRenewed)] = "claim_renewed",
        [typeof(ClaimReleased)] = "claim_released",
        [typeof(ClaimExpired)] = "claim_expired",
        [typeof(SubscriptionCreated)] = "subscription_created",
        [typeof(ConfirmationRequested)] = "confirmation_requested",
        [typeof(SubscriptionConfirmed)] = "subscription_confirmed",
        [typeof(SubscriptionUnconfirmed)] = "subscription_unconfirmed",
        [typeof(SubscriptionChanged)] = "subscription_changed",
        [typeof(SubscriptionExpired)] = "subscription_expired",
        [typeof(SubscriptionDeleted)] = "subscription_deleted",
        [typeof(QueuePlaced)] = "queue_placed",
        [typeof(QueueMoveStarted)] = "queue_move_started",
        [typeof(QueueMoveSwitched)] = "queue_move_switched",
        [typeof(QueueMoveFailed)] = "queue_move_failed",
        [typeof(QueueMoveEnded)] = "queue_move_ended",
        [typeof(PoolCreated)] = "pool_created",
        [typeof(PoolChanged)] = "pool_changed",
        [typeof(PoolDeleted)] = "pool_deleted",
        [typeof(FlavorCreated)] = "flavor_created",
        [typeof(FlavorDeleted)] = "flavor_deleted",
    };
}
