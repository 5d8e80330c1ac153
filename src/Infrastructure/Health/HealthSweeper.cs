using Microsoft.Extensions.Logging;
using Npgsql;
using Zaqar.Application;
using Zaqar.Application.Health;

namespace Zaqar.Infrastructure.Health;

/// <summary>Clears away what checks of health left behind that were cut off, some at a time.</summary>
internal sealed partial class HealthSweeper(
    HealthTraces traces, NpgsqlDataSource database, DatabaseClock clock, ILogger<HealthSweeper> log)
{
    private const int ChecksAtOnce = 20;

    // A check takes ten seconds, and a command of its that was under way thirty more.
    private static readonly TimeSpan _over = TimeSpan.FromMinutes(1);

    // Where nothing has read the log for so long, a hole in it holds nobody up who was not held up already.
    private static readonly TimeSpan _longOver = TimeSpan.FromMinutes(10);

    private bool _isTroubled;

    /// <summary>Goes once over what is left, at most <see cref="ChecksAtOnce"/>. A check that cannot be cleared away holds up neither the others nor the caller.</summary>
    public async Task Sweep(CancellationToken ct)
    {
        var wasTroubled = _isTroubled;
        _isTroubled = false;
        foreach (var (queue, isLongOver) in await Over(ct))
        {
            try
            {
                if (isLongOver || await traces.HasBeenPassed(queue, ct))
                    await traces.Obliterate(queue, ct);
            }
            catch (Exception failure) when (!ct.IsCancellationRequested)
            {
                // Once, not every second, for as long as there is one.
                if (!wasTroubled && !_isTroubled)
                    LogNotCleared(log, queue.Check, failure);
                _isTroubled = true;
            }
        }
    }

    private async Task<List<(HealthQueue Queue, bool IsLongOver)>> Over(CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            select id, started_at <= statement_timestamp() + $1 - $3 from health_check
            where started_at <= statement_timestamp() + $1 - $2 order by started_at limit $4
            """);
        command.Parameters.Add(new() { Value = clock.Ahead });
        command.Parameters.Add(new() { Value = _over });
        command.Parameters.Add(new() { Value = _longOver });
        command.Parameters.Add(new() { Value = ChecksAtOnce });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<(HealthQueue, bool)>();
        while (await reader.ReadAsync(ct))
            found.Add((new(reader.GetGuid(0)), reader.GetBoolean(1)));
        return found;
    }

    [LoggerMessage(1, LogLevel.Warning, "What the health check {Check} left behind could not be cleared away; it is tried again, and others are cleared meanwhile.")]
    private static partial void LogNotCleared(ILogger log, Guid check, Exception failure);
}
