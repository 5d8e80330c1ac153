using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Zaqar.Application.Committing;
using Zaqar.Application.Encryption;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Letters;

/// <summary>
/// Carries dead letters from this database to the queues in others. A letter is written in the transaction in which its messages leave
/// their queue, sent to the committer of the target's database as often as it takes, taken there once, and thrown away here only when the
/// target is known to have it.
/// </summary>
/// <remarks>
/// <para>
/// What dies half-way leaves the letter here, and it is sent again: the receiver knows by <c>letter_received</c>, which is written in the
/// transaction of its events, what it has had. So no message is lost, none arrives twice, and none is in two queues at a time.
/// </para>
/// <para>
/// All nodes try, and a lock in the database lets one at a time; two that carry after a lost connection do no harm. The line to a queue is
/// carried from its front, and what comes behind waits until its front has arrived, so letters arrive in order. A line whose target cannot
/// take them (its database is away, it is held, a key is missing, the route cannot be told) waits ever longer, up to <see cref="LongestPause"/>; others go on.
/// Source: ADR 0019.
/// </para>
/// </remarks>
internal sealed partial class LetterCourier(
    LetterBox letters, ILetterRoute route, MessageSeal seal, Limits limits, ICommitter here, NpgsqlDataSource database, TimeProvider time,
    ILogger<LetterCourier> log)
    : BackgroundService
{
    private const string TryLock =
        "select case when exists (select from letter) then pg_try_advisory_lock(hashtext(current_schema() || '.letters')) end";

    private const string Unlock = "select pg_advisory_unlock(hashtext(current_schema() || '.letters'))";

    private const int LinesAtOnce = 16;
    private const int LinesListed = 1_000;
    private const int LettersAtOnce = 40;
    private const long BytesAtOnce = 1 << 20;

    internal static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>For letters that a node wrote which is no more.</summary>
    private static readonly TimeSpan _tick = TimeSpan.FromSeconds(1);

    /// <summary>When to look again while another node carries: it may have looked just before the letter at hand was written.</summary>
    private static readonly TimeSpan _soon = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the others of a round may have to wait for one whose target does not answer.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly LetterOpener _opener = new(seal, limits);

    // Of lines, and of committers that did not answer in time.
    private readonly ConcurrentDictionary<object, Pause> _pauses = [];
    private QueueId _last;
    private bool _isInterrupted;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var pause = await Round(stoppingToken);
                if (pause > TimeSpan.Zero)
                    await letters.Wait(pause, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Going down; what was sent and not thrown away is sent again by another node or after the next start.
        }
    }

    /// <returns>How long there is nothing to do, unless letters are written.</returns>
    private async Task<TimeSpan> Round(CancellationToken ct)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(ct);
            _isInterrupted = false;
            await using var tryLock = new NpgsqlCommand(TryLock, connection);
            switch (await tryLock.ExecuteScalarAsync(ct))
            {
                case true:
                    break;
                case false:
                    return _soon;
                default:
                    _pauses.Clear();
                    return _tick;
            }

            try
            {
                return await Carry(ct);
            }
            finally
            {
                await using var unlock = new NpgsqlCommand(Unlock, connection);
                await unlock.ExecuteNonQueryAsync(CancellationToken.None);
            }
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            // Once, not every second, for as long as the database is away.
            if (!_isInterrupted)
                LogInterrupted(log, failure);
            _isInterrupted = true;
            return _tick;
        }
    }

    // A round looks at a stretch of the lines, and takes a few steps in a few of them, side by side; the next one goes on behind.
    private async Task<TimeSpan> Carry(CancellationToken ct)
    {
        var targets = await letters.Targets(_last, LinesListed, ct);
        var due = targets.Where(target => PauseOf(target) is null).Take(LinesAtOnce).ToArray();
        var carried = await Task.WhenAll(due.Select(target => Carry(target, ct)));

        _last = due.Length == LinesAtOnce ? due[^1] : targets.Count == LinesListed ? targets[^1] : default;
        if (_last != default || carried.Contains(true))
            return TimeSpan.Zero;

        var rest = _pauses.Values.Select(pause => pause.Length - time.GetElapsedTime(pause.Since)).Where(left => left > TimeSpan.Zero)
            .DefaultIfEmpty(_tick).Min();
        return rest < _tick ? rest : _tick;
    }

    /// <returns>Whether letters arrived, so that there may be more.</returns>
    private async Task<bool> Carry(QueueId target, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(_patience);
        ICommitter? committer = null;
        try
        {
            committer = await Find(target, patience.Token).WaitAsync(patience.Token);
            if (PauseOf(committer) is { } pause)
            {
                _pauses[target] = pause;
                return false;
            }

            // None where another node that carried when its lock was lost has got ahead of this one.
            var first = await letters.First(target, LettersAtOnce, BytesAtOnce, ct);
            if (first.Count == 0)
                return false;

            var arrived = await Send(committer, target, first, patience.Token).WaitAsync(patience.Token);
            await letters.Remove([.. first.Take(arrived).Select(letter => letter.Id)], ct);
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            // Whatever it was, the letters may have arrived or not.
            Wait(target, committer, failure);
            return false;
        }

        _pauses.TryRemove(committer, out _);
        if (_pauses.TryRemove(target, out _) && _pauses.IsEmpty)
            LogResumed(log);
        return true;
    }

    private async Task<ICommitter> Find(QueueId target, CancellationToken ct) =>
        await route.IsHere(target, ct) ? here : await route.CommitterOf(target, ct);

    // Answers how many arrived. Who gives up while it waits its turn there is not carried out; a command under way is, and found out when it is sent
    // again. It is the target's clock that says what is over, so what is over is known only there.
    private Task<int> Send(ICommitter committer, QueueId target, IReadOnlyList<Letter> first, CancellationToken ct) =>
        committer.Commit(target,
            new Needs
            {
                Letters = [.. first.Select(letter => letter.Id)],
                Bytes = first.Sum(letter => letter.Content.Messages.Sum(message => message.Body.Length)),
            },
            (queue, now) => _opener.Receive(queue, first, now), Actor.System, ct);

    private void Wait(QueueId target, ICommitter? committer, Exception failure)
    {
        if (_pauses.IsEmpty)
            LogWaiting(log, target.Name, failure);

        var before = _pauses.GetValueOrDefault(target);
        var pause = new Pause(time.GetTimestamp(), before is null ? _firstPause : before.Length * 2 < LongestPause ? before.Length * 2 : LongestPause);
        _pauses[target] = pause;

        // Who does not answer would hold up a round for each of its lines.
        if (committer is not null && failure is OperationCanceledException or TimeoutException)
            _pauses[committer] = pause with { Length = LongestPause };
    }

    private Pause? PauseOf(object who) =>
        _pauses.TryGetValue(who, out var pause) && time.GetElapsedTime(pause.Since) < pause.Length ? pause : null;

    private sealed record Pause(long Since, TimeSpan Length);

    [LoggerMessage(1, LogLevel.Warning, "Carrying dead letters was interrupted; it goes on.")]
    private static partial void LogInterrupted(ILogger log, Exception failure);

    [LoggerMessage(2, LogLevel.Warning, "Dead letters wait, the first of them for queue {Queue}; they are sent until they have arrived.")]
    private static partial void LogWaiting(ILogger log, string queue, Exception failure);

    [LoggerMessage(3, LogLevel.Information, "All dead letters that waited have arrived or go on.")]
    private static partial void LogResumed(ILogger log);
}
