using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Npgsql;
using Wolverine;
using Wolverine.Marten.Subscriptions;
using Zaqar.Application;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Subscriptions;
using Zaqar.Infrastructure.Schema;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>
/// Turns events into deliveries: one for each message and each subscription of its queue, and one for each subscription that has to be
/// confirmed. Deliveries, the words that wake their lanes, and the relay's progress are committed together, so none is lost and
/// none is made twice.
/// </summary>
/// <remarks>
/// Wolverine runs it on one node at a time. It reads only <see cref="Relayed"/> streams; the database passes over all others.
/// Source: ADR 0010; API contract, sections 8.1 and 8.3.
/// </remarks>
internal sealed class Relay : BatchSubscription
{
    /// <summary>Part of the stored progress, never changed.</summary>
    internal const string Name = "relay";

    private const int RowsPerStatement = 5_000;

    private readonly NpgsqlDataSource _database;
    private readonly DatabaseClock _clock;
    private readonly Confirmations _confirmations;

    public Relay(NpgsqlDataSource database, DatabaseClock clock, Confirmations confirmations) : base(Name)
    {
        (_database, _clock, _confirmations) = (database, clock, confirmations);
        IncludeType<MessagePosted>();
        IncludeType<SubscriptionCreated>();
        IncludeType<ConfirmationRequested>();
        IncludeType<SubscriptionUnconfirmed>();
        FilterIncomingEventsOnStreamType(typeof(Relayed));
        Options.BatchSize = 200;
    }

    public override async Task ProcessEventsAsync(
        EventRange page, ISubscriptionController controller, IDocumentOperations operations, IMessageBus bus, CancellationToken cancellationToken)
    {
        // The end of the log moves on also where nothing in it is relayed.
        if (page.Events.Count == 0)
            return;

        var subscribers = await Find(page.Events, cancellationToken);
        var rows = new List<Row>();
        foreach (var @event in page.Events)
            rows.AddRange(DeliveriesOf(@event, subscribers.ByQueue));

        for (var i = 0; i < rows.Count; i++)
            rows[i] = rows[i] with { Id = DeliveryIds.At(subscribers.Now, i) };

        foreach (var part in rows.Chunk(RowsPerStatement))
            operations.QueueSqlCommand(
                """
                insert into delivery (id, project, queue, subscription, kind, event, message, status, attempts, created_at, next_at)
                select id, project, coalesce(queue, (select s.queue from subscription s where s.id = d.subscription), ''), subscription, kind,
                    event, message, 'waiting', 0, ?, ?
                from unnest(?, ?, ?, ?, ?, ?, ?) as d(id, project, queue, subscription, kind, event, message)
                """,
                subscribers.Now, subscribers.Now, Column(part, row => row.Id), Column(part, row => row.Project), Column(part, row => row.Queue!),
                Column(part, row => row.Subscription), Column(part, row => row.Kind.ToString()), Column(part, row => row.Event),
                Column(part, row => row.Message));

        foreach (var word in rows.Select(row => new Deliver(row.Project, row.Subscription)).Distinct())
            await bus.PublishAsync(word);
    }

    private IEnumerable<Row> DeliveriesOf(IEvent @event, ILookup<(string Project, string Queue), Subscriber> byQueue)
    {
        switch (@event.Data)
        {
            // What a queue takes over from another as dead was told of when it was posted.
            case MessagePosted { DeadLetteredFrom: null } posted when StreamKey.TryReadQueue(@event.StreamKey!, out var queue, out _, out _):
                foreach (var subscriber in byQueue[(@event.TenantId, queue)])
                    if (subscriber.Since < @event.Sequence && posted.At < subscriber.ExpiresAt
                        && (subscriber.Confirmed || !_confirmations.AreRequired))
                        yield return new(@event.TenantId, queue, subscriber.Id, NoticeKind.Notification, @event.Sequence, posted.Id.Value);
                break;

            case SubscriptionCreated { Node: null } created when _confirmations.AreSent:
                yield return new(@event.TenantId, null, created.Id, NoticeKind.SubscriptionConfirmation, @event.Sequence, null);
                break;

            case ConfirmationRequested requested when _confirmations.AreSent:
                yield return new(@event.TenantId, null, requested.Id, NoticeKind.SubscriptionConfirmation, @event.Sequence, null);
                break;

            case SubscriptionUnconfirmed unconfirmed when _confirmations.AreSent:
                yield return new(@event.TenantId, null, unconfirmed.Id, NoticeKind.UnsubscribeConfirmation, @event.Sequence, null);
                break;
        }
    }

    private async Task<Subscribers> Find(IEnumerable<IEvent> events, CancellationToken ct)
    {
        var queues = events.Where(@event => @event.Data is MessagePosted)
            .Select(@event => (@event.TenantId, Queue: StreamKey.TryReadQueue(@event.StreamKey!, out var queue, out _, out _) ? queue : ""))
            .Distinct().ToArray();

        // The time comes along even where there is no subscriber. "offset 0" keeps the planner from looking for the greatest number of all
        // events from the end of the log, and "default" is the collation of Marten's index.
        await using var command = _database.CreateCommand(
            """
            select t.now, s.project, s.queue, s.id, s.confirmed, s.expires_at, (
                select max(e.seq_id) from (
                    select * from mt_events e where e.tenant_id = s.project collate "default" and e.stream_id = $5 || s.id offset 0) e
                where case when $4 then e.type = $6 else e.version = 1 end)
            from (select now() + $3 as now) t
                left join (unnest($1, $2) as w(project, queue) join subscription s using (project, queue)) on s.node is null
            """);
        command.Parameters.Add(new() { Value = Array.ConvertAll(queues, queue => queue.TenantId) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(queues, queue => queue.Queue) });
        command.Parameters.Add(new() { Value = _clock.Ahead });
        command.Parameters.Add(new() { Value = _confirmations.AreRequired });
        command.Parameters.Add(new() { Value = StreamKey.SubscriptionPrefix });
        command.Parameters.Add(new() { Value = EventStore.EventNames[typeof(SubscriptionConfirmed)] });

        var (now, found) = (default(DateTimeOffset), new List<Subscriber>());
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            now = reader.GetFieldValue<DateTimeOffset>(0);
            if (!reader.IsDBNull(3))
                found.Add(new(reader.GetString(1), reader.GetString(2), reader.GetGuid(3), reader.GetBoolean(4),
                    reader.GetFieldValue<DateTimeOffset>(5), reader.IsDBNull(6) ? 0 : reader.GetInt64(6)));
        }

        return new(now, found.ToLookup(subscriber => (subscriber.Project, subscriber.Queue)));
    }

    private static TColumn[] Column<TColumn>(Row[] rows, Func<Row, TColumn> column) => Array.ConvertAll(rows, row => column(row));

    private sealed record Subscribers(DateTimeOffset Now, ILookup<(string Project, string Queue), Subscriber> ByQueue);

    /// <param name="Since">
    /// The place in the log of its creation, or where confirmations are required of the last one: what was posted before is not sent, however late
    /// it is read. A place, for times of two writers do not compare.
    /// </param>
    private sealed record Subscriber(string Project, string Queue, Guid Id, bool Confirmed, DateTimeOffset ExpiresAt, long Since);

    private sealed record Row(string Project, string? Queue, Guid Subscription, NoticeKind Kind, long Event, Guid? Message)
    {
        public Guid Id { get; init; }
    }
}
