using MediatR;
using Zaqar.Application.Encryption;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Messages;

/// <summary>Messages by their ids, claimed and delayed ones included, oldest first; unknown and expired ones are passed over.</summary>
/// <param name="Ids">At most <see cref="Domain.Limits.MaxMessagesPerPage"/>, checked at the edge.</param>
public sealed record GetMessages(QueueId Queue, IReadOnlyList<MessageId> Ids) : IRequest<IReadOnlyList<MessageView>>, IQueueRequest;

internal sealed class GetMessagesHandler(ReadDatabase database, DatabaseClock clock, MessageSeal seal)
    : IRequestHandler<GetMessages, IReadOnlyList<MessageView>>
{
    private const string Sql =
        """
        with q as materialized (
            select id, frontier, statement_timestamp() + $5 as now from queue where project = $1 and name = $2 and not deleted
        )
        select q.now, m.number, m.id, m.ttl, m.posted_at, m.claim_count, m.checksum, m.body,
            case when (m.number < q.frontier or m.visible_at > m.posted_at)
                    and not exists (select from loose l where l.queue_id = q.id and l.number = m.number)
                then (select case when c.expires_at > q.now then c.id end from claim c
                    where c.queue_id = q.id and c.lo <= m.number and c.hi >= m.number and m.number = any(c.numbers)
                    order by c.lo desc limit 1) end
        from q cross join lateral (
            select m.* from unnest($3::bigint[], $4::uuid[]) as wanted(number, id)
                join message m on m.queue_id = q.id and m.number = wanted.number and m.id = wanted.id
            union
            select m.* from message m where m.queue_id = q.id and m.moved and m.id = any($4::uuid[])
        ) m
        where m.expires_at > q.now
        order by m.number
        """;

    public async Task<IReadOnlyList<MessageView>> Handle(GetMessages query, CancellationToken cancellationToken) =>
        query.Ids.Count == 0 ? [] : seal.Open(query.Queue, await Read(query, cancellationToken));

    private Task<IReadOnlyList<MessageView>> Read(GetMessages query, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = query.Queue.Project });
        command.Parameters.Add(new() { Value = query.Queue.Name });
        command.Parameters.Add(new() { Value = query.Ids.Select(id => id.Number).ToArray() });
        command.Parameters.Add(new() { Value = query.Ids.Select(id => id.Value).ToArray() });
        command.Parameters.Add(new() { Value = clock.Ahead });

        return database.Read<IReadOnlyList<MessageView>>(command, async reader =>
        {
            var messages = new List<MessageView>(query.Ids.Count);
            while (await reader.ReadAsync())
                messages.Add(MessageRow.Read(reader, 0));

            return messages;
        }, cancellationToken);
    }
}
