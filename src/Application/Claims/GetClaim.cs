using MediatR;
using Zaqar.Application.Encryption;
using Zaqar.Application.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Claims;

/// <summary>A live claim with those of its messages that still exist; null when it is unknown or over.</summary>
public sealed record GetClaim(QueueId Queue, Guid ClaimId) : IRequest<ClaimView?>, IQueueRequest;

/// <param name="Age">Whole seconds since creation or last renewal.</param>
/// <param name="Ttl">Seconds.</param>
/// <param name="Messages">Oldest first; may be empty.</param>
public sealed record ClaimView(Guid Id, long Age, long Ttl, IReadOnlyList<MessageView> Messages);

internal sealed class GetClaimHandler(ReadDatabase database, DatabaseClock clock, MessageSeal seal) : IRequestHandler<GetClaim, ClaimView?>
{
    private const string Sql =
        """
        with c as materialized (
            select c.*, q.now from claim c join (
                select id, statement_timestamp() + $4 as now from queue where project = $1 and name = $2 and not deleted
            ) q on c.queue_id = q.id
            where c.id = $3 and c.expires_at > q.now
        )
        select c.ttl, c.renewed_at, c.now, m.number, m.id, m.ttl, m.posted_at, m.claim_count, m.checksum, m.body, c.id
        from c left join lateral (
            select m.* from unnest(c.numbers) as n(number) cross join lateral (
                select * from message m where m.queue_id = c.queue_id and m.number = n.number and m.expires_at > c.now offset 0) m
        ) m on true
        order by m.number
        """;

    public async Task<ClaimView?> Handle(GetClaim query, CancellationToken cancellationToken) =>
        await Read(query, cancellationToken) is { } claim ? claim with { Messages = seal.Open(query.Queue, claim.Messages) } : null;

    private Task<ClaimView?> Read(GetClaim query, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = query.Queue.Project });
        command.Parameters.Add(new() { Value = query.Queue.Name });
        command.Parameters.Add(new() { Value = query.ClaimId });
        command.Parameters.Add(new() { Value = clock.Ahead });

        return database.Read(command, async reader =>
        {
            ClaimView? claim = null;
            var messages = new List<MessageView>();
            while (await reader.ReadAsync())
            {
                var age = reader.GetFieldValue<DateTimeOffset>(2) - reader.GetFieldValue<DateTimeOffset>(1);
                claim ??= new(query.ClaimId, Math.Max(0, (long)age.TotalSeconds), reader.GetInt64(0), messages);
                if (!reader.IsDBNull(3))
                    messages.Add(MessageRow.Read(reader, 2));
            }

            return claim;
        }, cancellationToken);
    }
}
