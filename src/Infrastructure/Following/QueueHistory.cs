using Npgsql;
using Zaqar.Application;
using Zaqar.Application.Encryption;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Delivery;
using Zaqar.Infrastructure.Schema;

namespace Zaqar.Infrastructure.Following;

/// <summary>Reads a queue's history onward from a place, a page at a time, across segments and incarnations.</summary>
internal sealed class QueueHistory(
    ReadDatabase database, DatabaseClock clock, MessageSeal seal, Limits limits, NotificationSettings settings, NodeIdentity node)
{
    // About as many as a follower has room for.
    private const int MaxPage = 64;
    private const long MaxPageBytes = 1 << 20;

    private static readonly BinaryMessagePosted _binary = new();
    private static readonly string _posted = EventStore.EventNames[typeof(MessagePosted)];
    private static readonly string _closed = EventStore.EventNames[typeof(SegmentClosed)];
    private static readonly string _deleted = EventStore.EventNames[typeof(QueueDeleted)];

    /// <summary>Where the history ends now; of a queue that is not there, where its next incarnation will begin.</summary>
    public Task<QueuePlace> End(QueueId queue, CancellationToken ct)
    {
        var command = database.CreateCommand("select incarnation, segment, version, deleted from queue where project = $1 and name = $2");
        Identify(command, queue);
        return database.Read(command, async row =>
            !await row.ReadAsync(ct) ? QueuePlace.StartOf(1)
            : row.GetBoolean(3) ? QueuePlace.StartOf(row.GetInt32(0) + 1)
            : new QueuePlace(row.GetInt32(0), row.GetInt32(1), row.GetInt64(2)), ct);
    }

    /// <summary>What comes after a place, about 1 MiB at most unless one message is larger; empty at the end.</summary>
    /// <exception cref="MessageUnreadable">The first cannot be opened; the page ends before one that comes later. One that is over for certain is passed over.</exception>
    public Task<Page> After(QueueId queue, QueuePlace place, CancellationToken ct)
    {
        var command = database.CreateCommand(
            """
            select q.incarnation, q.delays, e.version, e.type, e.bdata, q.segment,
                $4 > 0 and not exists (select from mt_streams where tenant_id = $1 and id = $3), h.held is not distinct from 'gone',
                statement_timestamp() + $8
            from (select) one
                left join queue h on h.project = $1 and h.name = $2
                left join queue q on q.project = $1 and q.name = $2 and not q.deleted
                left join lateral (
                    select * from (
                        select version, type, bdata, row_number() over line as n, sum(octet_length(bdata)) over line as bytes
                        from (
                            select version, type, case when type = $5 then bdata end as bdata from mt_events
                            where tenant_id = $1 and stream_id = $3 and version > $4
                            order by version limit $6) e
                        window line as (order by version)) e
                    where n = 1 or coalesce(bytes, 0) <= $7) e on true
            order by e.version
            """);
        Identify(command, queue);
        command.Parameters.Add(new() { Value = StreamKey.OfQueue(queue.Name, place.Incarnation, place.Segment) });
        command.Parameters.Add(new() { Value = place.Version });
        command.Parameters.Add(new() { Value = _posted });
        command.Parameters.Add(new() { Value = MaxPage });
        command.Parameters.Add(new() { Value = MaxPageBytes });
        command.Parameters.Add(new() { Value = clock.Ahead });
        return database.Read(command, async row =>
        {
            var (told, next) = (new List<Told>(), place);
            while (await row.ReadAsync(ct))
            {
                // What is left here is being cleared away, so an event that does not come may have been; where the queue is now, all are.
                if (row.GetBoolean(7))
                    return new Page([], place, HasMoved: true);

                if (row.IsDBNull(2))
                {
                    // The name has become free of its past, and its incarnations are counted from the start again; or what a follower was to be told
                    // was dropped at the end of its retention.
                    if (!row.IsDBNull(0) && row.GetInt32(0) < place.Incarnation)
                        next = QueuePlace.StartOf(row.GetInt32(0));
                    else if (!row.IsDBNull(0) && row.GetBoolean(6))
                        next = new(row.GetInt32(0), row.GetInt32(5), 0);
                    break;
                }

                var (before, type) = (next, row.GetString(3));
                next = next with { Version = row.GetInt64(2) };
                if (type == _posted)
                {
                    var posted = (MessagePosted)_binary.Deserialize(typeof(MessagePosted), row.GetFieldValue<byte[]>(4));
                    try
                    {
                        Add(told, next, posted, queue, !row.IsDBNull(1) && row.GetBoolean(1));
                    }
                    catch (MessageUnreadable) when (limits.IsLongOver(posted.ExpiresAt, row.GetFieldValue<DateTimeOffset>(8)))
                    {
                        // It is passed over: whoever follows would stand before it for ever.
                    }
                    catch (MessageUnreadable) when (before != place)
                    {
                        return new Page(told, before, HasMoved: false);
                    }
                }
                else if (type == _closed)
                    next = new(place.Incarnation, place.Segment + 1, 0);
                else if (type == _deleted)
                    next = QueuePlace.StartOf(place.Incarnation + 1);
            }

            return new Page(told, next, HasMoved: false);
        }, ct);
    }

    /// <summary>Which of some subscriptions of this node's connections are still to be told.</summary>
    public Task<HashSet<Guid>> StillSubscribed(Guid[] subscriptions, CancellationToken ct)
    {
        var command = database.CreateCommand(
            "select id from subscription where id = any($1) and node = $2 and expires_at > now() + $3 and (confirmed or not $4)");
        command.Parameters.Add(new() { Value = subscriptions });
        command.Parameters.Add(new() { Value = node.Id });
        command.Parameters.Add(new() { Value = clock.Ahead });
        command.Parameters.Add(new() { Value = settings.RequireConfirmation });
        return database.Read(command, async row =>
        {
            var still = new HashSet<Guid>();
            while (await row.ReadAsync(ct))
                still.Add(row.GetGuid(0));
            return still;
        }, ct);
    }

    /// <summary>Whether a queue lives in another database, and what it had here is being cleared away: subscriptions that are not found are there.</summary>
    public async Task<bool> HasLeft(QueueId queue, CancellationToken ct)
    {
        var command = database.CreateCommand("select true from queue where project = $1 and name = $2 and held = 'gone'");
        Identify(command, queue);
        return await database.Scalar(command, ct) is true;
    }

    // What a queue takes over from another as dead was told of when it was posted.
    private void Add(List<Told> told, QueuePlace place, MessagePosted posted, QueueId queue, bool queueDelays)
    {
        if (posted.DeadLetteredFrom is null)
            told.Add(new(place, NotificationDocument.Of(seal.Open(queue, posted), queue.ShownName, queueDelays)));
    }

    private static void Identify(NpgsqlCommand command, QueueId queue)
    {
        command.Parameters.Add(new() { Value = queue.Project });
        command.Parameters.Add(new() { Value = queue.Name });
    }

    /// <param name="Next">Where to go on.</param>
    /// <param name="HasMoved">Whether that is in another database; then nothing is told.</param>
    internal sealed record Page(IReadOnlyList<Told> Told, QueuePlace Next, bool HasMoved);

    /// <param name="Place">After the message.</param>
    internal sealed record Told(QueuePlace Place, ReadOnlyMemory<byte> Document);
}
