using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Zaqar.Integration.WebSockets;

/// <summary>A client's end of a connection. Requests and waits are made one after another; what comes is read frame by frame.</summary>
internal sealed class SocketClient : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket _socket = new();
    private readonly Queue<Frame> _told = [];
    private readonly byte[] _buffer = new byte[16 * 1024];

    private SocketClient(string project, string clientId, FrameKind kind) => (Project, ClientId, Kind) = (project, clientId, kind);

    public string Project { get; }

    public string ClientId { get; }

    /// <summary>How requests are written.</summary>
    public FrameKind Kind { get; set; }

    public WebSocketState State => _socket.State;

    /// <summary>Of the protocols that were offered, the one that the server took; null for none.</summary>
    public string? SubProtocol => _socket.SubProtocol;

    /// <param name="project">A fresh project unless given.</param>
    /// <param name="clientId">A fresh client unless given.</param>
    /// <exception cref="WebSocketException">The handshake was refused.</exception>
    public static async Task<SocketClient> Connect(
        Uri address, string? project = null, string? clientId = null, FrameKind kind = FrameKind.Text, Action<ClientWebSocketOptions>? with = null)
    {
        var client = new SocketClient(project ?? $"project-{Guid.NewGuid():N}", clientId ?? Guid.NewGuid().ToString(), kind);
        try
        {
            with?.Invoke(client._socket.Options);
            await client._socket.ConnectAsync(address, CancellationToken.None).WaitAsync(_patience);
            return client;
        }
        catch
        {
            client._socket.Dispose();
            throw;
        }
    }

    /// <summary>Closes as the protocol says, when there is still something to close.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).WaitAsync(_patience);
        _socket.Dispose();
    }

    /// <summary>Goes without a word.</summary>
    public void Abort() => _socket.Abort();

    /// <summary>A request as JSON.</summary>
    /// <param name="body">JSON text as it is, or something to write as JSON; null for none.</param>
    /// <param name="headers">Besides, or in place of, the client's and the project's.</param>
    public string Request(string action, object? body = null, params (string Name, string Value)[] headers) =>
        RequestOf(Project, ClientId, action, body, headers);

    /// <inheritdoc cref="Request"/>
    public static string RequestOf(string project, string clientId, string action, object? body = null, params (string Name, string Value)[] headers)
    {
        var all = new Dictionary<string, string> { ["Client-ID"] = clientId, ["X-Project-ID"] = project };
        foreach (var (name, value) in headers)
            all[name] = value;

        var rest = body is null ? "" : $", \"body\": {body as string ?? JsonSerializer.Serialize(body)}";
        return $$"""{"action": "{{action}}", "headers": {{JsonSerializer.Serialize(all)}}{{rest}}}""";
    }

    /// <summary>Sends a request and waits for its reply.</summary>
    public async Task<Frame> Ask(string action, object? body = null, params (string Name, string Value)[] headers)
    {
        await Send(Request(action, body, headers));
        return await Reply();
    }

    /// <summary>Sends a frame that is JSON in the client's kind, and waits for the reply.</summary>
    public async Task<Frame> AskJson(string json)
    {
        await Send(json);
        return await Reply();
    }

    /// <summary>Sends all requests while it reads their replies.</summary>
    public async Task<IReadOnlyList<Frame>> AskAll(IReadOnlyList<string> requests)
    {
        var sending = SendAll();
        var replies = new List<Frame>(requests.Count);
        while (replies.Count < requests.Count)
            replies.Add(await Reply());
        await sending;
        return replies;

        async Task SendAll()
        {
            foreach (var request in requests)
                await Send(request);
        }
    }

    /// <summary>Sends JSON in the client's kind.</summary>
    public Task Send(string json) =>
        Kind == FrameKind.Text ? Send(FrameKind.Text, Encoding.UTF8.GetBytes(json)) : Send(FrameKind.Binary, MessagePackJson.FromJson(json));

    /// <param name="last">Whether this ends the frame; else more of it follows.</param>
    public Task Send(FrameKind kind, ReadOnlyMemory<byte> bytes, bool last = true) =>
        _socket.SendAsync(bytes, kind == FrameKind.Text ? WebSocketMessageType.Text : WebSocketMessageType.Binary, last, CancellationToken.None)
            .AsTask().WaitAsync(_patience);

    /// <summary>The next reply; notifications that come before it are kept.</summary>
    public async Task<Frame> Reply()
    {
        while (true)
        {
            var frame = await Receive();
            if (frame.IsReply)
                return frame;
            _told.Enqueue(frame);
        }
    }

    /// <summary>The next notification.</summary>
    public async Task<Frame> Told()
    {
        if (_told.TryDequeue(out var kept))
            return kept;

        var frame = await Receive();
        return frame.IsReply ? throw new InvalidOperationException($"A notification was waited for, but this came: {frame}") : frame;
    }

    /// <summary>The next <paramref name="count"/> notifications.</summary>
    public async Task<IReadOnlyList<Frame>> Told(int count)
    {
        var told = new List<Frame>(count);
        while (told.Count < count)
            told.Add(await Told());
        return told;
    }

    /// <summary>How many notifications came before the last reply and were not asked for yet.</summary>
    public int Kept => _told.Count;

    /// <summary>Reads until the server closes the connection, answers that, and says how it did.</summary>
    /// <exception cref="WebSocketException">The connection ended without a word.</exception>
    public async Task<(WebSocketCloseStatus? Code, string? Reason)> Closed()
    {
        while (await ReceiveOrClosed() is { } frame)
            if (!frame.IsReply)
                _told.Enqueue(frame);

        try
        {
            if (_socket.State == WebSocketState.CloseReceived)
                await _socket.CloseOutputAsync(_socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).WaitAsync(_patience);
        }
        catch (WebSocketException)
        {
            // The server did not wait for an answer.
        }

        return (_socket.CloseStatus, _socket.CloseStatusDescription);
    }

    /// <summary>The next frame, whatever it is.</summary>
    public async Task<Frame> Receive() => await ReceiveOrClosed()
        ?? throw new InvalidOperationException($"A frame was waited for, but the server closed with {(int?)_socket.CloseStatus}: {_socket.CloseStatusDescription}");

    private async Task<Frame?> ReceiveOrClosed()
    {
        using var data = new MemoryStream();
        while (true)
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(), CancellationToken.None).AsTask().WaitAsync(_patience);
            if (read.MessageType == WebSocketMessageType.Close)
                return null;

            data.Write(_buffer.AsSpan(0, read.Count));
            if (read.EndOfMessage)
                return new(read.MessageType == WebSocketMessageType.Text ? FrameKind.Text : FrameKind.Binary, data.ToArray());
        }
    }
}
