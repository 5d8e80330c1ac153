using MediatR;
using Zaqar.Domain;
using Zaqar.Domain.Pools;

namespace Zaqar.Application.Pools;

/// <summary>Changes what the draft names of a pool; answers the pool afterwards.</summary>
public sealed record PatchPool(string Name, Actor By, PoolDraft Draft) : IRequest<PoolView>;

internal sealed class PatchPoolHandler(PoolWriter writer, PoolPreparation preparation) : IRequestHandler<PatchPool, PoolView>
{
    public Task<PoolView> Handle(PatchPool command, CancellationToken cancellationToken)
    {
        command.Draft.Check();
        var uri = command.Draft.Uri is { } given ? PoolUri.Parse(given) : null;
        return preparation.Around(command.Name, uri, (address, records) => writer.Write(async work =>
        {
            var pools = await work.Pools();
            var pool = PoolDecider.Find(pools, command.Name);
            if (pool is not null && uri is not null && PoolDecider.Keeps(pool, uri))
                address = null;

            var decision = PoolDecider.Patch(pools, command.Name, address, command.Draft, command.By, work.Now);
            if (records)
                await work.Record(decision.Events);
            return PoolView.Of(decision.Answer);
        }, cancellationToken), cancellationToken);
    }
}
