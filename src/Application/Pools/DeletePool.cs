using MediatR;
using Zaqar.Domain;
using Zaqar.Domain.Pools;

namespace Zaqar.Application.Pools;

/// <summary>Ends a pool; answers whether there was one. Its database is left as it is.</summary>
public sealed record DeletePool(string Name, Actor By) : IRequest<bool>;

internal sealed class DeletePoolHandler(PoolWriter writer) : IRequestHandler<DeletePool, bool>
{
    public Task<bool> Handle(DeletePool command, CancellationToken cancellationToken) =>
        writer.Write(async work =>
        {
            if (await work.IsOnTheMove(command.Name))
                throw new PoolOnTheMove(command.Name);

            var decision = PoolDecider.Delete(await work.Pools(), command.Name, command.By, work.Now);
            await work.Record(decision.Events);
            return decision.Answer;
        }, cancellationToken);
}
