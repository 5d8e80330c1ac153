using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Zaqar.Api.Errors;
using Zaqar.Api.Requests;
using Zaqar.Api.Settings;

namespace Zaqar.Api.WebSockets;

/// <summary>Where the WebSocket is: every path of its own port, and <c>/v2/ws</c> of the REST listener's. Selects no subprotocol.</summary>
/// <remarks>Source: API contract, section 7.1.</remarks>
internal sealed class WebSocketListener(IServer server, Sockets sockets, WebSocketSettings settings, ServiceSettings service)
{
    private const string BesideRest = "/v2/ws";

    private readonly IReadOnlyList<string> _origins = service.Cors.Origins;
    private int _port;

    /// <summary>Whether a request came for the WebSocket.</summary>
    public bool IsFor(HttpContext context) =>
        context.Request.Path.Value is BesideRest || (settings.Url.Length > 0 && context.Connection.LocalPort == Port());

    /// <summary>Serves the connection that the request asks for, to its end.</summary>
    /// <exception cref="RequestRefused">It asks for none, from a page that may not, or there are too many.</exception>
    public async Task Serve(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            throw RequestRefused.UpgradeRequired();
        }

        if (!IsOwnOrigin(context.Request))
            throw RequestRefused.ForeignOrigin();

        if (!sockets.TryEnter())
            throw RequestRefused.TooManyConnections();

        try
        {
            // How slow a client may be is judged by frames.
            if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
                rate.MinDataRate = null;

            using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                KeepAliveInterval = settings.KeepAliveInterval,
                KeepAliveTimeout = settings.KeepAliveTimeout,
            });
            await sockets.Serve(socket, settings.NotificationBind ?? $"{Environment.MachineName}:{context.Connection.LocalPort}");
        }
        finally
        {
            sockets.Leave();
        }
    }

    // Only browsers say where a page is from, and no preflight guards what they open here: without an identity service any page that somebody opens could
    // else read the queues of the machine it is opened on. A name can be made to mean that machine; what is no name, or always means it, cannot.
    private bool IsOwnOrigin(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || _origins.Contains(CorsSettings.Any) || _origins.Contains(origin, StringComparer.OrdinalIgnoreCase)
            || (Uri.TryCreate(origin, UriKind.Absolute, out var page) && new HostString(page.Authority).Equals(request.Host)
                && (service.AsksKeystone || IsNoName(page) || !IsBrowser(request)));
    }

    private static bool IsNoName(Uri page) => page.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 || page.Host == "localhost";

    // Some clients that are no browsers say an origin too: the host that they connect to. What a browser says of itself no script can change.
    private static bool IsBrowser(HttpRequest request) => request.Headers.UserAgent.ToString().Contains("Mozilla/", StringComparison.Ordinal);

    // Where the system chose the port, it is that of the last address.
    private int Port()
    {
        if (_port == 0)
            _port = BindingAddress.Parse(settings.Url).Port;
        if (_port == 0 && server.Features.Get<IServerAddressesFeature>()?.Addresses.LastOrDefault() is { } address)
            _port = BindingAddress.Parse(address).Port;

        return _port;
    }
}

internal static class WebSocketPipeline
{
    /// <summary>Sends what is for the WebSocket there, and all else past it.</summary>
    public static IApplicationBuilder UseZaqarWebSockets(this IApplicationBuilder app)
    {
        var listener = ActivatorUtilities.CreateInstance<WebSocketListener>(app.ApplicationServices);
        return app.MapWhen(listener.IsFor, branch => branch.UseWebSockets().Run(listener.Serve));
    }
}
