using MediatR;
using Npgsql;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Queues;

/// <summary>How many messages a queue holds; all zero for a missing queue. Expired messages are not counted.</summary>
public sealed record GetQueueStats(QueueId Queue) : IRequest<QueueStats>, IQueueRequest;

/// <param name="Claimed">Under a live claim.</param>
/// <param name="Free">The others, delayed ones included.</param>
/// <param name="Oldest">Null exactly when the queue is empty; so is <paramref name="Newest"/>.</param>
/// <param name="Exists">Whether there is such a queue at all.</param>
public sealed record QueueStats(long Claimed, long Free, MessageMark? Oldest, MessageMark? Newest, bool Exists);

/// <summary>One end of a queue.</summary>
/// <param name="Age">Whole seconds since it was posted.</param>
/// <param name="Created">UTC.</param>
public sealed record MessageMark(MessageId Id, long Age, DateTimeOffset Created);

internal sealed class GetQueueStatsHandler(ReadDatabase database, DatabaseClock clock) : IRequestHandler<GetQueueStats, QueueStats>
{
    // The counter holds all; what has expired since the sweeper last came by is found by its index and taken off.
    private const string Sql =
        """
        with q as materialized (
            select id, total, statement_timestamp() + $3 as now from queue where project = $1 and name = $2 and not deleted
        )
        select
            q.total - (select count(*) from message m where m.queue_id = q.id and m.expires_at <= q.now),
            (select count(*) from claim c cross join unnest(c.numbers) as n(number)
                cross join lateral (select m.expires_at from message m where m.queue_id = c.queue_id and m.number = n.number offset 0) m
                where c.queue_id = q.id and c.expires_at > q.now and m.expires_at > q.now),
            q.now, oldest.id, oldest.posted_at, newest.id, newest.posted_at
        from q
        left join lateral (select m.id, m.posted_at from message m where m.queue_id = q.id and m.expires_at > q.now
            order by m.number limit 1) oldest on true
        left join lateral (select m.id, m.posted_at from message m where m.queue_id = q.id and m.expires_at > q.now
            order by m.number desc limit 1) newest on true
        """;

    public Task<QueueStats> Handle(GetQueueStats query, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = query.Queue.Project });
        command.Parameters.Add(new() { Value = query.Queue.Name });
        command.Parameters.Add(new() { Value = clock.Ahead });
        return database.Read(command, Stats, cancellationToken);
    }

    private static async Task<QueueStats> Stats(NpgsqlDataReader reader)
    {
        if (!await reader.ReadAsync())
            return new(0, 0, null, null, Exists: false);

        var (total, claimed, now) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2));
        return total <= 0
            ? new(0, 0, null, null, Exists: true)
            : new(claimed, total - claimed, Mark(3), Mark(5), Exists: true);

        MessageMark? Mark(int column)
        {
            if (reader.IsDBNull(column))
                return null;

            var created = reader.GetFieldValue<DateTimeOffset>(column + 1);
            return new(new(reader.GetGuid(column)), Math.Max(0, (long)(now - created).TotalSeconds), created);
        }
    }
}
