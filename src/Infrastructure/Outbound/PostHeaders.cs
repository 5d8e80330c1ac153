using System.Buffers;

namespace Zaqar.Infrastructure.Outbound;

/// <summary>Which of a subscription's <c>options.post_headers</c> may be sent along; all but those that would change where, how or as whom it is sent.</summary>
/// <remarks>
/// Refused, in any case of letters: <c>Host</c> (also the name TLS verifies), <c>Content-Length</c>, what belongs to one connection (<c>Connection</c>,
/// <c>Keep-Alive</c>, <c>TE</c>, <c>Trailer</c>, <c>Transfer-Encoding</c>, <c>Upgrade</c>, <c>HTTP2-Settings</c>, <c>Proxy-*</c>), <c>Expect</c>,
/// and the signature's own <c>webhook-id</c>, <c>webhook-timestamp</c>, <c>webhook-signature</c>. Names must be tokens (RFC 9110, 5.6.2), which no pseudo
/// header is; values printable ASCII of at most 8,192 characters, since others fail when sent. <c>Content-Type</c> may be overridden, as upstream.
/// </remarks>
internal static class PostHeaders
{
    private const int MaxNameLength = 256;
    private const int MaxValueLength = 8_192;

    private static readonly SearchValues<char> _token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly HashSet<string> _denied = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Content-Length",
        "Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "HTTP2-Settings",
        "Expect",
        "webhook-id", "webhook-timestamp", "webhook-signature",
    };

    public static bool IsAllowed(string name, string value) => Refusal(name, value) is null;

    /// <returns>What is wrong with the header, to follow its name; null when it may be sent. Never tells the value.</returns>
    public static string? Refusal(string name, string value) =>
        name.Length is 0 or > MaxNameLength || name.AsSpan().ContainsAnyExcept(_token) ? "is no header name"
        : _denied.Contains(name) || name.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase) ? "is not the subscriber's to set"
        : value.Length > MaxValueLength ? $"has more than {MaxValueLength} characters"
        : value.AsSpan().ContainsAnyExceptInRange(' ', '~') ? "has characters other than printable ASCII"
        : null;
}
