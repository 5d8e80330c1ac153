using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Zaqar.Api.Settings;

/// <summary>All that we ask of the web server, in one place; what is not here is as Kestrel ships it.</summary>
internal sealed class KestrelSettings(ServiceSettings settings) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;

        // Any byte may stand in a header, a project id for one. As UTF-8 the odd ones would be refused before we could answer.
        options.RequestHeaderEncodingSelector = _ => Encoding.Latin1;

        // We bound bodies ourselves, per endpoint, and answer 400 in the API's own shape where the server would say 413.
        options.Limits.MaxRequestBodySize = null;

        // More than a request ever needs. What is longer gets the server's own 414 or 431 and no body, which python-zaqarclient takes
        // for success: someone who sends a few hundred ids too many should hear our 400 instead.
        options.Limits.MaxRequestLineSize = 64 * 1024;
        options.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
        options.Limits.MaxRequestHeaderCount = 100;

        // Who sends or takes slower than this, after five seconds of grace, is cut off: it holds memory and does not use it.
        options.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        options.Limits.MinResponseDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(30);

        // Longer than the minute that load balancers keep idle connections, so that it is never us who close one just being used.
        options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);

        // Upgraded ones are no longer counted among the others; we count them ourselves, and answer who comes too many.
        options.Limits.MaxConcurrentConnections = settings.Http.MaxConnections;
        options.Limits.MaxConcurrentUpgradedConnections = null;

        // What one connection may hold in memory: as Kestrel ships it, said here because the connections times these bound the node's memory.
        options.Limits.MaxRequestBufferSize = 1024 * 1024;
        options.Limits.MaxResponseBufferSize = 64 * 1024;

        // Spoken only where an operator configures TLS. Each stream counts as a request, but not as a connection.
        options.Limits.Http2.MaxStreamsPerConnection = 100;
        options.Limits.Http2.MaxRequestHeaderFieldSize = 64 * 1024;
    }
}
