using MediatR;
using NpgsqlTypes;
using Zaqar.Application.Encryption;
using Zaqar.Application.Waiting;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Messages;

/// <summary>Lists a queue's messages, oldest first; empty for a missing queue.</summary>
/// <remarks>A page ends before a message that cannot be decrypted; 503 for the page that would begin with it.</remarks>
/// <param name="After">Marker: only messages after this one, whether it still exists or not; null from the start.</param>
/// <param name="Limit">1 to <see cref="Domain.Limits.MaxMessagesPerPage"/>, checked at the edge.</param>
/// <param name="ExceptClient">Leaves out what this client posted; null for an echo of everything.</param>
/// <param name="Wait">How long to wait for something to arrive while the page is empty; zero for not at all.</param>
public sealed record ListMessages(
    QueueId Queue, MessageId? After, int Limit, string? ExceptClient, bool IncludeClaimed, bool IncludeDelayed, TimeSpan Wait)
    : IRequest<MessagePage>, IQueueRequest;

/// <summary>A page of messages.</summary>
/// <param name="QueueDelays">Whether the queue has a delay of its own; without one, delayed messages are always included.</param>
public sealed record MessagePage(IReadOnlyList<MessageView> Messages, bool QueueDelays);

internal sealed class ListMessagesHandler(ReadDatabase database, DatabaseClock clock, MessageSeal seal, QueueSignals signals)
    : IRequestHandler<ListMessages, MessagePage>
{
    // By far the most pages: nothing stands apart, so the unclaimed are what stands from the frontier on. Says so when that is not all.
    private const string Line =
        """
        select q.delays, q.now, m.number, m.id, m.ttl, m.posted_at, m.claim_count, m.checksum, m.body, null::uuid, a.apart
        from (select *, $6 or not delays as delayed, statement_timestamp() + $5 as now
                from queue where project = $1 and name = $2 and not deleted offset 0) q
            cross join lateral (
                select exists (select from loose l where l.queue_id = q.id)
                    or exists (select from claim c where c.queue_id = q.id and c.expires_at <= q.now)
                    or ($7 is not null and exists (select from message m where m.queue_id = q.id and m.moved and m.id = $7)) as apart
                offset 0) a
            left join lateral (
                select * from message m where m.queue_id = q.id and m.number > $3 and m.number >= q.frontier
                    and m.visible_at = m.posted_at and m.expires_at > q.now and ($8 = '' or m.client <> $8)
                order by m.number limit $4
            ) m on not a.apart
        """;

    // The unclaimed are what stands from the frontier on, what stands loose before it (delayed, or given back by a claim), and what
    // claims hold that are over but not yet recorded as over: three index walks, however many messages are claimed, and no message is in
    // two of them. "offset 0" keeps the planner from turning a walk round and starting with all messages of the queue.
    private const string Unclaimed =
        """
        with q as materialized (
            select id, frontier, delays, $6 or not delays as delayed, statement_timestamp() + $5 as now from queue where project = $1 and name = $2 and not deleted
        ), after as materialized (
            select coalesce((select m.number from message m where m.queue_id = q.id and m.moved and m.id = $7), $3) as number from q
        )
        select q.delays, q.now, m.number, m.id, m.ttl, m.posted_at, m.claim_count, m.checksum, m.body, null::uuid
        from q cross join after left join lateral (
            select * from (
                (select m.* from loose l cross join lateral (
                        select * from message m where m.queue_id = l.queue_id and m.number = l.number offset 0) m
                    where l.queue_id = q.id and l.number > after.number and (q.delayed or l.visible_at <= q.now)
                        and m.expires_at > q.now and ($8 = '' or m.client <> $8)
                    order by l.number limit $4)
                union all
                (select m.* from claim c cross join unnest(c.numbers) as n(number) cross join lateral (
                        select * from message m where m.queue_id = c.queue_id and m.number = n.number offset 0) m
                    where c.queue_id = q.id and c.expires_at <= q.now and n.number > after.number
                        and m.expires_at > q.now and ($8 = '' or m.client <> $8)
                    order by n.number limit $4)
                union all
                (select m.* from message m where m.queue_id = q.id and m.number > after.number and m.number >= q.frontier
                    and m.visible_at = m.posted_at and m.expires_at > q.now and ($8 = '' or m.client <> $8)
                    order by m.number limit $4)
            ) unclaimed
            order by number limit $4
        ) m on true
        order by m.number
        """;

    // Whether a message is claimed shows without its claim: before the frontier, or delayed, it stands loose unless a claim took it. Claims
    // take neighbours, so the claim that holds it is most likely the next one down.
    private const string Everything =
        """
        with q as materialized (
            select id, frontier, delays, $6 or not delays as delayed, statement_timestamp() + $5 as now from queue where project = $1 and name = $2 and not deleted
        ), after as materialized (
            select coalesce((select m.number from message m where m.queue_id = q.id and m.moved and m.id = $7), $3) as number from q
        )
        select q.delays, q.now, m.number, m.id, m.ttl, m.posted_at, m.claim_count, m.checksum, m.body,
            case when (m.number < q.frontier or m.visible_at > m.posted_at)
                    and not exists (select from loose l where l.queue_id = q.id and l.number = m.number)
                then (select case when c.expires_at > q.now then c.id end from claim c
                    where c.queue_id = q.id and c.lo <= m.number and c.hi >= m.number and m.number = any(c.numbers)
                    order by c.lo desc limit 1) end
        from q cross join after left join lateral (
            select m.* from message m where m.queue_id = q.id and m.number > after.number and m.expires_at > q.now
                and (q.delayed or m.visible_at <= q.now) and ($8 = '' or m.client <> $8)
            order by m.number limit $4
        ) m on true
        order by m.number
        """;

    private const int LastColumn = 10;

    public Task<MessagePage> Handle(ListMessages query, CancellationToken cancellationToken) =>
        signals.FirstAnswer(query.Queue, query.Wait, ct => Read(query, ct), page => page.Messages.Count > 0, cancellationToken);

    private async Task<MessagePage> Read(ListMessages query, CancellationToken ct)
    {
        var (page, apart) = await Read(query.IncludeClaimed ? Everything : Line, query, ct);
        if (apart)
            (page, _) = await Read(Unclaimed, query, ct);

        return page with { Messages = seal.OpenFirst(query.Queue, page.Messages) };
    }

    private Task<(MessagePage Page, bool Apart)> Read(string sql, ListMessages query, CancellationToken ct)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = query.Queue.Project });
        command.Parameters.Add(new() { Value = query.Queue.Name });
        command.Parameters.Add(new() { Value = query.After?.Number ?? 0 });
        command.Parameters.Add(new() { Value = query.Limit });
        command.Parameters.Add(new() { Value = clock.Ahead });
        command.Parameters.Add(new() { Value = query.IncludeDelayed });
        command.Parameters.Add(new() { Value = query.After?.Value ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = query.ExceptClient ?? "" });

        return database.Read(command, async reader =>
        {
            var messages = new List<MessageView>(query.Limit);
            var (delays, apart) = (false, false);
            while (await reader.ReadAsync())
            {
                delays = reader.GetBoolean(0);
                apart = reader.FieldCount > LastColumn && reader.GetBoolean(LastColumn);
                if (!reader.IsDBNull(2))
                    messages.Add(MessageRow.Read(reader, 1));
            }

            return (new MessagePage(messages, delays), apart);
        }, ct);
    }
}
