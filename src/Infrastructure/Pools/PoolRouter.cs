using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Zaqar.Application;
using Zaqar.Application.Health;
using Zaqar.Application.Pools;
using Zaqar.Application.Queues;
using Zaqar.Domain;
using Zaqar.Domain.Catalogue;
using Zaqar.Domain.Queues;
using Zaqar.Domain.Pools;
using Zaqar.Infrastructure.Letters;
using Zaqar.Infrastructure.Moving;

namespace Zaqar.Infrastructure.Pools;

/// <summary>
/// Sends each request to the database that its queue is in: looks the queue up in the catalogue, and has a queue placed that is about to be made.
/// What is about no queue is answered here.
/// </summary>
/// <remarks>Source: API contract, section 10; ADR 0015.</remarks>
internal sealed class PoolRouter(Mediator home, Catalogue catalogue, OpenPools pools, PoolsHealth health, IServiceProvider services) : IMediator
{
    // A node with an old idea of where a queue is hears it from the pool, and asks again.
    private const int MaxRounds = 3;

    public async Task<TResponse> Send<TResponse>(IRequest<TResponse> request, CancellationToken cancellationToken = default) => request switch
    {
        PatchQueue patch => (TResponse)(object)await Patch(patch, cancellationToken),
        ICreatesQueue making => await Make(request, making, cancellationToken),
        IQueueRequest about => await Ask(request, about.Queue, cancellationToken),
        CheckPools check => (TResponse)(object)await health.Check(check.By, cancellationToken),
        DeletePool delete => (TResponse)(object)await Delete(delete, cancellationToken),
        PutPool put => (TResponse)(object)await Put(put, cancellationToken),
        ListQueues list => (TResponse)(object)await List(list, cancellationToken),
        _ => await home.Send(request, cancellationToken),
    };

    public Task Publish<TNotification>(TNotification notification, CancellationToken cancellationToken = default) where TNotification : INotification =>
        home.Publish(notification, cancellationToken);

    private async Task<TResponse> Ask<TResponse>(IRequest<TResponse> request, QueueId queue, CancellationToken ct) =>
        (await Send(request, queue, () => catalogue.Find(queue, ct), ct)).Answer;

    private async Task<(TResponse Answer, string Pool)> Send<TResponse>(
        IRequest<TResponse> request, QueueId queue, Func<ValueTask<string>> find, CancellationToken ct)
    {
        for (var round = 1; ; round++)
        {
            var pool = await find();
            try
            {
                return (await (await At(pool, ct)).Send(request, ct), pool);
            }
            catch (QueueMoved) when (round < MaxRounds)
            {
                catalogue.Forget(queue);

                if (await catalogue.IsStill(queue, pool, ct))
                    await QueueMove.Readmit(PoolParts.Of(pool, pool == Placement.Home ? services : pools[pool].Services), queue, ct);
            }
        }
    }

    private async ValueTask<IMediator> At(string pool, CancellationToken ct) =>
        pool == Placement.Home ? home : (await pools.Get(pool, ct)).Mediator;

    private async Task<TResponse> Make<TResponse>(IRequest<TResponse> request, ICreatesQueue making, CancellationToken ct)
    {
        var flavor = (making as CreateQueue)?.Metadata.Flavor;
        if (flavor is not null && !await catalogue.HasFlavor(making.Queue.Project, flavor, ct))
            throw new FlavorUnknown(flavor, ErrorKind.InvalidRequest);

        var (answer, pool) = await Send(request, making.Queue, () => catalogue.FindOrPlace(making.Queue, flavor, making.By, ct), ct);

        // A name that was placed before is made anew where it was; where it does not belong any more, it moves on.
        if (request is CreateQueue && answer is true && !await catalogue.IsOf(pool, flavor, isNew: true, ct)
            && await catalogue.Choose(flavor, ct) is { } better)
            await catalogue.BeginMove(making.Queue, pool, better, making.By, ct);
        return answer;
    }

    // Of another flavor, the queue moves; where to is known before anything changes, so that it is all or nothing but for a crash in between,
    // after which the client has no answer and asks again.
    private async Task<QueueMetadata> Patch(PatchQueue patch, CancellationToken ct)
    {
        if (patch.Operations.All(operation => operation.Key != QueueMetadata.FlavorKey))
            return await Ask(patch, patch.Queue, ct);

        var flavor = QueueMetadata.FlavorAfter(patch.Operations);
        if (flavor is not null && !await catalogue.HasFlavor(patch.Queue.Project, flavor, ct))
            throw new FlavorUnknown(flavor, ErrorKind.NotFound);

        await catalogue.CheckStill(patch.Queue, ct);
        var pool = await catalogue.Find(patch.Queue, ct);
        var to = await catalogue.IsOf(pool, flavor, isNew: false, ct) ? pool : await catalogue.Choose(flavor, ct) ?? throw new NoPool(patch.Queue);
        var metadata = await (await At(pool, ct)).Send(patch, ct);
        if (to != pool)
            await catalogue.BeginMove(patch.Queue, pool, to, patch.By, ct);
        return metadata;
    }

    // Dead letters that it has not sent would wait in it for ever.
    private async Task<bool> Delete(DeletePool delete, CancellationToken ct)
    {
        if (pools.All.FirstOrDefault(pool => pool.Name == delete.Name) is { } open
            && await open.Services.GetRequiredService<LetterBox>().HasAny(ct))
            throw new PoolHasLetters(delete.Name);

        return await home.Send(delete, ct);
    }

    // What was in a pool that is put again is found again.
    private async Task<bool> Put(PutPool put, CancellationToken ct)
    {
        var isNew = await home.Send(put, ct);
        try
        {
            await pools.Look(ct);
            await catalogue.Adopt(await pools.Get(put.Name, ct), put.By, ct);
        }
        catch (PoolAway)
        {
            // It is recorded, and will be open when its database is back. Putting it again finds what was in it.
        }

        return isNew;
    }

    // Each database gives its own page; the first of all of them are the page. A name that is just moving is in two.
    private async Task<QueuePage> List(ListQueues list, CancellationToken ct)
    {
        var names = await catalogue.PoolsOf(list.Project, ct);
        var asked = new List<Task<QueuePage>> { home.Send(list, ct) };
        foreach (var name in names)
            asked.Add((await At(name, ct)).Send(list, ct));

        var pages = await Task.WhenAll(asked);
        return new(
            [.. pages.SelectMany(page => page.Queues).DistinctBy(queue => queue.Queue).OrderBy(queue => queue.Queue).Take(list.Limit)],
            pages.Sum(page => page.Count));
    }
}
