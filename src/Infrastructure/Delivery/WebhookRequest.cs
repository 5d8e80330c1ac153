using System.Globalization;
using System.Net.Http.Headers;
using Zaqar.Infrastructure.Outbound;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>The request that one attempt sends, and sends again where it is redirected.</summary>
/// <remarks>Source: API contract, sections 8.2 and 8.5.</remarks>
internal sealed class WebhookRequest
{
    /// <summary>Carries a token of the subscription's owner.</summary>
    public const string TokenHeader = "X-Auth-Token";

    private static readonly string _agent = $"Zaqar/{typeof(WebhookRequest).Assembly.GetName().Version?.ToString(2)}";

    private readonly Dictionary<string, string> _headers;
    private readonly ReadOnlyMemory<byte> _body;

    private WebhookRequest(Dictionary<string, string> headers, ReadOnlyMemory<byte> body) => (_headers, _body) = (headers, body);

    /// <param name="token">What the receiver knows the owner by; null: nothing.</param>
    /// <param name="now">The time of this attempt, which a signature carries.</param>
    /// <exception cref="UndeliverableException">The options do not make a request.</exception>
    public static WebhookRequest Of(Notice notice, DeliveryOptions options, string? token, DateTimeOffset now)
    {
        var body = NotificationDocument.Fill(options.PostData, notice.Document);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["User-Agent"] = _agent,
            ["Accept"] = "*/*",
            ["Content-Type"] = "application/json",
        };
        if (token is not null)
            headers[TokenHeader] = token;

        // Headers are judged when a subscription is made; one that was stored under other rules is left out.
        foreach (var (name, value) in options.PostHeaders)
            if (PostHeaders.IsAllowed(name, value))
                headers[name] = value;

        // Last, so that nobody passes for us.
        if (options.Secret is { } secret)
        {
            var key = WebhookSignature.KeyOf(secret)
                ?? throw new UndeliverableException("options.secret is not base64 after whsec_, so nothing can be signed with it.");
            var timestamp = now.ToUnixTimeSeconds();
            headers[WebhookSignature.IdHeader] = notice.DeliveryId;
            headers[WebhookSignature.TimestampHeader] = timestamp.ToString(CultureInfo.InvariantCulture);
            headers[WebhookSignature.SignatureHeader] = WebhookSignature.Of(key, notice.DeliveryId, timestamp, body.Span);
        }

        return new(headers, body);
    }

    /// <summary>The message to send to one address.</summary>
    /// <param name="withBody">False where a redirect drops it.</param>
    /// <param name="withSecrets">False where a redirect leads to another server.</param>
    public HttpRequestMessage To(Uri target, HttpMethod method, bool withBody, bool withSecrets)
    {
        var message = new HttpRequestMessage(method, target);
        if (withBody)
            message.Content = new ReadOnlyMemoryContent(_body);

        foreach (var (name, value) in _headers)
            if (withSecrets || !Redirects.SecretHeaders.Contains(name, StringComparer.OrdinalIgnoreCase))
                Add(name, value, message.Headers, message.Content?.Headers);

        return message;
    }

    // Which of the two lists a header belongs to is for them to say. A request without a body has no headers about one.
    private static void Add(string name, string value, HttpRequestHeaders headers, HttpContentHeaders? contentHeaders)
    {
        if (!headers.TryAddWithoutValidation(name, value))
            contentHeaders?.TryAddWithoutValidation(name, value);
    }
}
