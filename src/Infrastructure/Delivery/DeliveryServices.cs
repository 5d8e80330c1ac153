using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Zaqar.Application.Deliveries;
using Zaqar.Infrastructure.Identity;
using Zaqar.Infrastructure.Outbound;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>Registers what delivers. Another driver is one more <see cref="IDriver"/> here.</summary>
/// <remarks>Needs <see cref="NotificationSettings"/>, <see cref="KeystoneSettings"/>, <see cref="AddressPolicy"/> and <see cref="TimeProvider"/>.</remarks>
internal static class DeliveryServices
{
    public static IServiceCollection AddDelivery(this IServiceCollection services)
    {
        services.TryAddSingleton<RelayProgress>();
        return services.AddDrivers()
            .AddSingleton<Confirmations>()
            .AddSingleton<Deliveries>()
            .AddSingleton<Lane>()
            .AddSingleton<Lanes>()
            .AddSingleton<DeliverySweeper>()
            .AddSingleton<IDeliveryWake, DeliveryWake>();
    }

    public static IServiceCollection AddDrivers(this IServiceCollection services)
    {
        // One client each for as long as the service runs: it keeps and renews its connections.
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<WebhookSender>(
            provider, GuardedHttp.Create(provider.GetRequiredService<AddressPolicy>(), resolve: provider.GetService<ResolveHost>())));
        services.AddKeystone();
        services.TryAddSingleton<IMailCarrier>(provider => provider.GetRequiredService<NotificationSettings>().SmtpMode == NotificationSettings.SelfLocal
            ? ActivatorUtilities.CreateInstance<SmtpRelay>(provider)
            : ActivatorUtilities.CreateInstance<MailCommand>(provider));

        services.AddSingleton<IDriver, WebhookDriver>();
        services.AddSingleton<IDriver, TrustDriver>();
        services.AddSingleton<IDriver, MailDriver>();
        services.AddSingleton<Drivers>();
        return services;
    }
}
