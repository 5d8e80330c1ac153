using System.Buffers;
using System.Net.WebSockets;
using MediatR;
using Zaqar.Api.Errors;
using Zaqar.Api.Settings;
using Zaqar.Application.Subscriptions;
using Zaqar.Domain;
using Zaqar.Domain.Queues;
using Zaqar.Domain.Subscriptions;
using Zaqar.Infrastructure.Following;

namespace Zaqar.Api.WebSockets;

/// <summary>One client's WebSocket: takes its requests one after another, answers them in order, and tells it what it has subscribed itself to.</summary>
/// <remarks>
/// Requests that the committer decides are worked on side by side, for it keeps the order in which they come; all others wait until what came
/// before them is done. An idle connection holds no buffer. Source: API contract, section 7; ADR 0011.
/// </remarks>
internal sealed partial class Connection : ISelf, IDisposable
{
    private static readonly Actor _itself = new("", null, "", "websocket");

    // Where thousands go at once, the database is left room for others.
    private static readonly SemaphoreSlim _ending = new(4);

    private readonly WebSocket _socket;
    private readonly Requests _requests;
    private readonly QueueFeeds _feeds;
    private readonly IMediator _mediator;
    private readonly Limits _limits;
    private readonly WebSocketSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Outbox _outbox;
    private readonly Session _session = new();
    private readonly CancellationTokenSource _taking = new();
    private readonly CancellationTokenSource _aborting = new();
    private readonly Dictionary<QueueId, Following> _following = [];
    private readonly Lock _lock = new();
    private readonly long _opened;
    private Task _last = Task.CompletedTask;
    private bool _isOver;
    private long _closingSince;
    private long _frameBegan;
    private volatile bool _toldInBinary;
    private Action? _then;

    public Connection(
        WebSocket socket, string subscriber, Requests requests, QueueFeeds feeds, IMediator mediator, Limits limits, WebSocketSettings settings,
        TimeProvider time, ILogger<Connection> log)
    {
        (_socket, Subscriber, _requests, _feeds, _mediator) = (socket, subscriber, requests, feeds, mediator);
        (_limits, _settings, _time, _log, _opened) = (limits, settings, time, log, time.GetTimestamp());
        _outbox = new(socket, settings.MaxPendingBytes, time, WakeFeeds);
    }

    public string Subscriber { get; }

    public bool HasRoom
    {
        get
        {
            lock (_lock)
                return _following.Count < _settings.MaxSubscriptions;
        }
    }

    /// <summary>Serves the client until either side has enough.</summary>
    public async Task Run()
    {
        var sending = Send();
        try
        {
            await Receive();
        }
        catch (Exception broken) when (broken is WebSocketException or OperationCanceledException or IOException)
        {
            // The client is gone without a word, or was told to go.
        }
        finally
        {
            // Whatever was taken is carried out, whether anyone hears of it or not.
            await _last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Close(WebSocketCloseStatus.NormalClosure, "");
            await EndSubscriptions();
            await sending;
            await HearGoodbye();
        }
    }

    /// <summary>Looked after once a second: expired tokens, clients that do not read, goodbyes that are not heard.</summary>
    public void Look()
    {
        if (_session.IsOver(_requests.Now))
            Close((WebSocketCloseStatus)4003, "Authentication expired.");
        else if (_requests.AreAuthenticated && !_session.HasShown && _time.GetElapsedTime(_opened) > _settings.AuthenticateWithin)
            Close(WebSocketCloseStatus.PolicyViolation, "Authentication is required.");

        if (Interlocked.Read(ref _frameBegan) is > 0 and var began && _time.GetElapsedTime(began) > _settings.SlowAfter)
            Close(WebSocketCloseStatus.PolicyViolation, "A frame took too long to come.");

        if (_outbox.Stuck > _settings.SlowAfter)
        {
            StopTaking();
            _outbox.CloseAtOnce(WebSocketCloseStatus.PolicyViolation, "The client reads too slowly.");
        }

        // Whoever does not take a goodbye gets none.
        if (Interlocked.Read(ref _closingSince) is > 0 and var since && _time.GetElapsedTime(since) > _settings.SlowAfter)
            Abort();
    }

