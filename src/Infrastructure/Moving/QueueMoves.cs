using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Zaqar.Domain;
using Zaqar.Domain.Catalogue;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Pools;

namespace Zaqar.Infrastructure.Moving;

/// <summary>Carries out the moves that the catalogue records, a few at a time, on one node at a time; whoever takes over goes on where it was left.</summary>
/// <remarks>
/// What keeps failing before the queue is served from its new place is called off, so that it can be written to again where it was; what fails after
/// that is tried until it works. A move that has to wait lets others pass. Source: ADR 0018.
/// </remarks>
internal sealed partial class QueueMoves(
    Catalogue catalogue, OpenPools pools, IServiceProvider home, NpgsqlDataSource database, TimeProvider time, ILogger<QueueMoves> log) : BackgroundService
{
    private const int MaxAtOnce = 4;
    private const int MaxListed = 1_000;
    private const int MaxFailures = 3;
    private const string TryLock = "select pg_try_advisory_lock(hashtext(current_schema() || '.moves'))";

    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _betweenWords = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(30);

    private readonly Dictionary<Guid, Task> _running = [];
    private readonly Dictionary<Guid, Trouble> _troubled = [];
    private NpgsqlConnection? _lock;
    private bool _isInterrupted;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_tick, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await Round(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Going down; another node goes on, or this one after its next start.
        }
        finally
        {
            await Task.WhenAll(_running.Values);
            await LetGo();
        }
    }

    private async Task Round(CancellationToken ct)
    {
        try
        {
            foreach (var (move, task) in _running.Where(running => running.Value.IsCompleted).ToArray())
                _running.Remove(move);

            var moves = await catalogue.Moves(MaxListed, ct);
            if (moves.Count == 0)
            {
                lock (_troubled)
                    _troubled.Clear();
                if (_running.Count == 0)
                    await LetGo();
            }
            else if (await IsAlone(ct))
            {
                foreach (var move in moves)
                    if (_running.Count < MaxAtOnce && !_running.ContainsKey(move.Move) && !MustWait(move.Move))
                        _running.Add(move.Move, Task.Run(() => Carry(move, ct), CancellationToken.None));
            }

            _isInterrupted = false;
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            // Once, not every time, for as long as the database is away.
            if (!_isInterrupted)
                LogInterrupted(log, failure);
            _isInterrupted = true;
            await LetGo();
        }
    }

    // Never throws: what fails is judged, and tried again in a round to come.
    private async Task Carry(QueueMoveRow row, CancellationToken ct)
    {
        try
        {
            if (row.State == MoveState.Failing)
            {
                // First the queue is in use again, wherever the other pool is.
                await QueueMove.ThawSource(Parts(row.From), row.Queue, row.Move, ct);
                await Move(row).RollBack(ct);
                await catalogue.EndMove(row, ct);
                return;
            }

            // From then on every node asks the catalogue for this queue.
            if (row.State == MoveState.Moving)
                await Task.Delay(CatalogueMemory.Lease, time, ct);
            await Move(row).Run(token => catalogue.HasSwitched(row, token), token => catalogue.Switch(row, token), ct);
            await catalogue.EndMove(row, ct);
            await Forget(row.Move, ct);
            LogMoved(log, row.Queue.Name, row.From, row.To);
        }
        catch (Exception failure)
        {
            if (!ct.IsCancellationRequested)
                await Judge(row, failure, ct);
        }
    }

    private async Task Judge(QueueMoveRow row, Exception failure, CancellationToken ct)
    {
        // Another node is still at it, which has lost its connection here.
        if (failure is ServiceBusy)
            return;

        var failures = Failed(row.Move);
        if (failures == 1)
            LogFailed(log, row.Queue.Name, row.From, row.To, failure);
        if (row.State != MoveState.Moving || (failure is not (MoveRefused or QueueNotFound or QueueHeld) && failures < MaxFailures))
            return;

        try
        {
            var reason = failure is RejectedException rejected ? rejected.Message : $"{failure.GetType().Name}; the service's log tells more.";
            if (!await catalogue.Fail(row, reason, ct))
                return;

            Recovered(row.Move);
            LogCalledOff(log, row.Queue.Name, row.From, row.To);
        }
        catch (Exception away) when (!ct.IsCancellationRequested)
        {
            // It is called off when it fails again.
            LogInterrupted(log, away);
        }
    }

    private QueueMove Move(QueueMoveRow row)
    {
        long toldAt = 0;
        return new(Parts(row.From), Parts(row.To), row.Queue, row.Move, time) { Passed = Tell };

        // How far it is, for who asks; seldom, for it is one more write each time. The move does not depend on it.
        async Task Tell(MoveProgress progress)
        {
            GotOn(row.Move, progress);
            if (toldAt != 0 && time.GetElapsedTime(toldAt) < _betweenWords)
                return;

            toldAt = time.GetTimestamp();
            try
            {
                await using var command = database.CreateCommand(
                    """
                    insert into move_progress (move, copied, total) values ($1, $2, $3)
                    on conflict (move) do update set copied = excluded.copied, total = excluded.total
                    """);
                command.Parameters.Add(new() { Value = row.Move });
                command.Parameters.Add(new() { Value = progress.Copied });
                command.Parameters.Add(new() { Value = progress.Total });
                await command.ExecuteNonQueryAsync().WaitAsync(_betweenWords, time);
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
            {
                LogNotTold(log, failure.GetType().Name);
            }
        }
    }

    private async Task Forget(Guid move, CancellationToken ct)
    {
        Recovered(move);
        await using var command = database.CreateCommand(
            "delete from move_progress m where m.move = $1 or not exists (select from placement p where p.move = m.move)");
        command.Parameters.Add(new() { Value = move });
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task<bool> IsAlone(CancellationToken ct)
    {
        if (_lock is not null)
        {
            await using var alive = new NpgsqlCommand("select", _lock);
            await alive.ExecuteNonQueryAsync(ct);
            return true;
        }

        _lock = await database.OpenConnectionAsync(ct);
        await using (var take = new NpgsqlCommand(TryLock, _lock))
            if (await take.ExecuteScalarAsync(ct) is true)
                return true;

        await LetGo();
        return false;
    }

    private async Task LetGo()
    {
        if (_lock is not { } connection)
            return;

        _lock = null;
        try
        {
            await using var free = new NpgsqlCommand("select pg_advisory_unlock_all()", connection);
            await free.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception gone) when (gone is NpgsqlException or IOException or TimeoutException or InvalidOperationException)
        {
            // The connection is broken, and the lock went with it.
        }

        await connection.DisposeAsync();
    }

    private bool MustWait(Guid move)
    {
        lock (_troubled)
            return _troubled.TryGetValue(move, out var trouble) && time.GetElapsedTime(trouble.Since) < trouble.Pause;
    }

    private int Failed(Guid move)
    {
        lock (_troubled)
        {
            var before = _troubled.GetValueOrDefault(move) ?? Trouble.None;
            var pause = _tick * Math.Pow(2, Math.Min(before.Failures, 10));
            _troubled[move] = before with
            {
                Failures = before.Failures + 1, Since = time.GetTimestamp(), Pause = pause < _longestPause ? pause : _longestPause,
            };
            return before.Failures + 1;
        }
    }

    // Who gets further than ever before has no trouble; who only comes as far again has.
    private void GotOn(Guid move, MoveProgress progress)
    {
        lock (_troubled)
        {
            var before = _troubled.GetValueOrDefault(move) ?? Trouble.None;
            if ((progress.Step, progress.Copied).CompareTo(before.Furthest) > 0)
                _troubled[move] = Trouble.None with { Furthest = (progress.Step, progress.Copied) };
        }
    }

    private void Recovered(Guid move)
    {
        lock (_troubled)
            _troubled.Remove(move);
    }

    private PoolParts Parts(string pool) => PoolParts.Of(pool, pool == Placement.Home ? home : pools[pool].Services);

    /// <param name="Pause">Before it is tried again; none before the first failure.</param>
    private sealed record Trouble(int Failures, long Since, TimeSpan Pause, (MoveStep Step, long Copied) Furthest)
    {
        public static Trouble None { get; } = new(0, 0, TimeSpan.Zero, default);
    }

    [LoggerMessage(1, LogLevel.Warning, "Moving queues was interrupted; it goes on.")]
    private static partial void LogInterrupted(ILogger log, Exception failure);

    [LoggerMessage(2, LogLevel.Warning, "Moving queue {Queue} from pool {From} to {To} was cut off.")]
    private static partial void LogFailed(ILogger log, string queue, string from, string to, Exception failure);

    [LoggerMessage(3, LogLevel.Information, "Queue {Queue} has moved from pool {From} to {To}.")]
    private static partial void LogMoved(ILogger log, string queue, string from, string to);

    [LoggerMessage(4, LogLevel.Warning, "Queue {Queue} does not move from pool {From} to {To}; it stays where it is.")]
    private static partial void LogCalledOff(ILogger log, string queue, string from, string to);

    [LoggerMessage(5, LogLevel.Debug, "How far a move is could not be told ({Failure}).")]
    private static partial void LogNotTold(ILogger log, string failure);
}
