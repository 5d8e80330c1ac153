using MediatR;
using Zaqar.Application.Pools;
using Zaqar.Domain;
using Zaqar.Domain.Flavors;

namespace Zaqar.Application.Flavors;

/// <summary>Makes a project's flavor, or overwrites it; answers whether it is new.</summary>
/// <param name="Pools">Names of all pools that are to be of it.</param>
public sealed record PutFlavor(string Project, string Name, Actor By, IReadOnlyList<string> Pools) : IRequest<bool>;

internal sealed class PutFlavorHandler(PoolWriter writer) : IRequestHandler<PutFlavor, bool>
{
    public Task<bool> Handle(PutFlavor command, CancellationToken cancellationToken) =>
        writer.Write(async work =>
        {
            var (exists, _) = await work.Flavor(command.Project, command.Name);
            var decision = FlavorDecider.Put(exists, await work.Pools(), command.Name, command.Pools, command.By, work.Now);
            await work.Record(decision.Events, command.Project);
            return decision.Answer;
        }, cancellationToken);
}
