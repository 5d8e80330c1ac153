using MediatR;
using Zaqar.Application.Pools;
using Zaqar.Domain;
using Zaqar.Domain.Flavors;

namespace Zaqar.Application.Flavors;

/// <summary>Changes which pools are of a project's flavor; answers it as it is afterwards.</summary>
/// <param name="Pools">Names of all pools that are to be of it.</param>
public sealed record PatchFlavor(string Project, string Name, Actor By, IReadOnlyList<string> Pools) : IRequest<FlavorView>;

internal sealed class PatchFlavorHandler(PoolWriter writer) : IRequestHandler<PatchFlavor, FlavorView>
{
    public Task<FlavorView> Handle(PatchFlavor command, CancellationToken cancellationToken) =>
        writer.Write(async work =>
        {
            var (exists, _) = await work.Flavor(command.Project, command.Name);
            var decision = FlavorDecider.Patch(exists, await work.Pools(), command.Name, command.Pools, command.By, work.Now);
            await work.Record(decision.Events, command.Project);
            return new FlavorView(command.Name, decision.Answer);
        }, cancellationToken);
}
