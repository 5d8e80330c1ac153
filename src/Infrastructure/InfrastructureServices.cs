using Marten;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Wolverine;
using Wolverine.Marten;
using Zaqar.Application;
using Zaqar.Application.Committing;
using Zaqar.Application.Encryption;
using Zaqar.Application.Pools;
using Zaqar.Application.Subscriptions;
using Zaqar.Infrastructure.Committing;
using Zaqar.Infrastructure.Delivery;
using Zaqar.Infrastructure.Encryption;
using Zaqar.Infrastructure.Following;
using Zaqar.Infrastructure.History;
using Zaqar.Infrastructure.Letters;
using Zaqar.Infrastructure.Pools;
using Zaqar.Infrastructure.Queues;
using Zaqar.Infrastructure.Schema;
using Zaqar.Infrastructure.Subscriptions;
using Zaqar.Infrastructure.Waiting;

namespace Zaqar.Infrastructure;

/// <summary>Registers the event store, the committer, the ways of delivery and what runs beside them.</summary>
/// <remarks>Needs the settings of notification and Keystone and the outbound guard's policy registered beside it.</remarks>
public static class InfrastructureServices
{
    /// <param name="connectionString">The database; any number of nodes may share it.</param>
    /// <param name="schema">Where the tables live, so that a database may be shared with others.</param>
    /// <param name="notifies">Whether this node relays and delivers.</param>
    public static IHostApplicationBuilder AddZaqarInfrastructure(
        this IHostApplicationBuilder builder, string connectionString, string schema, bool notifies)
    {
        var services = builder.Services;
        services.AddNpgsqlDataSource(Connection.With(connectionString, schema));
        services.AddSingleton(provider => new ReadDatabase(
            NpgsqlDataSource.Create(Connection.ForReads(connectionString, schema)), provider.GetRequiredService<TimeProvider>()));
        var marten = services.AddMarten(options => EventStore.Configure(options, schema))
            .UseNpgsqlDataSource()
            .UseLightweightSessions()
            .IntegrateWithWolverine(wolverine =>
            {
                wolverine.MessageStorageSchemaName = schema;
                wolverine.UseWolverineManagedEventSubscriptionDistribution = true;
            });
        if (notifies)
            marten.SubscribeToEventsWithServices<Relay>(ServiceLifetime.Singleton);
        builder.UseWolverine(options => Messaging.Configure(options, notifies));

        services.TryAddSingleton(new CommitterSettings());
        services.TryAddSingleton(new HistorySettings());
        services.TryAddSingleton<ICipher>(KeyRing.Empty);
        services.AddSingleton<QueueNotices>();
        services.TryAddSingleton<QueueMemory>();
        services.AddSingleton<EventWriter>();
        services.TryAddSingleton<ILetterRoute, EveryQueueIsHere>();
        services.AddSingleton<LetterBox>();
        services.AddSingleton<BatchWriter>();
        services.AddSingleton<Committer>();
        services.AddSingleton<ICommitter>(provider => provider.GetRequiredService<Committer>());
        services.AddSingleton<ISubscriberRules, SubscriberRules>();
        services.TryAddSingleton(new PoolSettings());
        services.TryAddSingleton<IPoolDatabases, PoolDatabases>();
        services.AddDelivery();
        services.TryAddSingleton<NodeIdentity>();
        services.AddSingleton<QueueHistory>();
        services.AddSingleton<QueueFeeds>();
        services.AddSingleton<NodeHeartbeat>();
        services.AddSingleton<Feeds>();
        services.TryAddSingleton<IFeeds>(provider => provider.GetRequiredService<Feeds>());
        services.AddSingleton<ExpirySweeper>();
        services.AddSingleton<SubscriptionSweeper>();
        services.AddSingleton<SegmentSweeper>();
        services.AddSingleton<ReadModelRebuild>();
        services.AddHostedService(provider => provider.GetRequiredService<QueueNotices>());
        services.AddHostedService(provider => provider.GetRequiredService<Committer>());
        services.AddHostedService<LetterCourier>();
        services.AddHostedService<Housekeeping>();
        services.AddHostedService(provider => provider.GetRequiredService<NodeHeartbeat>());
        if (notifies)
            services.AddHostedService<RelayKeeper>();
        return builder;
    }
}