    /// <summary>Takes no more requests, answers what was taken, and says goodbye.</summary>
    public void Close(WebSocketCloseStatus status, string reason)
    {
        StopTaking();
        _outbox.Close(status, reason);
    }

    public void Follow(QueueId queue, Guid subscription, QueuePlace from, bool isBinary)
    {
        _toldInBinary = isBinary;
        var following = new Following(this, queue, subscription);
        Following? before;
        lock (_lock)
        {
            if (_isOver)
                return;

            // One that is over, or there could be no other.
            _following.Remove(queue, out before);
            _following[queue] = following;
        }

        if (before is not null)
            _feeds.Leave(queue, before.Subscription);
        _feeds.Follow(queue, from, following);
    }

    public void Forget(QueueId queue, Guid subscription)
    {
        lock (_lock)
        {
            if (!_following.TryGetValue(queue, out var following) || following.Subscription != subscription)
                return;

            _following.Remove(queue);
        }

        _feeds.Leave(queue, subscription);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _taking.Dispose();
        _aborting.Dispose();
    }

    private async Task Send()
    {
        try
        {
            await _outbox.Run(_aborting.Token);
        }
        catch (Exception broken) when (broken is WebSocketException or OperationCanceledException or IOException)
        {
            // Nobody is there any more.
            Abort();
        }

        StopTaking();
    }

    private async Task Receive()
    {
        while (!_taking.IsCancellationRequested)
        {
            await _outbox.Room(_taking.Token);
            if (await ReceiveFrame() is not { } frame || _taking.IsCancellationRequested)
                return;

            await Take(frame);
        }
    }

