using MediatR;
using Npgsql;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Deliveries;

/// <summary>Lists what became of the deliveries to one subscription, in the order they came about.</summary>
/// <param name="Status">Only those in this state; null for all.</param>
/// <param name="After">Marker: only deliveries after this one, whether it still exists or not; null from the start.</param>
/// <param name="Limit">1 to <see cref="Domain.Limits.MaxSubscriptionsPerPage"/>, checked at the edge.</param>
/// <returns>Null when there is no such subscription of that queue and no delivery to it is remembered.</returns>
public sealed record ListDeliveries(QueueId Queue, Guid Subscription, DeliveryStatus? Status, Guid? After, int Limit)
    : IRequest<IReadOnlyList<DeliveryView>?>, IQueueRequest;

internal sealed class ListDeliveriesHandler(ReadDatabase database, DatabaseClock clock)
    : IRequestHandler<ListDeliveries, IReadOnlyList<DeliveryView>?>
{
    // A statement for each state, so that each may walk an index of its own.
    private static readonly string _all = Page("");
    private static readonly string _waiting = Page("and status = 'waiting'");
    private static readonly string _delivered = Page("and status = 'delivered'");
    private static readonly string _failed = Page("and status = 'failed'");

    public Task<IReadOnlyList<DeliveryView>?> Handle(ListDeliveries query, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(query.Status switch
        {
            null => _all,
            DeliveryStatus.Waiting => _waiting,
            DeliveryStatus.Delivered => _delivered,
            DeliveryStatus.Failed => _failed,
            _ => throw new ArgumentOutOfRangeException(nameof(query), query.Status, "No such state."),
        });
        command.Parameters.Add(new() { Value = query.Queue.Project });
        command.Parameters.Add(new() { Value = query.Queue.Name });
        command.Parameters.Add(new() { Value = query.Subscription });
        command.Parameters.Add(new() { Value = clock.Ahead });
        command.Parameters.Add(new() { Value = query.After ?? Guid.Empty });
        command.Parameters.Add(new() { Value = query.Limit });

        return database.Read<IReadOnlyList<DeliveryView>?>(command, async reader =>
        {
            List<DeliveryView>? page = null;
            while (await reader.ReadAsync())
            {
                page ??= new(query.Limit);
                if (!reader.IsDBNull(0))
                    page.Add(View(reader));
            }

            return page;
        }, cancellationToken);
    }

    // One row without a delivery for a subscription that is known and has an empty page; none for one that is not.
    private static string Page(string condition) =>
        $"""
        with known as materialized (
            select exists (select from subscription
                    where id = $3 and project = $1 and queue = $2 and expires_at > statement_timestamp() + $4)
                or exists (select from delivery where subscription = $3 and project = $1 and queue = $2) as is_known
        )
        select d.id, d.kind, d.message, d.status, d.attempts, d.created_at, d.next_at, d.tried_at, d.ended_at,
            d.last_status, d.last_reason, d.latency_ms
        from known left join lateral (
            select * from delivery
            where subscription = $3 and project = $1 and queue = $2 and id > $5 {condition}
            order by id limit $6
        ) d on true
        where known.is_known
        order by d.id
        """;

    private static DeliveryView View(NpgsqlDataReader row)
    {
        return new(
            row.GetGuid(0), row.GetString(1), Given<Guid>(2), row.GetString(3), row.GetInt32(4), row.GetFieldValue<DateTimeOffset>(5),
            Given<DateTimeOffset>(6), Given<DateTimeOffset>(7), Given<DateTimeOffset>(8),
            Given<int>(9), row.IsDBNull(10) ? null : row.GetString(10), Given<int>(11));

        T? Given<T>(int column) where T : struct => row.IsDBNull(column) ? null : row.GetFieldValue<T>(column);
    }
}
