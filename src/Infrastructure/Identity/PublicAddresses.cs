using Zaqar.Application.Identity;
using Zaqar.Infrastructure.Delivery;

namespace Zaqar.Infrastructure.Identity;

/// <summary>Where subscribers reach the service: where the operator says, and otherwise where Keystone's catalog says.</summary>
/// <param name="tokens">Null where clients are not known by Keystone; then the catalog is not asked.</param>
/// <remarks>
/// The catalog comes with the service's own token and is as old as that. It has the service under the names <c>zaqar</c> and
/// <c>zaqar-websocket</c>. Source: API contract, section 8.3.
/// </remarks>
internal sealed class PublicAddresses(NotificationSettings settings, KeystoneSettings keystone, ServiceToken own, ITokens? tokens = null)
{
    /// <returns>The settings, with the addresses that are known.</returns>
    /// <exception cref="KeystoneUnavailableException">The catalog cannot be had now.</exception>
    public async Task<NotificationSettings> Complete(CancellationToken ct)
    {
        if (tokens is null || settings is { PublicEndpoint: not null, PublicWebSocketEndpoint: not null })
            return settings;

        var catalog = (await own.Get(ct: ct)).Known.Catalog;
        return settings with
        {
            PublicEndpoint = settings.PublicEndpoint ?? Find("zaqar", "http", "https"),
            PublicWebSocketEndpoint = settings.PublicWebSocketEndpoint ?? Find("zaqar-websocket", "ws", "wss"),
        };

        string? Find(string service, params string[] schemes) => catalog.FirstOrDefault(endpoint =>
            endpoint.Service == service && endpoint.Interface == "public" && (keystone.Region is null || endpoint.Region == keystone.Region)
            && Uri.TryCreate(endpoint.Url, UriKind.Absolute, out var url) && schemes.Contains(url.Scheme))?.Url;
    }
}
