using Marten;
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

    private readonly string _node = Guid.NewGuid().ToString("N");

    /// <summary>Adds the notice for other nodes to what is about to be committed.</summary>
    internal void Announce(IDocumentSession session, IReadOnlyCollection<QueueId> replenished)
    {
        foreach (var queues in replenished.Chunk(KeysPerNotice))
            session.QueueSqlCommand("call announce(?)",
                _node + string.Concat(queues.Select(queue => QueueSignals.KeyOf(queue).ToString("N"))));
    }

    /// <summary>Wakes who waits on this node.</summary>
    internal void Wake(IReadOnlyCollection<QueueId> replenished)
    {
        if (signals.IsIdle)
            return;

        foreach (var queue in replenished)
            signals.Wake(QueueSignals.KeyOf(queue));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Listen(stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception broken) when (broken is NpgsqlException or IOException or TimeoutException)
            {
                LogBroken(log, broken);
                await Task.Delay(_betweenAttempts, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task Listen(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        connection.Notification += (_, notice) => Hear(notice.Payload);
        await using (var listen = new NpgsqlCommand($"listen {Channel}", connection))
            await listen.ExecuteNonQueryAsync(ct);

        if (!await NodePresence.TryJoin(connection, ct))
            throw new InvalidOperationException("The read models of this database are being rebuilt. Start again when that is done.");

        signals.WakeAll();
        while (true)
            await connection.WaitAsync(ct);
    }

    private void Hear(string notice)
    {
        if (notice.StartsWith(_node, StringComparison.Ordinal))
            return;

        for (var at = _node.Length; at + 32 <= notice.Length; at += 32)
            if (Guid.TryParseExact(notice.AsSpan(at, 32), "N", out var key))
                signals.Wake(key);
    }

    [LoggerMessage(1, LogLevel.Warning, "Lost the connection that hears of other nodes; connecting again.")]
    private static partial void LogBroken(ILogger log, Exception broken);
}
