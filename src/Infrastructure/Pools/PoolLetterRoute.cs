using Microsoft.Extensions.DependencyInjection;
using Zaqar.Application.Committing;
using Zaqar.Domain;
using Zaqar.Domain.Catalogue;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Pools;

/// <summary>Tells where the dead letters of one pool go. A queue that is in no pool yet is placed in the one that it first gets letters from.</summary>
/// <param name="pool">Name of the pool that asks; <see cref="Placement.Home"/> for the service's own database.</param>
/// <param name="home">The node's own parts.</param>
internal sealed class PoolLetterRoute(string pool, IServiceProvider home) : ILetterRoute
{
    public async ValueTask<bool> IsHere(QueueId target, CancellationToken ct) =>
        await home.GetRequiredService<Catalogue>().PlaceAt(target, pool, Actor.System, ct) == pool;

    public async ValueTask<ICommitter> CommitterOf(QueueId target, CancellationToken ct)
    {
        var at = await home.GetRequiredService<Catalogue>().Find(target, ct);
        var parts = at == Placement.Home ? home : (await home.GetRequiredService<OpenPools>().Get(at, ct)).Services;
        return parts.GetRequiredService<ICommitter>();
    }
}
