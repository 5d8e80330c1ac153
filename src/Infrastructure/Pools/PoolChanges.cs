using Zaqar.Domain.Flavors;
using Zaqar.Domain.Pools;
using static Zaqar.Infrastructure.Queues.QueueChanges;

namespace Zaqar.Infrastructure.Pools;

/// <summary>
/// The net change of a run of events of pools and flavors: the last word about a row wins, so a run may be one commit or a page of a replay.
/// </summary>
internal sealed class PoolChanges
{
    private readonly Dictionary<string, (PoolState State, long Version)> _made = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (PoolChanged Net, long Version)> _changed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _gone = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Project, string Name), bool> _flavors = [];

    /// <summary>Folds one event in; in the order in which they were committed.</summary>
    public void Add(long version, IPoolEvent @event)
    {
        var name = @event.Name;
        switch (@event)
        {
            case PoolDeleted:
                _made.Remove(name);
                _changed.Remove(name);
                _gone.Add(name);
                break;
            case PoolChanged changed when !_made.ContainsKey(name):
                _changed[name] = (_changed.TryGetValue(name, out var earlier) ? Net(earlier.Net, changed) : changed, version);
                break;
            default:
                _made[name] = (PoolState.Evolve(_made.GetValueOrDefault(name).State, @event)!, version);
                break;
        }
    }

    public void Add(string project, IFlavorEvent @event) => _flavors[(project, @event.Name)] = @event is FlavorCreated;

    /// <summary>Gives the statements of the change, one per kind that has anything to write.</summary>
    /// <remarks>What goes makes room for what comes: a pool of a name may end and another begin in one run.</remarks>
    public void WriteTo(Write write)
    {
        if (_gone.Count > 0)
            write("delete from pool where name = any($1)", (object)_gone.ToArray());

        var changed = _changed.ToArray();
        if (changed.Length > 0)
            write(
                """
                update pool p set
                    uri = coalesce(c.uri, p.uri), sealed = case when c.uri is null then p.sealed else c.sealed end, target = coalesce(c.target, p.target),
                    weight = case when c.weight < 0 then p.weight else c.weight end,
                    flavor = case when c.flavor is null then p.flavor else nullif(c.flavor, '') end,
                    options = coalesce(c.options, p.options), version = c.version
                from unnest($1, $2, $3, $4, $5, $6, $7, $8) as c(name, uri, sealed, target, weight, flavor, options, version)
                where p.name = c.name
                """,
                Column(changed, row => row.Key), Column(changed, row => row.Value.Net.Address?.Uri!),
                Column(changed, row => row.Value.Net.Address?.Sealed!), Column(changed, row => row.Value.Net.Address?.Target!),
                Column(changed, row => row.Value.Net.Weight ?? -1), Column(changed, row => row.Value.Net.Flavor!),
                Column(changed, row => row.Value.Net.Options!), Column(changed, row => row.Value.Version));

        var made = _made.Values.ToArray();
        if (made.Length > 0)
            write(
                """
                insert into pool (name, uri, sealed, target, weight, flavor, options, version)
                select * from unnest($1, $2, $3, $4, $5, $6, $7, $8)
                """,
                Column(made, row => row.State.Name), Column(made, row => row.State.Address.Uri), Column(made, row => row.State.Address.Sealed!),
                Column(made, row => row.State.Address.Target), Column(made, row => row.State.Weight), Column(made, row => row.State.Flavor!),
                Column(made, row => row.State.Options), Column(made, row => row.Version));

        WriteFlavors(write);
    }

    private void WriteFlavors(Write write)
    {
        var gone = _flavors.Where(flavor => !flavor.Value).Select(flavor => flavor.Key).ToArray();
        if (gone.Length > 0)
            write(
                "delete from flavor f using unnest($1, $2) as g(project, name) where f.project = g.project and f.name = g.name",
                Column(gone, row => row.Project), Column(gone, row => row.Name));

        // One that ended and began again in the same run is there before.
        var made = _flavors.Where(flavor => flavor.Value).Select(flavor => flavor.Key).ToArray();
        if (made.Length > 0)
            write(
                "insert into flavor (project, name) select * from unnest($1, $2) on conflict do nothing",
                Column(made, row => row.Project), Column(made, row => row.Name));
    }

    private static PoolChanged Net(PoolChanged earlier, PoolChanged later) => later with
    {
        Address = later.Address ?? earlier.Address,
        Weight = later.Weight ?? earlier.Weight,
        Flavor = later.Flavor ?? earlier.Flavor,
        Options = later.Options ?? earlier.Options,
    };

    private static TColumn[] Column<TRow, TColumn>(TRow[] rows, Func<TRow, TColumn> column) => Array.ConvertAll(rows, row => column(row));
}
