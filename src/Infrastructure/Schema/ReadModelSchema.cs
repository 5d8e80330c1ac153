using Npgsql;

namespace Zaqar.Infrastructure.Schema;

/// <summary>Makes the tables of the read models where they are missing.</summary>
/// <remarks>Plain SQL, because what matters about these tables (collation, fill factor, vacuum settings) Marten's table model cannot say.</remarks>
internal static class ReadModelSchema
{
    /// <summary>The tables, in an order in which they may be emptied.</summary>
    internal static IReadOnlyList<string> Tables { get; } = ["queue", "message", "loose", "claim", "grave"];

    /// <summary>Safe to call on several nodes at once; a lock lets one of them do the work.</summary>
    internal static async Task Apply(NpgsqlDataSource database, string schema, CancellationToken ct)
    {
        await using var resource = typeof(ReadModelSchema).Assembly.GetManifestResourceStream("read-models.sql")
            ?? throw new InvalidOperationException("The script of the read models is missing from the assembly.");
        using var reader = new StreamReader(resource);
        var script = await reader.ReadToEndAsync(ct);

        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var command = new NpgsqlCommand(
            $"select pg_advisory_xact_lock(hashtext('{schema}.read-models')); create schema if not exists \"{schema}\"; {script}",
            connection, transaction);
        await command.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }
}
