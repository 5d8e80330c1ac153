using Zaqar.Domain.Subscriptions;
using static Zaqar.Infrastructure.Queues.QueueChanges;

namespace Zaqar.Infrastructure.Subscriptions;

/// <summary>The net change of a run of subscription events: the last word about a row wins, so a run may be one commit or a page of a replay.</summary>
internal sealed class SubscriptionChanges
{
    private readonly Dictionary<Guid, (string Project, SubscriptionState State)> _made = [];
    private readonly Dictionary<Guid, RowChange> _changed = [];
    private readonly HashSet<Guid> _gone = [];

    /// <summary>Folds one event in; in the order in which they were committed.</summary>
    public void Add(string project, long version, ISubscriptionEvent @event)
    {
        var id = @event.Id;
        if (@event is SubscriptionCreated)
            _made[id] = (project, SubscriptionState.Evolve(null, @event)!);
        else if (@event is SubscriptionExpired or SubscriptionDeleted)
            End(id);
        else if (_made.TryGetValue(id, out var made))
            _made[id] = (project, SubscriptionState.Evolve(made.State, @event)! with { Version = version });
        else
            _changed[id] = _changed.GetValueOrDefault(id, RowChange.None).With(@event, version);
    }

    /// <summary>Gives the statements of the change, one per kind that has anything to write.</summary>
    /// <remarks>What goes makes room for what comes: a queue has one subscription for each subscriber, at every moment.</remarks>
    public void WriteTo(Write write)
    {
        if (_gone.Count > 0)
            write("delete from subscription where id = any($1)", _gone.ToArray());

        // A run may hand a subscriber from one row to another. Rows are changed in no known order, so all let go before any takes.
        var moving = _changed.Where(row => row.Value.Subscriber is not null).Select(row => row.Key).ToArray();
        if (moving.Length > 1)
            write("update subscription set subscriber = id::text where id = any($1)", moving);

        var changed = _changed.ToArray();
        if (changed.Length > 0)
            write(
                """
                update subscription s set
                    subscriber = coalesce(c.subscriber, s.subscriber), node = case when c.subscriber is null then s.node end,
                    options = coalesce(c.options, s.options),
                    ttl = case when c.ttl = 0 then s.ttl else c.ttl end, expires_at = case when c.ttl = 0 then s.expires_at else c.expires_at end,
                    confirmed = case c.confirmed when 0 then s.confirmed else c.confirmed > 0 end, version = c.version
                from unnest($1, $2, $3, $4, $5, $6, $7) as c(id, subscriber, options, ttl, expires_at, confirmed, version)
                where s.id = c.id
                """,
                Column(changed, row => row.Key), Column(changed, row => row.Value.Subscriber!), Column(changed, row => row.Value.Options!),
                Column(changed, row => row.Value.Ttl), Column(changed, row => row.Value.ExpiresAt), Column(changed, row => row.Value.Confirmed),
                Column(changed, row => row.Value.Version));

        var made = _made.Values.ToArray();
        if (made.Length > 0)
            write(
                """
                insert into subscription (project, queue, id, subscriber, ttl, options, confirmed, created_at, expires_at, version, node)
                select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                """,
                Column(made, row => row.Project), Column(made, row => row.State.Queue), Column(made, row => row.State.Id),
                Column(made, row => row.State.Subscriber), Column(made, row => row.State.Ttl), Column(made, row => row.State.Options.Json),
                Column(made, row => row.State.Confirmed), Column(made, row => row.State.CreatedAt), Column(made, row => row.State.ExpiresAt),
                Column(made, row => row.State.Version), Column(made, row => row.State.Node));
    }

    private void End(Guid id)
    {
        _changed.Remove(id);
        if (!_made.Remove(id))
            _gone.Add(id);
    }

    private static TColumn[] Column<TRow, TColumn>(TRow[] rows, Func<TRow, TColumn> column) => Array.ConvertAll(rows, row => column(row));

    /// <summary>What becomes of a row that was there before.</summary>
    /// <param name="Subscriber">Null leaves it; so it does with options.</param>
    /// <param name="Ttl">0 leaves it and the end.</param>
    /// <param name="Confirmed">1 or -1; 0 leaves it.</param>
    private sealed record RowChange(string? Subscriber, string? Options, long Ttl, DateTimeOffset ExpiresAt, int Confirmed, long Version)
    {
        public static RowChange None { get; } = new(null, null, 0, DateTimeOffset.UnixEpoch, 0, 0);

        public RowChange With(ISubscriptionEvent @event, long version) => (@event switch
        {
            SubscriptionConfirmed => this with { Confirmed = 1 },
            SubscriptionUnconfirmed => this with { Confirmed = -1 },
            SubscriptionChanged changed => this with
            {
                Subscriber = changed.Subscriber ?? Subscriber,
                Options = changed.Options ?? Options,
                Ttl = changed.Ttl ?? Ttl,
                ExpiresAt = changed.ExpiresAt ?? ExpiresAt,
            },
            _ => this,
        }) with { Version = version };
    }
}
