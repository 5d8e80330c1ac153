using JasperFx;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Wolverine.Runtime;
using Wolverine.Runtime.Agents;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>
/// Starts the relay again where it stopped on this node, and looks whether it goes on, wherever it runs. After a failure it is tried until it
/// works, for nothing may be passed over: at first at once, then ever more seldom, down to four times a minute.
/// </summary>
/// <remarks>Wolverine leaves alone what stopped by a failure, and moves a relay only when its node is gone.</remarks>
internal sealed partial class RelayKeeper(
    IWolverineRuntime runtime, NpgsqlDataSource database, RelayProgress progress, TimeProvider time, ILogger<RelayKeeper> log) : BackgroundService
{
    private static readonly TimeSpan _tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _lookEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(15);

    private const string Progress =
        $"""
        select coalesce((select last_seq_id from mt_event_progression where name = '{Relay.Name}:All'), 0), coalesce((select max(seq_id) from mt_events), 0)
        """;

    private const string Owner = "select node_id from wolverine_node_assignments where id = $1";

    private readonly HashSet<Uri> _seen = [];
    private TimeSpan _pause = TimeSpan.Zero;
    private long _startedAt, _lookedAt;
    private bool _isInterrupted;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _startedAt = _lookedAt = time.GetTimestamp();
        using var timer = new PeriodicTimer(_tick, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await Round(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Going down; another node takes over.
        }
    }

    private async Task Round(CancellationToken ct)
    {
        try
        {
            await StartAgain(ct);
            if (time.GetElapsedTime(_lookedAt) >= _lookEvery)
            {
                _lookedAt = time.GetTimestamp();
                await Look(ct);
            }

            _isInterrupted = false;
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            progress.NotSeen();

            // Once, not every second, for as long as the database is away.
            if (!_isInterrupted)
                LogInterrupted(log, failure);
            _isInterrupted = true;
        }
    }

    private async Task Look(CancellationToken ct)
    {
        await using var command = database.CreateCommand(Progress);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        var stoodStill = progress.StandsStill;
        progress.Seen(row.GetInt64(0), row.GetInt64(1));
        if (progress.StandsStill && !stoodStill)
            LogStandsStill(log, row.GetInt64(0), row.GetInt64(1));
        else if (stoodStill && !progress.StandsStill)
            LogGoesOn(log, row.GetInt64(0));
    }

    private async Task StartAgain(CancellationToken ct)
    {
        // Those that stopped are not named any more.
        _seen.UnionWith(runtime.Agents.AllRunningAgentUris().Where(agent => agent.Scheme == EventSubscriptionAgentFamily.SchemeName));
        foreach (var uri in _seen)
        {
            if (!runtime.Agents.TryFindActiveAgent<IEventSubscriptionAgent>(uri, out var relay))
                continue;

            if (relay.Status == AgentStatus.Running)
            {
                // What fails at once after its start does not count as running.
                if (time.GetElapsedTime(_startedAt) > _pause + _tick)
                    _pause = TimeSpan.Zero;
                continue;
            }

            if (time.GetElapsedTime(_startedAt) < _pause)
                continue;

            // Marten puts its statements before the reason.
            LogStartsAgain(log, relay.Failure?.RootExceptionType ?? "no failure", relay.Failure?.Message.TrimEnd().Split('\n')[^1]);
            _startedAt = time.GetTimestamp();
            _pause = _pause == TimeSpan.Zero ? _tick : _pause * 2 < _longestPause ? _pause * 2 : _longestPause;

            // Of two nodes that ran it, because one had been taken for dead, the one that Wolverine gave it to goes on.
            if (await IsElsewhere(uri, ct))
            {
                await runtime.Agents.StopLocallyAsync(uri);
                continue;
            }

            await relay.StopAsync(ct);
            await relay.StartAsync(ct);

            // It was taken from this node meanwhile.
            if (!runtime.Agents.TryFindActiveAgent<IEventSubscriptionAgent>(uri, out _))
                await relay.StopAsync(ct);
        }
    }

    private async Task<bool> IsElsewhere(Uri agent, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Owner);
        command.Parameters.Add(new() { Value = agent.ToString() });
        return await command.ExecuteScalarAsync(ct) is Guid owner && owner != runtime.Options.UniqueNodeId;
    }

    [LoggerMessage(1, LogLevel.Warning, "The relay stopped ({Failure}: {Reason}); it starts again.")]
    private static partial void LogStartsAgain(ILogger log, string failure, string? reason);

    [LoggerMessage(2, LogLevel.Error, "The relay stands still at event {Reached}, and there are {Last}: subscribers are not told of new messages.")]
    private static partial void LogStandsStill(ILogger log, long reached, long last);

    [LoggerMessage(3, LogLevel.Information, "The relay goes on; it has reached event {Reached}.")]
    private static partial void LogGoesOn(ILogger log, long reached);

    [LoggerMessage(4, LogLevel.Warning, "Looking after the relay was interrupted; it goes on in a second.")]
    private static partial void LogInterrupted(ILogger log, Exception failure);
}
