using Marten;
using Npgsql;
using Zaqar.Domain;
using Zaqar.Domain.Flavors;
using Zaqar.Domain.Pools;

namespace Zaqar.Application.Pools;

/// <summary>One transaction about pools and flavors: what a decision sees and what it leaves.</summary>
/// <param name="now">By the database's clock; all of the decision judges by it.</param>
internal sealed class PoolWork(NpgsqlConnection connection, IDocumentSession session, DateTimeOffset now, CancellationToken ct)
{
    public DateTimeOffset Now { get; } = now;

    /// <summary>Whether anything was recorded.</summary>
    public bool HasChanges { get; private set; }

    /// <summary>All there are, by name.</summary>
    public async Task<IReadOnlyList<PoolState>> Pools()
    {
        await using var command = new NpgsqlCommand("select name, uri, sealed, target, weight, flavor, options from pool order by name", connection);
        await using var row = await command.ExecuteReaderAsync(ct);
        var pools = new List<PoolState>();
        while (await row.ReadAsync(ct))
            pools.Add(new(
                row.GetString(0), new(row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetString(3)), row.GetInt64(4),
                row.IsDBNull(5) ? null : row.GetString(5), row.GetString(6)));

        return pools;
    }

    /// <summary>Whether a queue moves from a pool or to it.</summary>
    public async Task<bool> IsOnTheMove(string name)
    {
        if (!ResourceName.IsName(name))
            return false;

        await using var command = new NpgsqlCommand(
            "select exists (select from placement where state <> 'failed' and (moving_from = $1 or moving_to = $1))", connection);
        command.Parameters.Add(new() { Value = name });
        return await command.ExecuteScalarAsync(ct) is true;
    }

    /// <summary>Whether a project has a flavor, and whether another has one of its name.</summary>
    public async Task<(bool Exists, bool IsShared)> Flavor(string project, string name)
    {
        // Whatever a path may hold comes here, and not all of it can be asked of a database.
        if (!ResourceName.IsName(name))
            return (false, false);

        await using var command = new NpgsqlCommand(
            "select coalesce(bool_or(project = $1), false), coalesce(bool_or(project <> $1), false) from flavor where name = $2", connection);
        command.Parameters.Add(new() { Value = project });
        command.Parameters.Add(new() { Value = name });
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return (row.GetBoolean(0), row.GetBoolean(1));
    }

    /// <summary>Records events of pools, and of flavors of a project.</summary>
    /// <param name="project">Null where there are none of flavors.</param>
    public async Task Record(IReadOnlyList<object> decided, string? project = null)
    {
        foreach (var stream in decided.GroupBy(@event => @event switch
        {
            IPoolEvent about => (Tenant: StreamKey.ServiceTenant, Key: StreamKey.OfPool(about.Name)),
            IFlavorEvent about when project is not null => (Tenant: project, Key: StreamKey.OfFlavor(about.Name)),
            _ => throw new ArgumentOutOfRangeException(nameof(decided), @event.GetType(), "This belongs to no pool, and to no flavor of a project."),
        }))
        {
            var events = session.ForTenant(stream.Key.Tenant).Events;
            object[] recorded = [.. stream];

            // Names come back, and with them their streams.
            if (await events.FetchStreamStateAsync(stream.Key.Key, ct) is { } known)
                events.Append(stream.Key.Key, known.Version + recorded.Length, recorded);
            else
                events.StartStream(stream.Key.Key, recorded);

            HasChanges = true;
        }
    }
}
