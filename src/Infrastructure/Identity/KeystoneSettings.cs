namespace Zaqar.Infrastructure.Identity;

/// <summary>The service's own account at Keystone; section <c>Zaqar:Keystone</c>. The same user is the trustee of trusts.</summary>
public sealed record KeystoneSettings
{
    /// <summary>Keystone's URL, with or without <c>/v3</c>.</summary>
    public string? AuthUrl { get; init; }

    public string? Username { get; init; }

    public string? Password { get; init; }

    public string ProjectName { get; init; } = "service";

    public string UserDomainName { get; init; } = "Default";

    public string ProjectDomainName { get; init; } = "Default";

    /// <summary>Longest that one request takes; 5 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Where tokens come from; null when no Keystone is set.</summary>
    internal Uri? TokensUrl => AuthUrl is { } url
        ? new(url.TrimEnd('/') is var root && root.EndsWith("/v3", StringComparison.Ordinal) ? $"{root}/auth/tokens" : $"{root}/v3/auth/tokens")
        : null;

    // With a password in it, it prints as nothing.
    public override string ToString() => nameof(KeystoneSettings);

    /// <summary>Judges the settings.</summary>
    /// <returns>The first rule that is broken, as a sentence that names the setting; null when all hold.</returns>
    public string? Broken() =>
        AuthUrl is { } given && !(Uri.TryCreate(given, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            ? $"Zaqar:Keystone:{nameof(AuthUrl)} is a URL with http or https; \"{given}\" was given."
            : AuthUrl is not null && (Username is null || Password is null)
            ? $"Zaqar:Keystone:{nameof(Username)} and {nameof(Password)} are needed where {nameof(AuthUrl)} is set."
            : Timeout < TimeSpan.FromMilliseconds(10) || Timeout > TimeSpan.FromMinutes(1)
            ? $"Zaqar:Keystone:{nameof(Timeout)} is between 00:00:00.010 and 00:01:00; {Timeout} was given."
            : null;
}
