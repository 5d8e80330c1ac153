using MediatR;
using Zaqar.Domain;
using Zaqar.Domain.Pools;

namespace Zaqar.Application.Pools;

/// <summary>Makes a pool, or puts another in its place; answers whether it is new.</summary>
/// <param name="Draft">Its uri is given.</param>
public sealed record PutPool(string Name, Actor By, PoolDraft Draft) : IRequest<bool>;

internal sealed class PutPoolHandler(PoolWriter writer, PoolPreparation preparation) : IRequestHandler<PutPool, bool>
{
    public Task<bool> Handle(PutPool command, CancellationToken cancellationToken)
    {
        command.Draft.Check();
        var uri = PoolUri.Parse(command.Draft.Uri ?? throw new PoolInvalid("A pool has a uri."));
        return preparation.Around(command.Name, uri, (address, records) => writer.Write(async work =>
        {
            var pools = await work.Pools();
            var kept = PoolDecider.Keeps(PoolDecider.Find(pools, command.Name), uri);
            var decision = PoolDecider.Put(pools, command.Name, kept ? null : address, command.Draft, command.By, work.Now);
            if (records)
                await work.Record(decision.Events);
            return decision.Answer;
        }, cancellationToken), cancellationToken);
    }
}
