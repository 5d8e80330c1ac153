using System.Net.WebSockets;
using System.Threading.Channels;

namespace Zaqar.Api.WebSockets;

/// <summary>What is to be sent over one socket, in order, bounded: replies that may still be worked out, and what the client is told.</summary>
/// <param name="maxPending">Bytes that wait, or are expected to; beyond them nothing is taken.</param>
/// <param name="drained">Called when there is room again after there was none.</param>
internal sealed class Outbox(WebSocket socket, int maxPending, TimeProvider time, Action drained)
{
    /// <summary>Frames that wait at a time.</summary>
    private const int MaxWaiting = 64;

    private readonly Channel<Entry> _line = Channel.CreateUnbounded<Entry>(new() { SingleReader = true });
    private readonly Lock _lock = new();
    private long _pending;
    private int _waiting;
    private bool _wasFull;
    private TaskCompletionSource? _room;
    private long _sendingSince;
    private volatile bool _isCut;
    private (WebSocketCloseStatus Status, string Reason)? _closing;

    /// <summary>How long the frame that is being sent has waited for the client to read on; zero when none is.</summary>
    public TimeSpan Stuck => Interlocked.Read(ref _sendingSince) is > 0 and var since ? time.GetElapsedTime(since) : TimeSpan.Zero;

    public bool HasRoom
    {
        get
        {
            lock (_lock)
            {
                var hasRoom = _pending < maxPending && _waiting < MaxWaiting;
                _wasFull |= !hasRoom;
                return hasRoom;
            }
        }
    }

    /// <summary>Waits until there is room for one more.</summary>
    public async Task Room(CancellationToken ct)
    {
        while (true)
        {
            Task room;
            lock (_lock)
            {
                if (HasRoom)
                    return;

                room = (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await room.WaitAsync(ct);
        }
    }

    /// <summary>Puts a frame in line that is sent when it is there and all before it are sent. Whoever adds has found room before.</summary>
    /// <param name="expected">Bytes that it may have.</param>
    public void Add(Task<Frame> frame, int expected)
    {
        Count(expected, 1);
        if (!_line.Writer.TryWrite(new(frame, expected)))
            Count(-expected, -1);
    }

    /// <summary>Sends what is in line and then says goodbye; nothing more is taken.</summary>
    public void Close(WebSocketCloseStatus status, string reason)
    {
        _closing ??= (status, reason);
        _line.Writer.TryComplete();
    }

    /// <summary>Says goodbye after the frame under way; what is in line behind it is dropped.</summary>
    public void CloseAtOnce(WebSocketCloseStatus status, string reason)
    {
        _isCut = true;
        Close(status, reason);
    }

    /// <summary>Sends until the outbox is closed.</summary>
    /// <exception cref="WebSocketException">The connection broke.</exception>
    public async Task Run(CancellationToken ct)
    {
        await foreach (var entry in _line.Reader.ReadAllAsync(ct))
        {
            var frame = await entry.Frame;
            Count(frame.Bytes.Length - entry.Expected, 0);
            if (!_isCut)
            {
                Interlocked.Exchange(ref _sendingSince, time.GetTimestamp());
                await socket.SendAsync(frame.Bytes, frame.IsBinary ? WebSocketMessageType.Binary : WebSocketMessageType.Text, endOfMessage: true, ct);
                Interlocked.Exchange(ref _sendingSince, 0);
            }

            Count(-frame.Bytes.Length, -1);
        }

        if (_closing is { } goodbye && socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            await socket.CloseOutputAsync(goodbye.Status, goodbye.Reason, ct);
    }

    private void Count(int bytes, int frames)
    {
        bool drainedNow;
        TaskCompletionSource? room = null;
        lock (_lock)
        {
            (_pending, _waiting) = (_pending + bytes, _waiting + frames);
            drainedNow = _wasFull && frames < 0 && _pending <= maxPending / 2 && _waiting <= MaxWaiting / 2;
            _wasFull &= !drainedNow;
            if (drainedNow)
                (room, _room) = (_room, null);
        }

        if (!drainedNow)
            return;

        room?.SetResult();
        drained();
    }

    private readonly record struct Entry(Task<Frame> Frame, int Expected);
}
