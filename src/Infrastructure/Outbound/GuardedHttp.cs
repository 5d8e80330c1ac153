using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Zaqar.Infrastructure.Outbound;

/// <summary>Bounds on what one subscriber's endpoint can take of us. The time and size of a whole delivery are the driver's to bound.</summary>
internal sealed record OutboundBounds
{
    /// <summary>Looking up and connecting, TLS included. 10 seconds.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After this a connection is not used again, so that a name's new addresses are seen and judged. One minute.</summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an unused connection is kept. 30 seconds.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A response with more headers fails, in KiB. 16.</summary>
    public int MaxResponseHeadersKiB { get; init; } = 16;

    /// <summary>A response body that is buffered fails when it is longer, in bytes. 64 KiB; nothing in a response is kept anyway.</summary>
    public int MaxBufferedResponse { get; init; } = 64 * 1024;
}

/// <summary>Makes the one HTTP client of deliveries, which connects through the guard and does nothing by itself.</summary>
/// <remarks>
/// No proxy (it would do the look-up, unjudged), cookies (they would join subscribers), credentials, decompression (a small body would become a large
/// one), trace headers (they are not a stranger's business) or redirects: the driver follows those by <see cref="Redirects"/>.
/// TLS is verified, without fetching anything a certificate points to. HTTP/1.1 only: HTTP/3 would not ask the connect callback.
/// </remarks>
internal static class GuardedHttp
{
    /// <param name="resolve">For tests; null looks names up in DNS.</param>
    /// <param name="dial">For tests; null connects sockets.</param>
    /// <returns>
    /// To be made once and shared. It has no time-out of its own: each request needs a token. A refused request fails with
    /// <see cref="HttpRequestException"/>; <see cref="OutboundRefusedException.Behind"/> finds the refusal.
    /// </returns>
    public static HttpClient Create(
        AddressPolicy policy, OutboundBounds? bounds = null, ResolveHost? resolve = null, DialAddress? dial = null)
    {
        var within = bounds ?? new();
        return new(new PlainHttp(Handler(new(policy, within.ConnectTimeout, resolve, dial), within)))
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = within.MaxBufferedResponse,
        };
    }

    private static SocketsHttpHandler Handler(GuardedConnect connect, OutboundBounds bounds) => new()
    {
        ConnectCallback = connect.Connect,
        ConnectTimeout = bounds.ConnectTimeout,
        PooledConnectionLifetime = bounds.ConnectionLifetime,
        PooledConnectionIdleTimeout = bounds.IdleTimeout,
        MaxResponseHeadersLength = bounds.MaxResponseHeadersKiB,
        // What is left of a body nobody reads is not worth waiting for: the connection is closed instead.
        MaxResponseDrainSize = 4 * 1024,
        ResponseDrainTimeout = TimeSpan.FromSeconds(1),
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        PreAuthenticate = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        SslOptions = new SslClientAuthenticationOptions
        {
            // By default a certificate may name a URL for its issuer, which would be fetched, unguarded, from wherever the certificate says.
            CertificateChainPolicy = new X509ChainPolicy
            {
                DisableCertificateDownloads = true,
                RevocationMode = X509RevocationMode.NoCheck,
            },
        },
    };

    /// <summary>Holds every request to HTTP/1.1 over the guarded connection, whatever it asks for.</summary>
    private sealed class PlainHttp(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Version = HttpVersion.Version11;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
