using MediatR;
using Microsoft.Extensions.Logging;
using Npgsql;
using Zaqar.Application.Health;
using Zaqar.Domain;

namespace Zaqar.Infrastructure.Pools;

/// <summary>Says how the catalogue and each pool do, side by side, so that one that hangs holds up no other.</summary>
internal sealed partial class PoolsHealth(Mediator home, PoolList list, OpenPools pools, HealthSettings settings, TimeProvider time, ILogger<PoolsHealth> log)
{
    public async Task<PooledHealth> Check(Actor by, CancellationToken ct)
    {
        // Without the catalogue, those that this node knows.
        var (isReachable, names) = await Names(ct) is { } all ? (true, all) : (false, [.. pools.All.Select(pool => pool.Name)]);
        var reports = await Task.WhenAll(names.Select(async name => (name, await Check(name, by, ct))));
        return new(isReachable, reports.ToDictionary(report => report.name, report => report.Item2, StringComparer.Ordinal));
    }

    private async Task<HealthReport> Check(string name, Actor by, CancellationToken ct)
    {
        if (pools.All.FirstOrDefault(pool => pool.Name == name) is { } pool)
            return await pool.Mediator.Send(new CheckHealth(by), ct);

        var reference = Guid.NewGuid().ToString();
        LogAway(log, name, reference);
        return HealthReport.Unreachable(reference);
    }

    private async Task<string[]?> Names(CancellationToken ct)
    {
        try
        {
            await home.Send(new Ping(), ct).WaitAsync(settings.Limit, time, ct);
            return [.. (await list.Read(ct).WaitAsync(settings.Limit, time, ct)).Select(pool => pool.Name)];
        }
        catch (Exception away) when (away is NpgsqlException or TimeoutException)
        {
            LogNoCatalogue(log, away);
            return null;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Health check: the pool {Pool} is not open on this node, reference {Reference}.")]
    private static partial void LogAway(ILogger log, string pool, string reference);

    [LoggerMessage(2, LogLevel.Error, "Health check: the catalogue does not answer.")]
    private static partial void LogNoCatalogue(ILogger log, Exception away);
}
