namespace Zaqar.Integration.WebSockets;

internal static class Pending
{
    extension(ZaqarService service)
    {
        public Uri WebSocketAddress => WebSocketService.SocketOf(service.Address);
    }
}
