using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Zaqar.Integration.Isolation;

/// <summary>A connection to the service, on which each frame is waited for to be answered.</summary>
internal sealed class IsolatedSocket : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[64 * 1024];

    public static async Task<IsolatedSocket> Connect(Uri address)
    {
        var socket = new IsolatedSocket();
        await socket._socket.ConnectAsync(address, CancellationToken.None).WaitAsync(_patience);
        return socket;
    }

    /// <summary>One that a token was shown on, and taken.</summary>
    public static async Task<IsolatedSocket> Connect(Uri address, string project, string token)
    {
        var socket = await Connect(address);
        var reply = await socket.Authenticate(project, token);
        return reply.Status == 200 ? socket : throw new InvalidOperationException($"A good token was answered {reply}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).WaitAsync(_patience);
        _socket.Dispose();
    }

    public Task<SocketReply> Authenticate(string project, string token) =>
        Ask("authenticate", JsonSerializer.Serialize(new Dictionary<string, string> { ["X-Project-ID"] = project, ["X-Auth-Token"] = token }), "{}");

    /// <param name="headers">JSON.</param>
    /// <param name="body">JSON.</param>
    public async Task<SocketReply> Ask(string action, string headers, string body)
    {
        var frame = Encoding.UTF8.GetBytes($$"""{"action": "{{action}}", "headers": {{headers}}, "body": {{body}}}""");
        await _socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).WaitAsync(_patience);

        using var data = new MemoryStream();
        while (true)
        {
            var read = await _socket.ReceiveAsync(_buffer, CancellationToken.None).WaitAsync(_patience);
            if (read.MessageType == WebSocketMessageType.Close)
                throw new InvalidOperationException($"Instead of an answer to {action} the connection was closed with {read.CloseStatus}.");

            data.Write(_buffer, 0, read.Count);
            if (!read.EndOfMessage)
                continue;

            var reply = JsonDocument.Parse(data.ToArray()).RootElement;
            return new(reply.GetProperty("headers").GetProperty("status").GetInt32(), reply.GetProperty("body").GetRawText());
        }
    }
}

/// <summary>A reply without what it repeats of the request.</summary>
/// <param name="Body">JSON.</param>
internal sealed record SocketReply(int Status, string Body)
{
    public override string ToString() => $"{Status} {Body}";
}
