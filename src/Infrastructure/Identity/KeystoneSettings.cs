namespace Zaqar.Infrastructure.Identity;

/// <summary>The service's own account at Keystone; section <c>Zaqar:Keystone</c>. The same user is the trustee of trusts.</summary>
public sealed record KeystoneSettings
{
    /// <summary>Keystone's URL, with or without <c>/v3</c>.</summary>
    public string? AuthUrl { get; init; }

    /// <summary>Where clients are sent for a token, in the <c>WWW-Authenticate</c> of a 401; null: <see cref="AuthUrl"/>.</summary>
    public string? WwwAuthenticateUri { get; init; }

    public string? Username { get; init; }

    public string? Password { get; init; }

    public string ProjectName { get; init; } = "service";

    public string UserDomainName { get; init; } = "Default";

    public string ProjectDomainName { get; init; } = "Default";

    /// <summary>Of which region the service's own addresses are taken from the catalog; null: of whichever comes first.</summary>
    public string? Region { get; init; }

    /// <summary>Longest that one question takes, its one repetition included; 5 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Longest that the word of Keystone about a token is kept: as long may one that was revoked still be let in. 60 seconds; 0 asks each time.
    /// </summary>
    public TimeSpan TokenCacheTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What the API's 401 names; null when no Keystone is set.</summary>
    public string? ChallengeUri => WwwAuthenticateUri ?? AuthUrl;

    // With a password in it, it prints as nothing.
    public override string ToString() => nameof(KeystoneSettings);

    /// <summary>Judges the settings.</summary>
    /// <returns>The first rule that is broken, as a sentence that names the setting; null when all hold.</returns>
    public string? Broken() =>
        AuthUrl is { } url && !IsUrl(url)
            ? $"Zaqar:Keystone:{nameof(AuthUrl)} is a URL with http or https and without a user; \"{url}\" was given."
            : WwwAuthenticateUri is { } uri && !IsUrl(uri)
            ? $"Zaqar:Keystone:{nameof(WwwAuthenticateUri)} is a URL with http or https and without a user; \"{uri}\" was given."
            : AuthUrl is not null && (string.IsNullOrEmpty(Username) || string.IsNullOrEmpty(Password))
            ? $"Zaqar:Keystone:{nameof(Username)} and {nameof(Password)} are needed where {nameof(AuthUrl)} is set."
            : Timeout < TimeSpan.FromMilliseconds(10) || Timeout > TimeSpan.FromMinutes(1)
            ? $"Zaqar:Keystone:{nameof(Timeout)} is between 00:00:00.010 and 00:01:00; {Timeout} was given."
            : TokenCacheTime < TimeSpan.Zero || TokenCacheTime > TimeSpan.FromHours(1)
            ? $"Zaqar:Keystone:{nameof(TokenCacheTime)} is between 00:00:00 and 01:00:00; {TokenCacheTime} was given."
            : null;

    /// <summary>A URL below <c>/v3</c>; null when no Keystone is set.</summary>
    internal Uri? At(string path) => AuthUrl?.TrimEnd('/') is { } root
        ? new(root.EndsWith("/v3", StringComparison.Ordinal) ? $"{root}/{path}" : $"{root}/v3/{path}")
        : null;

    // It also stands in a header, within quotes.
    private static bool IsUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0
        && !text.AsSpan().ContainsAnyExceptInRange('!', '~') && !text.Contains('"', StringComparison.Ordinal);
}
