using Microsoft.AspNetCore.Cors.Infrastructure;
using Zaqar.Api.Settings;

namespace Zaqar.Api.Requests;

/// <summary>Lets scripts of other sites' pages use the API from within a browser; off unless the operator names the sites.</summary>
/// <remarks>
/// Methods and headers are the original's preset. Browsers keep no credentials for us (a token is a header that a script sets), so none are allowed
/// to be sent along by themselves. Source: API contract, section 9.6.
/// </remarks>
internal static class Cors
{
    private static readonly string[] _methods = ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD"];

    private static readonly string[] _headers =
    [
        "X-Auth-Token", "X-Identity-Status", "X-Roles", "X-Service-Catalog", "X-User-Id", "X-Tenant-Id", "X-OpenStack-Request-ID", "X-Trace-Info",
        "X-Trace-HMAC", "Client-id",

        // What the original's middleware adds to any preset,
        "Accept", "Accept-Language", "Content-Type", "Cache-Control", "Content-Language", "Expires", "Last-Modified", "Pragma",

        // and what its preset forgot: without these no page could use a pre-signed URL.
        "X-Project-ID", "URL-Signature", "URL-Methods", "URL-Paths", "URL-Expires",
    ];

    private static readonly string[] _exposed = ["X-Auth-Token", "X-Subject-Token", "X-Service-Token", "X-OpenStack-Request-ID"];

    /// <summary>Answers preflights, and says on all other answers, refusals too, whose scripts may read them.</summary>
    public static void UseZaqarCors(this IApplicationBuilder app)
    {
        var origins = app.ApplicationServices.GetRequiredService<ServiceSettings>().Cors.Origins;
        if (origins.Count > 0)
            app.UseCors(policy => Allow(policy, origins));
    }

    private static void Allow(CorsPolicyBuilder policy, IReadOnlyList<string> origins)
    {
        if (origins.Contains(CorsSettings.Any))
            policy.AllowAnyOrigin();
        else
            policy.WithOrigins([.. origins]);

        policy.WithMethods(_methods).WithHeaders(_headers).WithExposedHeaders(_exposed).SetPreflightMaxAge(TimeSpan.FromHours(1));
    }
}

/// <summary>Section <c>Zaqar:Cors</c>, the original's <c>[cors]</c>.</summary>
internal sealed record CorsSettings
{
    /// <summary>Stands for every site.</summary>
    public const string Any = "*";

    /// <summary>Separated by commas, as browsers write them: <c>https://console.example</c>, with the port when it is not the scheme's own.</summary>
    public string? AllowedOrigins { get; init; }

    public IReadOnlyList<string> Origins => string.IsNullOrWhiteSpace(AllowedOrigins) ? [] : AllowedOrigins.Split(',', StringSplitOptions.TrimEntries);

    /// <returns>What is wrong with the settings; null when nothing is.</returns>
    public string? Broken() => Origins.FirstOrDefault(origin => origin != Any && !IsOrigin(origin)) is { } broken
        ? $"Zaqar:Cors:{nameof(AllowedOrigins)} lists * or origins like https://console.example:8443, without a path; \"{broken}\" was given."
        : null;

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0
        && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase);
}
