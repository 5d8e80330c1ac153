using Microsoft.Extensions.DependencyInjection;
using Zaqar.Application.Queues;
using Zaqar.Infrastructure.Committing;
using Zaqar.Infrastructure.Moving;
using Zaqar.Integration.Postgres;

namespace Zaqar.Integration.Moving;

/// <summary>A service over a database of its own, let out to this machine.</summary>
/// <param name="name">What the pool is called.</param>
public sealed class PoolService(string name) : ZaqarService
{
    internal const int SegmentLength = 400;

    /// <summary>What a move needs of it.</summary>
    internal PoolParts Parts => PoolParts.Of(name, Services);

    protected override IReadOnlyList<string> Settings => ["--Zaqar:Notification:AllowedNetworks:0=127.0.0.0/8"];

    protected override void Configure(IServiceCollection services) =>
        services.AddMovedReads().AddSingleton(new CommitterSettings(SegmentLength));

    protected override Task<string> ConnectionString() => TestDatabase.NewDatabase();
}
