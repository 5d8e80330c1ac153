using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Zaqar.Infrastructure.Delivery;
using Zaqar.Infrastructure.Letters;
using Zaqar.Infrastructure.Queues;
using Zaqar.Infrastructure.Subscriptions;

namespace Zaqar.Infrastructure.History;

/// <summary>Runs the sweepers: expiry every second, segments now and then. All nodes try; a lock in the database lets one at a time.</summary>
internal sealed partial class Housekeeping(
    ExpirySweeper expiry, SubscriptionSweeper subscriptions, SegmentSweeper segments, DeliverySweeper deliveries,
    LetterBox letters, NpgsqlDataSource database, HistorySettings settings, TimeProvider time, ILogger<Housekeeping> log) : BackgroundService
{
    // So that none of the sweepers keeps the others waiting.
    private const int MaxRounds = 100;

    private static readonly TimeSpan _tick = TimeSpan.FromSeconds(1);

    // Any number that nobody else in the database locks; the tables' own schema makes it this service's.
    private const string TryLock = "select pg_try_advisory_lock(hashtext(current_schema() || '.housekeeping'))";
    private const string Unlock = "select pg_advisory_unlock(hashtext(current_schema() || '.housekeeping'))";

    private long _segmentsSwept;
    private bool _isInterrupted;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _segmentsSwept = time.GetTimestamp();
        using var timer = new PeriodicTimer(_tick, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await Round(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Going down; what was left undone is done by another node or after the next start.
        }
    }

    private async Task Round(CancellationToken ct)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(ct);
            _isInterrupted = false;
            await using var tryLock = new NpgsqlCommand(TryLock, connection);
            if (await tryLock.ExecuteScalarAsync(ct) is not true)
                return;

            try
            {
                for (var round = 0; round < MaxRounds && await expiry.Sweep(ct); round++)
                {
                }

                for (var round = 0; round < MaxRounds && await subscriptions.Sweep(ct); round++)
                {
                }

                await deliveries.Sweep(ct);
                if (time.GetElapsedTime(_segmentsSwept) >= settings.SweepEvery)
                {
                    _segmentsSwept = time.GetTimestamp();
                    await segments.Sweep(ct);
                    while (await letters.Forget(settings.LetterMemory, ct))
                    {
                    }
                }
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
                LogFailed(log, failure);
            _isInterrupted = true;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Housekeeping was interrupted; it goes on at the next round.")]
    private static partial void LogFailed(ILogger log, Exception failure);
}
