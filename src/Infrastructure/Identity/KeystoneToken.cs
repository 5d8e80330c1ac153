using System.Globalization;
using System.Text.Json;

namespace Zaqar.Infrastructure.Identity;

/// <summary>What Keystone says of a token, as far as it is needed.</summary>
/// <param name="User">Id; of a trust with impersonation, of who made it.</param>
/// <param name="Project">Id; null for a token of no scope, or of a domain or the system.</param>
/// <param name="Roles">Names; none without a scope.</param>
/// <param name="HasAccessRules">Whether it comes from an application credential that is good for some requests only.</param>
/// <param name="Catalog">Empty where it was not asked for.</param>
/// <remarks>Source: OpenStack Identity API v3, "Authentication and token management".</remarks>
internal sealed record KeystoneToken(
    string User, string? Project, IReadOnlyList<string> Roles, DateTimeOffset ExpiresAt, bool HasAccessRules, IReadOnlyList<CatalogEndpoint> Catalog)
{
    private static readonly JsonSerializerOptions _snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Reads the body of an answer; what is not known there is passed over.</summary>
    /// <returns>Null when it is no token: nothing may be concluded from it.</returns>
    public static KeystoneToken? Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonSerializer.Deserialize<Envelope>(utf8, _snake)?.Token is { User.Id: { Length: > 0 } user } token
                && token.Project is null or { Id.Length: > 0 }
                && DateTimeOffset.TryParse(token.ExpiresAt, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until)
                ? new(user, token.Project?.Id, [.. (token.Roles ?? []).Select(role => role?.Name).OfType<string>()], until,
                    token.ApplicationCredential?.AccessRules is { ValueKind: not JsonValueKind.Null }, [.. Endpoints(token)])
                : null;
        }
        catch (JsonException)
        {
            // Keystone's trouble is not the client's: who asked is told that there is no answer.
            return null;
        }
    }

    private static IEnumerable<CatalogEndpoint> Endpoints(Body token)
    {
        foreach (var service in token.Catalog ?? [])
            foreach (var endpoint in service?.Endpoints ?? [])
                if (service?.Name is { } name && endpoint is { Interface: { } access, Url: { } url })
                    yield return new(name, access, endpoint.RegionId ?? endpoint.Region, url);
    }

    private sealed record Envelope(Body? Token);

    private sealed record Body(
        Named? User, Named? Project, Named?[]? Roles, string? ExpiresAt, Service?[]? Catalog, Credential? ApplicationCredential);

    private sealed record Named(string? Id, string? Name);

    private sealed record Credential(JsonElement? AccessRules);

    private sealed record Service(string? Name, Endpoint?[]? Endpoints);

    private sealed record Endpoint(string? Interface, string? Region, string? RegionId, string? Url);
}

/// <summary>Where a service of the cloud is reached.</summary>
/// <param name="Service">Its name, not its type.</param>
/// <param name="Interface"><c>public</c>, <c>internal</c> or <c>admin</c>.</param>
internal sealed record CatalogEndpoint(string Service, string Interface, string? Region, string Url);
