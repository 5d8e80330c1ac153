using JasperFx;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Weasel.Core;
using Weasel.Core.Migrations;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;
using Wolverine.Persistence.Durability;

namespace Zaqar.Infrastructure.Schema;

/// <summary>Brings everything the service keeps in its database up to date: read models, Marten's tables, Wolverine's.</summary>
public static class DatabaseSchema
{
    private const int MaxAttempts = 10;

    /// <summary>Called before a node starts. Nodes that start at once take turns: the second finds nothing left to do.</summary>
    public static async Task BringUpToDate(IServiceProvider services, string schema, CancellationToken ct)
    {
        await using var connection = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(ct);
        await Run(connection, $"select pg_advisory_lock(hashtext('{schema}.schema'))", ct);
        try
        {
            await Run(connection, $"create schema if not exists \"{schema}\"; {Script("read-models.sql")}", ct);
            await BringEventStoreUpToDate(connection, services.GetRequiredService<IDocumentStore>(), ct);
            await Run(connection, Script("event-store.sql"), ct);
            await services.GetRequiredService<IMessageStore>().Admin.MigrateAsync(AutoCreate.CreateOrUpdate);
        }
        finally
        {
            await Run(connection, $"select pg_advisory_unlock(hashtext('{schema}.schema'))", CancellationToken.None);
        }
    }

    // Marten would have PostgreSQL look up the stream of each event once more, which is a tenth of the work of a batch. Whoever appends
    // writes the stream's row first, in the same transaction.
    private static async Task BringEventStoreUpToDate(NpgsqlConnection connection, IDocumentStore store, CancellationToken ct)
    {
        var wanted = store.Storage.Database.AllObjects().ToArray();
        foreach (var table in wanted.OfType<Table>().Where(table => table.Identifier.Name == "mt_events"))
            table.ForeignKeys.Clear();

        var migrator = new PostgresqlMigrator();
        var migration = await SchemaMigration.DetermineAsync(connection, migrator, ct, wanted);
        await migrator.ApplyAllAsync(connection, migration, AutoCreate.CreateOrUpdate, new DefaultMigrationLogger(TextWriter.Null), ct);
    }

    private static string Script(string name)
    {
        using var resource = typeof(DatabaseSchema).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The script {name} is missing from the assembly.");
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }

    // A script locks one table after the other, all that it has locked until its end; a node that works meanwhile may do so in another order.
    // Scripts can be run any number of times.
    private static async Task Run(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var command = new NpgsqlCommand(sql, connection);
                await command.ExecuteNonQueryAsync(ct);
                return;
            }
            catch (PostgresException deadlock) when (deadlock.SqlState == PostgresErrorCodes.DeadlockDetected && attempt < MaxAttempts)
            {
            }
        }
    }
}
