using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Zaqar.Integration.WebSockets;

/// <summary>A connection that keeps to RFC 6455 only as far as a test wants it to.</summary>
internal sealed class RawSocket : IDisposable
{
    public const byte Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);
    private static readonly byte[] _mask = [0x37, 0xfa, 0x21, 0x3d];

    private readonly TcpClient _tcp = new() { NoDelay = true };
    private NetworkStream _stream = null!;

    private RawSocket()
    {
    }

    /// <summary>Head of the server's answer to the handshake.</summary>
    public string Handshake { get; private set; } = "";

    /// <param name="target">Path and query of the handshake.</param>
    /// <param name="headers">More of them, each ended by a line break.</param>
    /// <param name="room">Bytes that the system keeps for who does not read; as many as it likes unless given.</param>
    public static async Task<RawSocket> Connect(Uri address, string target = "/", string headers = "", int? room = null)
    {
        var socket = new RawSocket();
        if (room is { } bytes)
            socket._tcp.ReceiveBufferSize = bytes;
        await socket._tcp.ConnectAsync(address.Host, address.Port).WaitAsync(_patience);
        socket._stream = socket._tcp.GetStream();
        await socket.SendBytes(Encoding.Latin1.GetBytes(
            $"GET {target} HTTP/1.1\r\nHost: {address.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n"));

        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await socket.ReadBytes(1) is { } next)
            head.Append((char)next[0]);

        socket.Handshake = head.ToString();
        return socket;
    }

    /// <summary>Ends the connection without a word.</summary>
    public void Dispose()
    {
        _tcp.LingerState = new(enable: true, seconds: 0);
        _tcp.Dispose();
    }

    /// <param name="length">What the frame says its length is; the payload's unless given.</param>
    public Task Send(byte opcode, byte[] payload, bool final = true, bool masked = true, int? length = null, int reserved = 0)
    {
        // What is short says its length in one byte; longer than 65,535 no test needs.
        var said = length ?? payload.Length;
        var mark = masked ? 0x80 : 0;
        byte[] header = said < 126
            ? [(byte)((final ? 0x80 : 0) | reserved | opcode), (byte)(mark | said)]
            : [(byte)((final ? 0x80 : 0) | reserved | opcode), (byte)(mark | 126), (byte)(said >> 8), (byte)said];

        return masked
            ? SendBytes([.. header, .. _mask, .. payload.Select((next, at) => (byte)(next ^ _mask[at % 4]))])
            : SendBytes([.. header, .. payload]);
    }

    public Task SendText(string text) => Send(Text, Encoding.UTF8.GetBytes(text));

    public Task SendBytes(byte[] bytes) => _stream.WriteAsync(bytes).AsTask().WaitAsync(_patience);

    /// <returns>The server's next frame; null when the connection has ended.</returns>
    public async Task<(byte Opcode, byte[] Payload)?> Read()
    {
        if (await ReadBytes(2) is not { } header)
            return null;

        var length = header[1] switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(await ReadBytes(2)),
            127 => (int)BinaryPrimitives.ReadUInt64BigEndian(await ReadBytes(8)),
            var small => small,
        };
        return ((byte)(header[0] & 0x0f), await ReadBytes(length) ?? []);
    }

    /// <summary>Reads until the connection ends.</summary>
    /// <returns>The code of the server's close frame; null when there was none.</returns>
    public async Task<int?> CloseCode()
    {
        int? code = null;
        while (await Read() is { } frame)
            if (frame is { Opcode: Close, Payload.Length: >= 2 })
            {
                code = BinaryPrimitives.ReadUInt16BigEndian(frame.Payload);

                await Answer(frame.Payload[..2]);
            }

        return code;
    }

    // Who has been told to go answers; a server that does not wait for it has gone by then.
    private async Task Answer(byte[] code)
    {
        try
        {
            await Send(Close, code);
        }
        catch (IOException)
        {
            // It did not wait.
        }
    }

    // Null when the connection ends first.
    private async Task<byte[]?> ReadBytes(int count)
    {
        var bytes = new byte[count];
        try
        {
            await _stream.ReadExactlyAsync(bytes).AsTask().WaitAsync(_patience);
            return bytes;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