    // A socket whose reading is cancelled is broken, and could not say goodbye: it is read until the client has answered, or is cut.
    private async Task HearGoodbye()
    {
        var ignored = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            while (_socket.State == WebSocketState.CloseSent)
                await _socket.ReceiveAsync(ignored.AsMemory(), _aborting.Token);
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

    /// <returns>Null when the client says goodbye, or sends more than it may.</returns>
    private async Task<Frame?> ReceiveFrame()
    {
        // Nothing is rented while nothing comes.
        var first = await _socket.ReceiveAsync(Memory<byte>.Empty, _aborting.Token);
        if (first.MessageType == WebSocketMessageType.Close)
            return null;
        if (first.EndOfMessage)
            return new Frame(default, first.MessageType == WebSocketMessageType.Binary);

        Interlocked.Exchange(ref _frameBegan, _time.GetTimestamp());
        var max = WebSocketSettings.MaxFrameBytes(_limits);
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

                var read = await _socket.ReceiveAsync(buffer.AsMemory(length), _aborting.Token);
                if (read.MessageType == WebSocketMessageType.Close)
                    return null;

                length += read.Count;
                if (length > max)
                {
                    Close(WebSocketCloseStatus.MessageTooBig, $"A frame has at most {max} bytes.");
                    return null;
                }

                // Memory of its own: what is posted may be remembered for longer than the frame is worked on.
                if (read.EndOfMessage)
                    return new Frame(buffer.AsSpan(0, length).ToArray(), read.MessageType == WebSocketMessageType.Binary);
            }
        }
        finally
        {
            Interlocked.Exchange(ref _frameBegan, 0);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task Take(Frame frame)
    {
        Envelope? request = null;
        Reply refusal = default;
        try
        {
            // The envelope is one level more than a body over HTTP.
            request = Envelope.Read(frame, _limits.MaxJsonDepth + 1);
        }
        catch (FrameRefused refused)
        {
            refusal = Reply.Refusal(refused);
        }
        catch (Exception bug)
        {
            LogUnreadable(_log, bug);
            refusal = Reply.Refusal(FrameRefused.Undecodable(frame.IsBinary, "it could not be read."));
        }

        if (request is null)
        {
            await _last;
            Put(Task.FromResult(ReplyFrame.Of(null, repeats: false, refusal, frame.IsBinary)), frame);
            return;
        }

        var isCommitted = _requests.IsCommitted(request);
        if (!isCommitted)
            await _last;

        var answered = Answer(request, frame);
        var previous = _last;
        _last = previous.IsCompleted ? answered : Task.WhenAll(previous, answered);
        Put(answered, frame);
        if (isCommitted)
            return;

        // After its reply stands in line.
        await answered;
        _then?.Invoke();
        _then = null;
    }

    private void Put(Task<Frame> reply, Frame request) => _outbox.Add(reply, request.Bytes.Length);

    /// <summary>Never fails: whatever is wrong is a reply.</summary>
    private async Task<Frame> Answer(Envelope request, Frame frame)
    {
        var requestId = $"req-{Guid.NewGuid():D}";
        Reply reply;
        try
        {
            reply = await _requests.Answer(request, _session, requestId, this, frame.IsBinary);
        }
        catch (FrameRefused refused)
        {
            reply = Reply.Refusal(refused);
        }
        catch (Exception failure)
        {
            var answer = ErrorAnswer.To(failure);
            if (answer.IsOurs)
                LogFailed(_log, requestId, answer.Status, failure);
            reply = answer.Status == 500
                ? Reply.Failure(500, $"The service failed; its log tells why, by {requestId}.", "Unexpected error.")
                : Reply.Failure(answer.Status, answer.Description ?? answer.Title, answer.Title);
        }

        using (reply.Body)
        {
            _then = reply.Then ?? _then;
            return ReplyFrame.Of(request, repeats: request.Action is not ActionTable.Authenticate, reply, frame.IsBinary);
        }
    }

    private void Tell(ReadOnlyMemory<byte> document) => _outbox.Add(Task.FromResult(ReplyFrame.Of(document, _toldInBinary)), document.Length);

    private void WakeFeeds()
    {
        lock (_lock)
            foreach (var following in _following.Values)
                _feeds.GoOn(following.Queue);
    }

    private void StopTaking()
    {
        Interlocked.CompareExchange(ref _closingSince, _time.GetTimestamp(), 0);
        _taking.Cancel();
    }

    private void Abort()
    {
        _aborting.Cancel();
        _socket.Abort();
    }

    private async Task EndSubscriptions()
    {
        Following[] following;
        lock (_lock)
        {
            _isOver = true;
            following = [.. _following.Values];
            _following.Clear();
        }

        foreach (var one in following)
        {
            _feeds.Leave(one.Queue, one.Subscription);
            await _ending.WaitAsync();
            try
            {
                await _mediator.Send(new DeleteSubscription(one.Queue, one.Subscription, _itself, DeletionReason.Disconnected, Subscriber));
            }
            catch (Exception failure)
            {
                // Where the database is away, the node's own rounds end it later.
                LogNotEnded(_log, one.Subscription, failure);
            }
            finally
            {
                _ending.Release();
            }
        }
    }

    /// <summary>The connection, as the subscriber of one queue.</summary>
    private sealed class Following(Connection connection, QueueId queue, Guid subscription) : IFollower
    {
        public QueueId Queue { get; } = queue;

        public Guid Subscription { get; } = subscription;

        public bool HasRoom => connection._outbox.HasRoom;

        public void Tell(ReadOnlyMemory<byte> document) => connection.Tell(document);

        public void End() => connection.Forget(Queue, Subscription);
    }

    [LoggerMessage(301, LogLevel.Error, "Request {RequestId} over a WebSocket failed and was answered {Status}.")]
    private static partial void LogFailed(ILogger log, string requestId, int status, Exception failure);

    [LoggerMessage(304, LogLevel.Error, "A frame could not be read, and not for any reason that is known.")]
    private static partial void LogUnreadable(ILogger log, Exception bug);

    [LoggerMessage(302, LogLevel.Warning, "Subscription {Subscription} of a connection that is closed could not be ended yet.")]
    private static partial void LogNotEnded(ILogger log, Guid subscription, Exception failure);
}
