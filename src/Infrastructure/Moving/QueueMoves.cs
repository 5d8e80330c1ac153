using System.Collections.Concurrent;
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
/// that is tried until it works. Source: ADR 0018.
/// </remarks>
internal sealed partial class QueueMoves(
    Catalogue catalogue, OpenPools pools, IServiceProvider home, NpgsqlDataSource database, TimeProvider time, ILogger<QueueMoves> log) : BackgroundService
{
    private const int MaxAtOnce = 4;
    private const int MaxFailures = 3;
    private const string TryLock = "select pg_try_advisory_lock(hashtext(current_schema() || '.moves'))";
    private const string Unlock = "select pg_advisory_unlock(hashtext(current_schema() || '.moves'))";

    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _betweenWords = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, int> _failures = new();
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
    }

    private async Task Round(CancellationToken ct)
    {
        try
        {
            if ((await catalogue.Moves(1, ct)).Count == 0)
                return;

            await using var connection = await database.OpenConnectionAsync(ct);
            await using var tryLock = new NpgsqlCommand(TryLock, connection);
            if (await tryLock.ExecuteScalarAsync(ct) is not true)
                return;

            try
            {
                // Read again: another node may have ended some meanwhile.
                await Task.WhenAll((await catalogue.Moves(MaxAtOnce, ct)).Select(move => Carry(move, ct)));
            }
            finally
            {
                await using var unlock = new NpgsqlCommand(Unlock, connection);
                await unlock.ExecuteNonQueryAsync(CancellationToken.None);
            }

            _isInterrupted = false;
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            // Once, not every time, for as long as the database is away.
            if (!_isInterrupted)
                LogInterrupted(log, failure);
            _isInterrupted = true;
        }
    }

    private async Task Carry(QueueMoveRow row, CancellationToken ct)
    {
        try
        {
            var move = new QueueMove(Parts(row.From), Parts(row.To), row.Queue, row.Move, time) { Passed = Tell(row.Move) };
            if (row.State == MoveState.Failing)
            {
                await move.RollBack(ct);
                await catalogue.EndMove(row, ct);
                return;
            }

            // From then on every node asks the catalogue for this queue.
            if (row.State == MoveState.Moving)
                await Task.Delay(CatalogueMemory.Lease, time, ct);
            await move.Run(row.State == MoveState.Switched, token => catalogue.Switch(row, token), ct);
            await catalogue.EndMove(row, ct);
            await Forget(row.Move, ct);
            LogMoved(log, row.Queue.Name, row.From, row.To);
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            await Judge(row, failure, ct);
        }
    }

    private async Task Judge(QueueMoveRow row, Exception failure, CancellationToken ct)
    {
        var isFinal = failure is MoveRefused or QueueNotFound or QueueHeld;
        var failures = _failures.AddOrUpdate(row.Move, 1, (_, before) => before + 1);
        if (failures == 1)
            LogFailed(log, row.Queue.Name, row.From, row.To, failure);
        if (!isFinal && failures < MaxFailures)
            return;

        var reason = failure is RejectedException rejected ? rejected.Message : $"{failure.GetType().Name}; the service's log tells more.";
        if (await catalogue.Fail(row, reason, ct))
        {
            _failures.TryRemove(row.Move, out _);
            LogCalledOff(log, row.Queue.Name, row.From, row.To);
        }
    }

    // How far it is, for who asks; seldom, for it is one more write each time.
    private Func<MoveProgress, Task> Tell(Guid move)
    {
        long toldAt = 0;
        return async progress =>
        {
            if (toldAt != 0 && time.GetElapsedTime(toldAt) < _betweenWords)
                return;

            toldAt = time.GetTimestamp();
            await using var command = database.CreateCommand(
                """
                insert into move_progress (move, copied, total) values ($1, $2, $3)
                on conflict (move) do update set copied = excluded.copied, total = excluded.total
                """);
            command.Parameters.Add(new() { Value = move });
            command.Parameters.Add(new() { Value = progress.Copied });
            command.Parameters.Add(new() { Value = progress.Total });
            await command.ExecuteNonQueryAsync();
        };
    }

    private async Task Forget(Guid move, CancellationToken ct)
    {
        _failures.TryRemove(move, out _);
        await using var command = database.CreateCommand(
            "delete from move_progress m where m.move = $1 or not exists (select from placement p where p.move = m.move)");
        command.Parameters.Add(new() { Value = move });
        await command.ExecuteNonQueryAsync(ct);
    }

    private PoolParts Parts(string pool) => PoolParts.Of(pool, pool == Placement.Home ? home : pools[pool].Services);

    [LoggerMessage(1, LogLevel.Warning, "Moving queues was interrupted; it goes on.")]
    private static partial void LogInterrupted(ILogger log, Exception failure);

    [LoggerMessage(2, LogLevel.Warning, "Moving queue {Queue} from pool {From} to {To} was cut off.")]
    private static partial void LogFailed(ILogger log, string queue, string from, string to, Exception failure);

    [LoggerMessage(3, LogLevel.Information, "Queue {Queue} has moved from pool {From} to {To}.")]
    private static partial void LogMoved(ILogger log, string queue, string from, string to);

    [LoggerMessage(4, LogLevel.Warning, "Queue {Queue} does not move from pool {From} to {To}; it stays where it is.")]
    private static partial void LogCalledOff(ILogger log, string queue, string from, string to);
}
