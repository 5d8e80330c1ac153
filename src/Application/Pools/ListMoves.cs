using MediatR;

namespace Zaqar.Application.Pools;

/// <summary>Lists the moves of queues between pools that are under way, and those that failed since their queue last moved, oldest first.</summary>
/// <param name="After">Marker: only moves that began after this one; null from the start.</param>
/// <param name="Limit">1 to <see cref="Domain.Limits.MaxPoolsPerPage"/>, checked at the edge.</param>
public sealed record ListMoves(Guid? After, int Limit) : IRequest<IReadOnlyList<MoveView>>;

/// <param name="From">Name of the pool; empty for the service's own database, here and in <paramref name="To"/>.</param>
/// <param name="State">moving, switched (served from where it moves to already), failing or failed (it stays where it was).</param>
/// <param name="Copied">Rows; null before anything was counted, as <paramref name="Total"/> is.</param>
/// <param name="Failure">Why it stays where it was; null while all goes well.</param>
public sealed record MoveView(
    Guid Id, string Project, string Queue, string From, string To, string State, long? Copied, long? Total, DateTimeOffset StartedAt, string? Failure);

internal sealed class ListMovesHandler(ReadDatabase database) : IRequestHandler<ListMoves, IReadOnlyList<MoveView>>
{
    public Task<IReadOnlyList<MoveView>> Handle(ListMoves query, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(
            """
            select p.move, p.project, p.queue, p.moving_from, p.moving_to, p.state, m.copied, m.total, p.move_started, p.failure
            from (select * from placement p where p.move > $1 order by p.move limit $2) p left join move_progress m on m.move = p.move
            order by p.move
            """);
        command.Parameters.Add(new() { Value = query.After ?? Guid.Empty });
        command.Parameters.Add(new() { Value = query.Limit });
        return database.Read<IReadOnlyList<MoveView>>(command, async row =>
        {
            var page = new List<MoveView>(query.Limit);
            while (await row.ReadAsync())
                page.Add(new(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
                    row.IsDBNull(6) ? null : row.GetInt64(6), row.IsDBNull(7) ? null : row.GetInt64(7), row.GetFieldValue<DateTimeOffset>(8),
                    row.IsDBNull(9) ? null : row.GetString(9)));
            return page;
        }, cancellationToken);
    }
}
