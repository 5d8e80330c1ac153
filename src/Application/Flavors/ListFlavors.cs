using MediatR;

namespace Zaqar.Application.Flavors;

/// <summary>Lists a project's flavors by name.</summary>
/// <param name="After">Marker: only flavors after this name, whether there is one of it or not; null from the start.</param>
/// <param name="Limit">1 to <see cref="Domain.Limits.MaxFlavorsPerPage"/>, checked at the edge.</param>
public sealed record ListFlavors(string Project, string? After, int Limit) : IRequest<IReadOnlyList<FlavorView>>;

internal sealed class ListFlavorsHandler(ReadDatabase database) : IRequestHandler<ListFlavors, IReadOnlyList<FlavorView>>
{
    public Task<IReadOnlyList<FlavorView>> Handle(ListFlavors query, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(
            $"select {FlavorView.Columns} from flavor f where f.project = $1 and f.name > $2 order by f.name limit $3");
        command.Parameters.Add(new() { Value = query.Project });
        command.Parameters.Add(new() { Value = query.After ?? "" });
        command.Parameters.Add(new() { Value = query.Limit });
        return database.Read<IReadOnlyList<FlavorView>>(command, async reader =>
        {
            var page = new List<FlavorView>(query.Limit);
            while (await reader.ReadAsync())
                page.Add(FlavorView.Read(reader));

            return page;
        }, cancellationToken);
    }
}
