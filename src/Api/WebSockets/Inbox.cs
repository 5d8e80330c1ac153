using System.Buffers;
using System.Net.WebSockets;

namespace Zaqar.Api.WebSockets;

/// <summary>Takes frames from one socket, each whole and bounded.</summary>
/// <param name="maxBytes">Of one frame; exactly as many still pass.</param>
internal sealed class Inbox(WebSocket socket, int maxBytes, TimeProvider time)
{
    private long _began;

    /// <summary>For how long the frame has been coming that is not whole yet; zero when none is.</summary>
    public TimeSpan Coming => Interlocked.Read(ref _began) is > 0 and var began ? time.GetElapsedTime(began) : TimeSpan.Zero;

    /// <summary>Whether the last was no frame because it had more bytes than it may.</summary>
    public bool WasTooLarge { get; private set; }

    /// <summary>Waits for the next frame. Nothing is rented while nothing comes.</summary>
    /// <returns>Null when the client says goodbye, or sends more than it may.</returns>
    /// <exception cref="WebSocketException">The connection broke, or the client broke the protocol.</exception>
    public async Task<Frame?> Next(CancellationToken ct)
    {
        var first = await socket.ReceiveAsync(Memory<byte>.Empty, ct);
        if (first.MessageType == WebSocketMessageType.Close)
            return null;
        if (first.EndOfMessage)
            return new Frame(default, first.MessageType == WebSocketMessageType.Binary);

        Interlocked.Exchange(ref _began, time.GetTimestamp());
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            for (var length = 0; ;)
            {
                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.CopyTo(larger, 0);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }

                var read = await socket.ReceiveAsync(buffer.AsMemory(length), ct);
                if (read.MessageType == WebSocketMessageType.Close)
                    return null;

                length += read.Count;
                WasTooLarge = length > maxBytes;
                if (WasTooLarge)
                    return null;

                // Memory of its own: what is posted may be remembered for longer than the frame is worked on.
                if (read.EndOfMessage)
                    return new Frame(buffer.AsSpan(0, length).ToArray(), read.MessageType == WebSocketMessageType.Binary);
            }
        }
        finally
        {
            Interlocked.Exchange(ref _began, 0);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads on until the client has answered the goodbye. A socket whose reading is cancelled is broken, and could not have said it.</summary>
    public async Task HearGoodbye(CancellationToken ct)
    {
        var ignored = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            while (socket.State == WebSocketState.CloseSent)
                await socket.ReceiveAsync(ignored.AsMemory(), ct);
        }
        catch (Exception broken) when (broken is WebSocketException or OperationCanceledException or IOException)
        {
            // It has hung up, or did not answer in time.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(ignored);
        }
    }
}
