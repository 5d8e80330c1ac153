using MediatR;

namespace Zaqar.Application.Pools;

/// <summary>Lists pools by name.</summary>
/// <param name="After">Marker: only pools after this name, whether there is one of it or not; null from the start.</param>
/// <param name="Limit">1 to <see cref="Domain.Limits.MaxPoolsPerPage"/>, checked at the edge.</param>
public sealed record ListPools(string? After, int Limit) : IRequest<IReadOnlyList<PoolView>>;

internal sealed class ListPoolsHandler(ReadDatabase database) : IRequestHandler<ListPools, IReadOnlyList<PoolView>>
{
    public Task<IReadOnlyList<PoolView>> Handle(ListPools query, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand($"select {PoolView.Columns} from pool where name > $1 order by name limit $2");
        command.Parameters.Add(new() { Value = query.After ?? "" });
        command.Parameters.Add(new() { Value = query.Limit });
        return database.Read<IReadOnlyList<PoolView>>(command, async reader =>
        {
            var page = new List<PoolView>(query.Limit);
            while (await reader.ReadAsync())
                page.Add(PoolView.Read(reader));

            return page;
        }, cancellationToken);
    }
}
