using Npgsql;

namespace Zaqar.Infrastructure.Schema;

/// <summary>Makes the tables of the read models where they are missing.</summary>
/// <remarks>Plain SQL, because what matters about these tables (collation, fill factor, vacuum settings) Marten's table model cannot say.</remarks>
internal static class ReadModelSchema
{
    /// <summary>The tables, in an order in which they may be emptied.</summary>
    internal static IReadOnlyList<string> Tables { get; } = ["queue", "message", "loose", "claim", "grave"];

    internal static async Task Apply(NpgsqlConnection connection, string schema, CancellationToken ct)
    {
        await using var resource = typeof(ReadModelSchema).Assembly.GetManifestResourceStream("read-models.sql")
            ?? throw new InvalidOperationException("The script of the read models is missing from the assembly.");
        using var reader = new StreamReader(resource);
        var script = await reader.ReadToEndAsync(ct);

        await using var command = new NpgsqlCommand($"create schema if not exists \"{schema}\"; {script}", connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
