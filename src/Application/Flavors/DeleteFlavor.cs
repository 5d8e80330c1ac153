using MediatR;
using Zaqar.Application.Pools;
using Zaqar.Domain;
using Zaqar.Domain.Flavors;

namespace Zaqar.Application.Flavors;

/// <summary>Ends a project's flavor; answers whether there was one. Queues keep their places.</summary>
public sealed record DeleteFlavor(string Project, string Name, Actor By) : IRequest<bool>;

internal sealed class DeleteFlavorHandler(PoolWriter writer) : IRequestHandler<DeleteFlavor, bool>
{
    public Task<bool> Handle(DeleteFlavor command, CancellationToken cancellationToken) =>
        writer.Write(async work =>
        {
            var (exists, isShared) = await work.Flavor(command.Project, command.Name);
            var decision = FlavorDecider.Delete(exists, isShared, await work.Pools(), command.Name, command.By, work.Now);
            await work.Record(decision.Events, command.Project);
            return decision.Answer;
        }, cancellationToken);
}
