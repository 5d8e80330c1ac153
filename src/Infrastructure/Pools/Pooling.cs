using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Zaqar.Domain.Catalogue;

namespace Zaqar.Infrastructure.Pools;

/// <summary>Whether a service has pools.</summary>
public static class Pooling
{
    /// <summary>Whether queues were placed in pools; a node that knows of none would make them a second time in the service's own database.</summary>
    public static async Task<bool> IsInUse(IServiceProvider services, CancellationToken ct)
    {
        await using var command = services.GetRequiredService<NpgsqlDataSource>().CreateCommand("select exists (select from placement where pool <> $1)");
        command.Parameters.Add(new() { Value = Placement.Home });
        return await command.ExecuteScalarAsync(ct) is true;
    }
}
