namespace Zaqar.Api.Errors;

/// <summary>A request that fails a check of the HTTP transport itself, before any use case is asked.</summary>
/// <param name="description">A sentence for the client; null where the API gives none.</param>
/// <remarks>Source: API contract, sections 1.3 to 1.6.</remarks>
internal sealed class RequestRefused(int status, string title, string? description = null) : Exception(description ?? title)
{
    public int Status { get; } = status;

    public string Title { get; } = title;

    public string? Description { get; } = description;

    /// <summary>What the <c>Allow</c> header says; null for all but a refused method.</summary>
    public string? Allow { get; private init; }

    /// <summary>What <c>Retry-After</c> says; null when trying again does not help.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    public static RequestRefused NotFound() => new(404, "404 Not Found");

    public static RequestRefused MethodNotAllowed(string allow) => new(405, "405 Method Not Allowed") { Allow = allow };

    public static RequestRefused NotAcceptable() => new(406, "406 Not Acceptable");

    public static RequestRefused UnsupportedMediaType(string wanted) =>
        new(415, "415 Unsupported Media Type", $"The Content-Type of this request is exactly {wanted}.");

    public static RequestRefused UpgradeRequired() =>
        new(426, "426 Upgrade Required", "Only a WebSocket is served here.");

    public static RequestRefused ForeignOrigin() =>
        new(403, "Not authorized", "Pages of this origin may not connect.");

    public static RequestRefused TooManyConnections() =>
        new(503, "Service temporarily unavailable", "This node has as many WebSockets as it takes. Please try again in a moment.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    public static RequestRefused FormContent() =>
        new(400, "Invalid Content-Type", "A form is no JSON: application/x-www-form-urlencoded is not taken here.");

    public static RequestRefused ClientIdMissing() =>
        new(400, "Missing header value", "The header Client-Id is required.");

    public static RequestRefused ClientIdNoUuid() =>
        new(400, "Wrong UUID value", "The header Client-Id is a UUID, with or without dashes.");

    /// <summary>The original puts this sentence into the title and gives no description.</summary>
    public static RequestRefused ClientIdLength(int min, int max) =>
        new(400, $"The header Client-Id has {min} to {max} characters.");

    public static RequestRefused ProjectMissing() =>
        new(400, "Project-Id Missing", "The header X-PROJECT-ID is required.");

    public static RequestRefused ProjectEmpty() =>
        new(400, "Empty project header not allowed", "The header X-PROJECT-ID is not empty.");

    /// <param name="noun">What the request is about: <c>queue</c> or <c>topic</c>.</param>
    public static RequestRefused ProjectTooLong(string noun, int max) =>
        new(400, $"Invalid {noun} identification", $"A project id has at most {max} characters.");

    /// <inheritdoc cref="ProjectTooLong"/>
    public static RequestRefused Name(string noun, int max) =>
        new(400, $"Invalid {noun} identification", $"A {noun}'s name has 1 to {max} of the characters a-z, A-Z, 0-9, '_', '-' and '.'.");

    public static RequestRefused UnknownExtraSpec() =>
        new(400, "Invalid API request", "The header EXTRA-SPEC names no known plug-in; messagecode is the only one.");

    /// <summary>Which rule it was is no business of the client's.</summary>
    public static RequestRefused NotAuthorized() =>
        new(403, "Not authorized", "You are not authorized to complete this action.");

    /// <param name="retryAfter">Until the next request may pass.</param>
    public static RequestRefused TooManyRequests(TimeSpan retryAfter) =>
        new(429, "Too many requests", "This project asks more often than the service allows. Please try again in a moment.")
        {
            RetryAfter = retryAfter,
        };
}
