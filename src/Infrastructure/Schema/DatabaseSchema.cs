using JasperFx;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Wolverine.Persistence.Durability;

namespace Zaqar.Infrastructure.Schema;

/// <summary>Brings everything the service keeps in its database up to date: read models, Marten's tables, Wolverine's.</summary>
public static class DatabaseSchema
{
    /// <summary>Called before a node starts. Nodes that start at once take turns: the second finds nothing left to do.</summary>
    public static async Task BringUpToDate(IServiceProvider services, string schema, CancellationToken ct)
    {
        await using var connection = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(ct);
        await Run(connection, $"select pg_advisory_lock(hashtext('{schema}.schema'))", ct);
        try
        {
            await ReadModelSchema.Apply(connection, schema, ct);
            await services.GetRequiredService<IDocumentStore>().Storage.ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate);
            await services.GetRequiredService<IMessageStore>().Admin.MigrateAsync(AutoCreate.CreateOrUpdate);
        }
        finally
        {
            await Run(connection, $"select pg_advisory_unlock(hashtext('{schema}.schema'))", CancellationToken.None);
        }
    }

    private static async Task Run(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
