using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>What lets a subscriber without an account confirm its subscription or take it back: a pre-signed URL and where it leads.</summary>
/// <param name="Path">Of the subscription's <c>confirm</c> resource.</param>
/// <param name="Expires">UTC as signed: <c>2030-01-01T00:00:00</c>.</param>
/// <param name="Signature">64 hex digits.</param>
/// <param name="SubscribeUrl">The resource by HTTP; null when it is not known where the service is reached.</param>
/// <param name="WebSocketSubscribeUrl">Likewise by WebSocket.</param>
/// <remarks>Source: API contract, sections 2.10, 8.3 and 8.4.</remarks>
internal sealed record ConfirmationLink(
    QueueId Queue, string Path, string Expires, string Signature, string? SubscribeUrl, string? WebSocketSubscribeUrl)
{
    /// <summary>The one method that it opens the path to.</summary>
    public const string Methods = "PUT";

    /// <summary>URL of the service's own page for confirmations; null when it is not known where the service is reached.</summary>
    public string? OwnPage => SubscribeUrl is { } url ? url[..^Path.Length] + "/confirm" : null;

    /// <summary>Signs a link.</summary>
    /// <param name="expires">A subscription's end, or for one that was taken back the default ttl from now.</param>
    /// <param name="secretKey">Of <c>Zaqar:SignedUrl</c>.</param>
    public static ConfirmationLink For(
        QueueId queue, string subscription, DateTimeOffset expires, string secretKey, NotificationSettings settings)
    {
        var path = $"/v2/{queue.Noun}s/{queue.ShownName}/subscriptions/{subscription}/confirm";
        var until = UrlSignature.Expires(expires);
        return new(queue, path, until, UrlSignature.Of(secretKey, [path], [Methods], queue.Project, until),
            At(settings.PublicEndpoint), At(settings.PublicWebSocketEndpoint));

        string? At(string? endpoint) => endpoint is null ? null : endpoint.TrimEnd('/') + path;
    }

    // Whoever has the signature may confirm.
    public override string ToString() => Path;

    /// <summary>The link that a mail carries.</summary>
    /// <param name="page">URL of the page that has the button; it may have a query of its own.</param>
    public string On(string page) =>
        page + (page.Contains('?', StringComparison.Ordinal) ? '&' : '?') + string.Join('&', new[]
        {
            ("Signature", Signature), ("Methods", Methods), ("Paths", Path), ("Project", Queue.Project), ("Expires", Expires),
            ("Url", SubscribeUrl ?? ""), ("Queue", Queue.ShownName),
        }.Select(parameter => $"{parameter.Item1}={Uri.EscapeDataString(parameter.Item2)}"));
}
