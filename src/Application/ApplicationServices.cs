using System.Reflection;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Zaqar.Application.Encryption;
using Zaqar.Application.Pools;
using Zaqar.Application.Subscriptions;
using Zaqar.Application.Waiting;

namespace Zaqar.Application;

/// <summary>Registers the use cases.</summary>
public static class ApplicationServices
{
    /// <summary>Adds MediatR and every request handler of this assembly; MediatR 5 stands alone and registers nothing itself.</summary>
    /// <remarks>What works on this database alone sends by <see cref="Mediator"/>; what asks for its clients, by <see cref="IMediator"/>, which may lead to others.</remarks>
    public static IServiceCollection AddZaqarApplication(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<DatabaseClock>();
        services.AddSingleton<QueueSignals>();
        services.AddSingleton<MessageSeal>();
        services.AddSingleton<SubscriptionWriter>();
        services.AddSingleton<PoolWriter>();
        services.AddSingleton<PoolAddresses>();
        services.AddSingleton<PoolPreparation>();
        services.AddSingleton<ServiceFactory>(provider => provider.GetService!);
        services.AddSingleton<Mediator>();
        services.TryAddSingleton<IMediator>(provider => provider.GetRequiredService<Mediator>());

        var handlers =
            from type in Assembly.GetExecutingAssembly().GetTypes()
            where type is { IsClass: true, IsAbstract: false }
            from contract in type.GetInterfaces()
            where contract.IsGenericType && contract.GetGenericTypeDefinition() == typeof(IRequestHandler<,>)
            select (contract, type);

        foreach (var (contract, type) in handlers)
            services.AddSingleton(contract, type);

        return services;
    }
}
