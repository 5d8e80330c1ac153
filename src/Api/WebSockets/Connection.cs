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
    private readonly IFeeds _feeds;
    private readonly IMediator _mediator;
    private readonly Limits _limits;
    private readonly WebSocketSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Inbox _inbox;
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
    private volatile bool _toldInBinary;
    private Action? _then;

    public Connection(
        WebSocket socket, string subscriber, Requests requests, IFeeds feeds, IMediator mediator, Limits limits, WebSocketSettings settings,
        TimeProvider time, ILogger<Connection> log)
    {
        (_socket, Subscriber, _requests, _feeds, _mediator) = (socket, subscriber, requests, feeds, mediator);
        (_limits, _settings, _time, _log, _opened) = (limits, settings, time, log, time.GetTimestamp());
        _inbox = new(socket, WebSocketSettings.MaxFrameBytes(limits), time);
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
            await _inbox.HearGoodbye(_aborting.Token);
        }
    }

    /// <summary>Looked after once a second: expired tokens, clients that do not read, goodbyes that are not heard.</summary>
    public void Look()
    {
        if (_session.IsOver(_requests.Now))
            Close((WebSocketCloseStatus)4003, "Authentication expired.");
        else if (_requests.AreAuthenticated && !_session.HasShown && _time.GetElapsedTime(_opened) > _settings.AuthenticateWithin)
            Close(WebSocketCloseStatus.PolicyViolation, "Authentication is required.");

        if (_inbox.Coming > _settings.SlowAfter)
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

    public void Follow(QueueId queue, Guid subscription, FeedStart from, bool isBinary)
    {
        _toldInBinary = isBinary;
        var following = new Following(this, from.Feeds, queue, subscription);
        Following? before;
        lock (_lock)
        {
            if (_isOver)
                return;

            // One that is over, or there could be no other.
            _following.Remove(queue, out before);
            _following[queue] = following;
        }

        before?.Leave();
        from.Feeds.Follow(queue, from.From, following);
    }

    public void Forget(QueueId queue, Guid subscription)
    {
        Following? following;
        lock (_lock)
        {
            if (!_following.TryGetValue(queue, out following) || following.Subscription != subscription)
                return;

            _following.Remove(queue);
        }

        following.Leave();
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

        // Nobody is told any more, whether or not the client answers the goodbye.
        StopTaking();
        await EndSubscriptions();
    }

    private async Task Receive()
    {
        while (!_taking.IsCancellationRequested)
        {
            await _outbox.Room(_taking.Token);
            if (await _inbox.Next(_aborting.Token) is not { } frame)
            {
                if (_inbox.WasTooLarge)
                    Close(WebSocketCloseStatus.MessageTooBig, $"A frame has at most {WebSocketSettings.MaxFrameBytes(_limits)} bytes.");
                return;
            }

            if (_taking.IsCancellationRequested)
                return;

            await Take(frame);
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
                following.GoOn();
    }

    // Where the queue is now it has the same history. Without an answer in time the subscription ends with the rounds of the node that look for lost ones.
    private async Task FollowOn(Following following, QueuePlace place)
    {
        try
        {
            var start = await _feeds.Begin(following.Queue, _itself, _aborting.Token);
            lock (_lock)
                if (_isOver || !_following.TryGetValue(following.Queue, out var current) || current != following)
                    return;

            Follow(following.Queue, following.Subscription, start with { From = place }, _toldInBinary);
        }
        catch (Exception failure)
        {
            LogNotFollowed(_log, following.Subscription, failure);
            Forget(following.Queue, following.Subscription);
        }
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
            one.Leave();
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
    private sealed class Following(Connection connection, QueueFeeds feeds, QueueId queue, Guid subscription) : IFollower
    {
        public QueueId Queue { get; } = queue;

        public Guid Subscription { get; } = subscription;

        public bool HasRoom => connection._outbox.HasRoom;

        public void Tell(ReadOnlyMemory<byte> document) => connection.Tell(document);

        public void Moved(QueuePlace place) => _ = connection.FollowOn(this, place);

        public void End() => connection.Forget(Queue, Subscription);

        public void Leave() => feeds.Leave(Queue, Subscription);

        public void GoOn() => feeds.GoOn(Queue);
    }

    [LoggerMessage(301, LogLevel.Error, "Request {RequestId} over a WebSocket failed and was answered {Status}.")]
    private static partial void LogFailed(ILogger log, string requestId, int status, Exception failure);

    [LoggerMessage(304, LogLevel.Error, "A frame could not be read, and not for any reason that is known.")]
    private static partial void LogUnreadable(ILogger log, Exception bug);

    [LoggerMessage(305, LogLevel.Warning, "Subscription {Subscription} of a connection could not follow its queue to where it moved.")]
    private static partial void LogNotFollowed(ILogger log, Guid subscription, Exception failure);

    [LoggerMessage(302, LogLevel.Warning, "Subscription {Subscription} of a connection that is closed could not be ended yet.")]
    private static partial void LogNotEnded(ILogger log, Guid subscription, Exception failure);
}
