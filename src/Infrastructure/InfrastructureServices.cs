using Marten;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Wolverine;
using Wolverine.Marten;
using Zaqar.Application;
using Zaqar.Application.Committing;
using Zaqar.Infrastructure.Committing;
using Zaqar.Infrastructure.Delivery;
using Zaqar.Infrastructure.History;
using Zaqar.Infrastructure.Queues;
using Zaqar.Infrastructure.Schema;
using Zaqar.Infrastructure.Waiting;

namespace Zaqar.Infrastructure;

/// <summary>Registers the event store, the committer and what runs beside them.</summary>
public static class InfrastructureServices
{
    /// <param name="connectionString">The database; any number of nodes may share it.</param>
    /// <param name="schema">Where the tables live, so that a database may be shared with others.</param>
    public static IHostApplicationBuilder AddZaqarInfrastructure(this IHostApplicationBuilder builder, string connectionString, string schema)
    {
        var services = builder.Services;
        services.AddNpgsqlDataSource(Connection.With(connectionString, schema));
        services.AddSingleton(provider => new ReadDatabase(
            NpgsqlDataSource.Create(Connection.ForReads(connectionString, schema)), provider.GetRequiredService<TimeProvider>()));
        services.AddMarten(options => EventStore.Configure(options, schema))
            .UseNpgsqlDataSource()
            .UseLightweightSessions()
            .IntegrateWithWolverine(wolverine =>
            {
                wolverine.MessageStorageSchemaName = schema;
                wolverine.UseWolverineManagedEventSubscriptionDistribution = true;
            })
            .SubscribeToEventsWithServices<Relay>(ServiceLifetime.Singleton);
        builder.UseWolverine(Messaging.Configure);
        services.AddDrivers();
        services.AddSingleton(provider => new Confirmations(provider.GetRequiredService<NotificationSettings>(), builder.Configuration["Zaqar:SignedUrl:SecretKey"]));
        services.AddSingleton<Deliveries>();
        services.AddSingleton<Lane>();
        services.AddSingleton<Lanes>();
        services.AddSingleton<DeliverySweeper>();

        services.TryAddSingleton(new CommitterSettings());
        services.TryAddSingleton(new HistorySettings());
        services.AddSingleton<QueueNotices>();
        services.AddSingleton<QueueMemory>();
        services.AddSingleton<EventWriter>();
        services.AddSingleton<BatchWriter>();
        services.AddSingleton<Committer>();
        services.AddSingleton<ICommitter>(provider => provider.GetRequiredService<Committer>());
        services.AddSingleton<ExpirySweeper>();
        services.AddSingleton<SegmentSweeper>();
        services.AddSingleton<ReadModelRebuild>();
        services.AddHostedService(provider => provider.GetRequiredService<QueueNotices>());
        services.AddHostedService(provider => provider.GetRequiredService<Committer>());
        services.AddHostedService<Housekeeping>();
        return builder;
    }
}
