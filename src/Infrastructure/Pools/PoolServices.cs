using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Zaqar.Application;
using Zaqar.Application.Committing;
using Zaqar.Application.Encryption;
using Zaqar.Application.Health;
using Zaqar.Application.Identity;
using Zaqar.Application.Queues;
using Zaqar.Domain;
using Zaqar.Domain.Catalogue;
using Zaqar.Infrastructure.Committing;
using Zaqar.Infrastructure.Delivery;
using Zaqar.Infrastructure.Following;
using Zaqar.Infrastructure.History;
using Zaqar.Infrastructure.Identity;
using Zaqar.Infrastructure.Moving;
using Zaqar.Infrastructure.Outbound;

namespace Zaqar.Infrastructure.Pools;

/// <summary>Makes a node serve several databases.</summary>
public static class PoolServices
{
    /// <summary>Puts the router in front of everything; without this, all requests go to the service's own database.</summary>
    /// <remarks>Beside <see cref="InfrastructureServices.AddZaqarInfrastructure"/> with the same schema and the same choice of notifying.</remarks>
    /// <param name="enableVirtualPool">Whether a queue that no pool takes is kept in the service's own database.</param>
    public static IServiceCollection AddPooling(this IServiceCollection services, string schema, bool notifies, bool enableVirtualPool)
    {
        services.AddSingleton(new PoolingSettings(schema, notifies, enableVirtualPool,
        [
            typeof(TimeProvider), typeof(DatabaseClock), typeof(Limits), typeof(NodeIdentity), typeof(ICipher),
            typeof(CommitterSettings), typeof(HistorySettings), typeof(HealthSettings), typeof(NotificationSettings), typeof(SignedUrlSettings),
            typeof(AddressPolicy), typeof(ResolveHost), typeof(IMailCarrier),
            typeof(KeystoneSettings), typeof(KeystoneClient), typeof(ServiceToken), typeof(ITrustTokens), typeof(ITrusts), typeof(ITokens),
            typeof(PublicAddresses),
        ]));
        services.AddMovedReads();
        services.AddSingleton<PoolList>();
        services.AddSingleton<CatalogueMemory>();
        services.AddSingleton<Catalogue>();
        services.AddSingleton<OpenPools>();
        services.AddSingleton<PoolsHealth>();
        services.AddSingleton<PoolsRebuild>();
        services.Replace(ServiceDescriptor.Singleton<IMediator, PoolRouter>());
        services.Replace(ServiceDescriptor.Singleton<ILetterRoute>(provider => new PoolLetterRoute(Placement.Home, provider)));
        services.Replace(ServiceDescriptor.Singleton<IFeeds, PooledFeeds>());
        services.AddHostedService(provider => provider.GetRequiredService<CatalogueMemory>());
        services.AddHostedService(provider => provider.GetRequiredService<OpenPools>());
        services.AddHostedService<QueueMoves>();
        return services;
    }
}
