using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Zaqar.Application;
using Zaqar.Application.Committing;
using Zaqar.Application.Deliveries;
using Zaqar.Infrastructure.Committing;

namespace Zaqar.Infrastructure.Moving;

/// <summary>What a move needs of one of the two databases.</summary>
/// <param name="Name">What the pool is called in events and refusals.</param>
internal sealed record PoolParts(
    string Name, NpgsqlDataSource Database, ICommitter Committer, EventWriter Events, DatabaseClock Clock, IDeliveryWake Deliveries)
{
    /// <param name="services">The whole set of the service's parts over that database.</param>
    public static PoolParts Of(string name, IServiceProvider services) => new(
        name, services.GetRequiredService<NpgsqlDataSource>(), services.GetRequiredService<ICommitter>(),
        services.GetRequiredService<EventWriter>(), services.GetRequiredService<DatabaseClock>(), services.GetRequiredService<IDeliveryWake>());
}
