using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
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
public static partial class DatabaseSchema
{
    private const int MaxAttempts = 20;

    private static readonly TimeSpan _betweenAttempts = TimeSpan.FromMilliseconds(500);

    /// <summary>Called before a node starts. Nodes that start at once take turns: the second finds nothing left to do.</summary>
    public static async Task BringUpToDate(IServiceProvider services, string schema, CancellationToken ct)
    {
        await using var connection = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(ct);
        await Execute(connection, $"select pg_advisory_lock(hashtext('{schema}.schema'))", ct);
        try
        {
            var scripts = (ReadModels: Script("read-models.sql"), EventStore: Script("event-store.sql"));
            var version = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(scripts.ReadModels + scripts.EventStore)));
            var isUpToDate = await Version(connection, schema, ct) == version && await HasTables(connection, scripts.ReadModels, ct);
            if (!isUpToDate)
                await Run(connection, $"create schema if not exists \"{schema}\"; {scripts.ReadModels}", ct);
            await BringEventStoreUpToDate(connection, services.GetRequiredService<IDocumentStore>(), ct);
            if (!isUpToDate)
                await Run(connection, $"{scripts.EventStore}; {Record(version)}", ct);
            await services.GetRequiredService<IMessageStore>().Admin.MigrateAsync(AutoCreate.CreateOrUpdate);
        }
        finally
        {
            await Execute(connection, $"select pg_advisory_unlock(hashtext('{schema}.schema'))", CancellationToken.None);
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

    // What the scripts would change they lock, also where nothing is left to be changed, and whoever works waits behind that.
    private static async Task<string?> Version(NpgsqlConnection connection, string schema, CancellationToken ct)
    {
        await using var find = new NpgsqlCommand($"select to_regclass('\"{schema}\".schema_version') is not null", connection);
        if (await find.ExecuteScalarAsync(ct) is not true)
            return null;

        await using var read = new NpgsqlCommand("select hash from schema_version", connection);
        return await read.ExecuteScalarAsync(ct) as string;
    }

    // Any of them can be dropped, and comes back empty to be rebuilt.
    private static async Task<bool> HasTables(NpgsqlConnection connection, string script, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select bool_and(to_regclass(name) is not null) from unnest($1) as t(name)", connection);
        command.Parameters.Add(new() { Value = CreatedTable().Matches(script).Select(table => table.Groups[1].Value).ToArray() });
        return await command.ExecuteScalarAsync(ct) is true;
    }

    [GeneratedRegex(@"create table if not exists (\w+)")]
    private static partial Regex CreatedTable();

    private static string Record(string version) =>
        $"create table if not exists schema_version (hash text not null); delete from schema_version; insert into schema_version values ('{version}')";

    private static string Script(string name)
    {
        using var resource = typeof(DatabaseSchema).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The script {name} is missing from the assembly.");
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }

    // A script locks one table after the other, all that it has locked until its end; a node that works meanwhile may do so in another order, or
    // hold one for long. Whoever waits for a lock makes others wait, so it is not waited for long. Scripts can be run any number of times.
    private static async Task Run(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var command = new NpgsqlCommand($"set lock_timeout = '2s'; {sql}; reset lock_timeout", connection);
                await command.ExecuteNonQueryAsync(ct);
                return;
            }
            catch (PostgresException busy)
                when (busy.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable && attempt < MaxAttempts)
            {
                await Task.Delay(_betweenAttempts, ct);
            }
        }
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
