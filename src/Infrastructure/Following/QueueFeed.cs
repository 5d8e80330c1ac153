using Microsoft.Extensions.Logging;
using Zaqar.Application.Encryption;
using Zaqar.Application.Waiting;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Following;

/// <summary>Reads one queue's history onward for those on this node who follow it, for as long as there are any.</summary>
internal sealed partial class QueueFeed(
    QueueId queue, QueueHistory history, QueueSignals signals, NodeIdentity node, TimeProvider time, ILogger log)
{
    // Of those who lag behind; the front is the first of them.
    private const int MaxPlacesAtOnce = 8;

    private static readonly TimeSpan _betweenAttempts = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Reader> _readers = [];

    // Places before a message that could not be opened, and when that was; the loop's own.
    private readonly Dictionary<QueuePlace, long> _unreadable = [];
    private volatile bool _isOver;

    public QueueId Queue { get; } = queue;

    /// <summary>Completes when nothing is read any more.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    public Guid[] Followed
    {
        get
        {
            lock (_lock)
                return [.. _readers.Keys];
        }
    }

    /// <returns>False when the last follower has left.</returns>
    public bool TryAdd(IFollower follower, QueuePlace from, CancellationToken stopping)
    {
        lock (_lock)
        {
            if (_isOver)
                return false;

            _readers[follower.Subscription] = new(follower, from);
            if (_readers.Count == 1)
                Ended = Task.Run(() => Run(stopping), CancellationToken.None);
        }

        // Whoever reads may have passed its place already.
        signals.Wake(QueueSignals.KeyOf(Queue));
        return true;
    }

    /// <returns>Whether this was the last follower.</returns>
    public bool Remove(Guid subscription)
    {
        lock (_lock)
        {
            if (_isOver)
                return true;
            if (!_readers.Remove(subscription) || _readers.Count > 0)
                return false;

            _isOver = true;
        }

        signals.Wake(QueueSignals.KeyOf(Queue));
        return true;
    }

    /// <summary>Ends those of the followers that are not among <paramref name="still"/>.</summary>
    public void EndOthers(HashSet<Guid> asked, HashSet<Guid> still)
    {
        IFollower[] over;
        lock (_lock)
            over = [.. _readers.Values.Select(reader => reader.Follower).Where(one => asked.Contains(one.Subscription) && !still.Contains(one.Subscription))];

        foreach (var follower in over)
            follower.End();
    }

    private async Task Run(CancellationToken stopping)
    {
        using var watch = signals.WatchOver(Queue);
        var isCutOff = false;
        while (!stopping.IsCancellationRequested)
        {
            // Before anything is looked at: what changes after that is not missed.
            var next = watch.Next;
            if (_isOver)
                return;

            try
            {
                while (await TellPages(stopping))
                {
                }

                if (_isOver)
                    return;

                isCutOff = false;
                var patience = _unreadable.Count > 0 ? _betweenAttempts : Timeout.InfiniteTimeSpan;
                await next.WaitAsync(patience, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // Once, not every second, for as long as the database is away. Places stay, so nothing is passed over.
                if (!isCutOff)
                    LogInterrupted(log, failure);
                isCutOff = true;
                await Task.Delay(_betweenAttempts, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <returns>Whether there may be more.</returns>
    private async Task<bool> TellPages(CancellationToken ct)
    {
        // All are at one place, but for those who have just come and those who were too slow; these must not hold the others up.
        foreach (var (place, since) in _unreadable)
            if (time.GetElapsedTime(since) >= _betweenAttempts)
                _unreadable.Remove(place);

        var moved = false;
        var places = Readers().Select(reader => reader.Place).Distinct().Where(place => !_unreadable.ContainsKey(place));
        foreach (var place in places.OrderDescending().Take(MaxPlacesAtOnce))
        {
            try
            {
                moved |= await TellPage(place, ct);
            }
            catch (MessageUnreadable)
            {
                // Logged where it was not opened. Those at other places go on.
                _unreadable[place] = time.GetTimestamp();
            }
        }

        return moved;
    }

    private async Task<bool> TellPage(QueuePlace place, CancellationToken ct)
    {
        var page = await history.After(Queue, place, ct);
        if (page.HasMoved)
            SendOn(place);
        if (page.Next == place)
            return false;

        var readers = Array.FindAll(Readers(), reader => reader.Place == place);
        var still = page.Told.Count == 0 ? null : await history.StillSubscribed(Array.ConvertAll(readers, reader => reader.Follower.Subscription), ct);

        // Its subscriptions may have gone with it since the page was read.
        if (still?.Count < readers.Length && await history.HasLeft(Queue, ct))
        {
            SendOn(place);
            return false;
        }

        foreach (var reader in readers)
        {
            if (still?.Contains(reader.Follower.Subscription) == false)
                reader.Follower.End();
            else
                reader.Tell(page);
        }

        return true;
    }

    private void SendOn(QueuePlace place)
    {
        Reader[] moved;
        lock (_lock)
        {
            moved = [.. _readers.Values.Where(reader => reader.Place == place)];
            foreach (var reader in moved)
            {
                node.SendOn(reader.Follower.Subscription);
                _readers.Remove(reader.Follower.Subscription);
            }

            _isOver = _readers.Count == 0;
        }

        foreach (var reader in moved)
            reader.Follower.Moved(place);
    }

    private Reader[] Readers()
    {
        lock (_lock)
            return [.. _readers.Values.Where(reader => reader.Follower.HasRoom)];
    }

    [LoggerMessage(1, LogLevel.Warning, "Following a queue was interrupted; it goes on where it was.")]
    private static partial void LogInterrupted(ILogger log, Exception failure);

    /// <summary>A follower, and how far it has been told; read and moved by the one loop.</summary>
    private sealed class Reader(IFollower follower, QueuePlace place)
    {
        public IFollower Follower { get; } = follower;

        public QueuePlace Place { get; private set; } = place;

        public void Tell(QueueHistory.Page page)
        {
            foreach (var told in page.Told)
            {
                if (!Follower.HasRoom)
                    return;

                Follower.Tell(told.Document);
                Place = told.Place;
            }

            Place = page.Next;
        }
    }
}
