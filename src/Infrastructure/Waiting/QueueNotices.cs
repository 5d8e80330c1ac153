using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Zaqar.Application.Waiting;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.History;

namespace Zaqar.Infrastructure.Waiting;

/// <summary>
/// Carries the news that a queue was replenished to who waits for it: on this node directly after the commit, on others by
/// LISTEN/NOTIFY, sent within the commit. A notice lost with a broken connection is made good by waking everyone after reconnecting.
/// The connection that listens also tells, by <see cref="NodePresence"/>, that this node serves.
/// </summary>
internal sealed partial class QueueNotices(NpgsqlDataSource database, QueueSignals signals, TimeProvider time, ILogger<QueueNotices> log)
    : BackgroundService
{
    private const string Channel = "zaqar_replenished";

    // PostgreSQL takes less than 8,000 bytes in one notice; a key is 32.
    private const int KeysPerNotice = 200;

    private static readonly TimeSpan _betweenAttempts = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan _betweenCounts = TimeSpan.FromSeconds(5);

    private readonly string _node = Guid.NewGuid().ToString("N");
    private NpgsqlConnection? _connection;
    private volatile bool _isAlone;
    private bool _isCutOff;

    /// <summary>Adds the notice for other nodes, if there are any, to what is about to be committed.</summary>
    internal void Announce(IReadOnlyCollection<QueueId> replenished, Action<string, object[]> write)
    {
        if (_isAlone)
            return;

        foreach (var queues in replenished.Chunk(KeysPerNotice))
            write("call announce($1)",
                [_node + string.Concat(queues.Select(queue => QueueSignals.KeyOf(queue).ToString("N")))]);
    }

    /// <summary>Wakes who waits on this node.</summary>
    internal void Wake(IReadOnlyCollection<QueueId> replenished)
    {
        if (signals.IsIdle)
            return;

        foreach (var queue in replenished)
            signals.Wake(QueueSignals.KeyOf(queue));
    }

    /// <summary>A node is present, and hears of others, before it serves its first request.</summary>
    /// <exception cref="RebuildRunningException">The read models are not there to be served from.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _connection = await Connect(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = _connection ?? await Connect(stoppingToken);
                _connection = null;
                _isCutOff = false;
                signals.WakeAll();
                await Listen(connection, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception broken) when (broken is NpgsqlException or IOException or TimeoutException)
            {
                _isAlone = false;

                // Once, not every second, for as long as the database is away.
                if (!_isCutOff)
                    LogBroken(log, broken);
                _isCutOff = true;
                await Task.Delay(_betweenAttempts, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // A notice that only its sender hears would wake two processes per commit for nothing. Whoever joins says so, and is heard before it
    // serves; who has left shows when nothing was heard for a while.
    private async Task Listen(NpgsqlConnection connection, CancellationToken ct)
    {
        while (true)
        {
            _isAlone = await NodePresence.IsAlone(connection, ct);
            while (await connection.WaitAsync(_betweenCounts, ct))
                if (_isAlone)
                    _isAlone = await NodePresence.IsAlone(connection, ct);
        }
    }

    private async Task<NpgsqlConnection> Connect(CancellationToken ct)
    {
        var connection = await database.OpenConnectionAsync(ct);
        try
        {
            if (!await NodePresence.TryJoin(connection, ct))
                throw new RebuildRunningException();

            connection.Notification += (_, notice) => Hear(notice.Payload);
            await using var listen = new NpgsqlCommand($"listen {Channel}; notify {Channel}, '{_node}'", connection);
            await listen.ExecuteNonQueryAsync(ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private void Hear(string notice)
    {
        if (notice.StartsWith(_node, StringComparison.Ordinal))
            return;

        _isAlone = false;
        for (var at = _node.Length; at + 32 <= notice.Length; at += 32)
            if (Guid.TryParseExact(notice.AsSpan(at, 32), "N", out var key))
                signals.Wake(key);
    }

    [LoggerMessage(1, LogLevel.Warning, "Lost the connection that hears of other nodes; connecting again.")]
    private static partial void LogBroken(ILogger log, Exception broken);
}
