using MediatR;

namespace Zaqar.Application.Flavors;

/// <summary>One flavor of a project; null when it has none such.</summary>
public sealed record GetFlavor(string Project, string Name) : IRequest<FlavorView?>;

internal sealed class GetFlavorHandler(ReadDatabase database) : IRequestHandler<GetFlavor, FlavorView?>
{
    public Task<FlavorView?> Handle(GetFlavor query, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand($"select {FlavorView.Columns} from flavor f where f.project = $1 and f.name = $2");
        command.Parameters.Add(new() { Value = query.Project });
        command.Parameters.Add(new() { Value = query.Name });
        return database.Read(command, async reader => await reader.ReadAsync() ? FlavorView.Read(reader) : null, cancellationToken);
    }
}
