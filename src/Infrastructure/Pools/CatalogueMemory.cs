using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Zaqar.Application.Waiting;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Pools;

/// <summary>
/// What this node remembers of the catalogue. A change is heard of as it is committed, on whichever node, by a connection that listens; what is
/// remembered counts only while that connection is proven to live.
/// </summary>
/// <remarks>
/// Whoever moves a queue makes its move known, waits for <see cref="Lease"/>, and can then be sure that every node asks the catalogue for it. Bounds:
/// 100,000 queues, beyond which all are forgotten. Source: ADR 0015.
/// </remarks>
internal sealed partial class CatalogueMemory(NpgsqlDataSource database, TimeProvider time, ILogger<CatalogueMemory> log) : BackgroundService
{
    /// <summary>Longest time for which any node goes by what is no longer so.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);

    /// <summary>What is announced when the pools themselves have changed.</summary>
    internal const string Pools = "pools";

    private const string Channel = "zaqar_catalogue";
    private const int MaxQueues = 100_000;

    private static readonly TimeSpan _provenFor = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _betweenProofs = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _proofTime = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, string> _pools = new();
    private long _provenAt = long.MinValue;
    private long _generation;
    private bool _isCutOff;

    /// <summary>Told when pools come, go or change.</summary>
    public event Action? PoolsChanged;

    /// <summary>Counts changes: what was read before one may no longer be remembered after it.</summary>
    public long Generation => Interlocked.Read(ref _generation);

    /// <returns>The pool that a queue is in; null when that is not known, or not certain.</returns>
    public string? Find(QueueId queue) => IsProven ? Recall(queue) : null;

    /// <returns>The pool that a queue was in when it was last asked for: better than nothing when nobody can be asked.</returns>
    public string? Recall(QueueId queue) => _pools.GetValueOrDefault(QueueSignals.KeyOf(queue));

    /// <param name="generation">As of before it was read.</param>
    public void Remember(QueueId queue, string pool, long generation)
    {
        if (_pools.Count >= MaxQueues)
            _pools.Clear();

        var key = QueueSignals.KeyOf(queue);
        _pools[key] = pool;
        if (Generation != generation)
            _pools.TryRemove(key, out _);
    }

    public void Forget(QueueId queue)
    {
        Interlocked.Increment(ref _generation);
        _pools.TryRemove(QueueSignals.KeyOf(queue), out _);
    }

    private bool IsProven => Interlocked.Read(ref _provenAt) is var proven && proven != long.MinValue && time.GetElapsedTime(proven) < _provenFor;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Listen(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception broken) when (broken is NpgsqlException or IOException or TimeoutException or OperationCanceledException)
            {
                // Once, not every second, for as long as the database is away.
                if (!_isCutOff)
                    LogBroken(log, broken);
                _isCutOff = true;
                await Task.Delay(_proofTime, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task Listen(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        connection.Notification += (_, notice) => Hear(notice.Payload);
        await using (var listen = new NpgsqlCommand($"listen {Channel}", connection))
            await listen.ExecuteNonQueryAsync(ct);

        // What changed while nobody listened is not known.
        Interlocked.Increment(ref _generation);
        _pools.Clear();
        PoolsChanged?.Invoke();
        _isCutOff = false;
        while (true)
        {
            // What was announced before the proof was asked for has been heard when it is answered.
            var asked = time.GetTimestamp();
            using (var patience = CancellationTokenSource.CreateLinkedTokenSource(ct))
            {
                patience.CancelAfter(_proofTime);
                await using var proof = new NpgsqlCommand("select", connection);
                await proof.ExecuteNonQueryAsync(patience.Token);
            }

            Interlocked.Exchange(ref _provenAt, asked);
            await connection.WaitAsync(_betweenProofs, ct);
        }
    }

    private void Hear(string changed)
    {
        Interlocked.Increment(ref _generation);
        if (changed == Pools)
        {
            _pools.Clear();
            PoolsChanged?.Invoke();
        }
        else if (Guid.TryParseExact(changed, "N", out var key))
            _pools.TryRemove(key, out _);
    }

    [LoggerMessage(1, LogLevel.Warning, "Lost the connection that hears of changes to the catalogue; connecting again.")]
    private static partial void LogBroken(ILogger log, Exception broken);
}
