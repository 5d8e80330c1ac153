using Xunit;

namespace Zaqar.Integration.WebSockets;

/// <summary>The whole service with both of its listeners, let out to this machine.</summary>
public class WebSocketService : ZaqarService
{
    protected override IReadOnlyList<string> Settings =>
        ["--Zaqar:Notification:AllowedNetworks:0=127.0.0.0/8"];

    /// <summary>Where a node takes WebSocket connections beside REST.</summary>
    internal static Uri SocketOf(Uri node) => new UriBuilder(node) { Scheme = "ws", Path = "/v2/ws" }.Uri;
}

/// <summary>The tests of the WebSocket transport that need nothing special share one service and run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class WebSocketCollection : ICollectionFixture<WebSocketService>
{
    public const string Name = "WebSocket";
}
