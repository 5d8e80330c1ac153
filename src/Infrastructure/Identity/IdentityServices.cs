using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Zaqar.Application.Identity;

namespace Zaqar.Infrastructure.Identity;

/// <summary>Registers what Keystone is asked for.</summary>
/// <remarks>Needs <see cref="KeystoneSettings"/> and <see cref="TimeProvider"/>.</remarks>
public static class IdentityServices
{
    /// <summary>Has Keystone say who a client is.</summary>
    public static IServiceCollection AddKeystoneTokens(this IServiceCollection services) =>
        services.AddSingleton<KeystoneTokens>().AddSingleton<ITokens>(provider => provider.GetRequiredService<KeystoneTokens>());

    /// <summary>The service's own account, and what it does for those who trust it. Where no Keystone is set, each question says so.</summary>
    internal static IServiceCollection AddKeystone(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => ActivatorUtilities.CreateInstance<KeystoneClient>(provider, KeystoneClient.CreateHttp()));
        services.TryAddSingleton<ServiceToken>();
        services.TryAddSingleton<ITrustTokens, KeystoneTrustTokens>();
        services.TryAddSingleton<ITrusts, KeystoneTrusts>();
        services.TryAddSingleton<PublicAddresses>();
        return services;
    }
}
