using Npgsql;

namespace Zaqar.Integration.History;

/// <summary>Every row of the read models, as text, for comparison before and after.</summary>
internal static class ReadModels
{
    internal static async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> Snapshot(NpgsqlDataSource database)
    {
        var tables = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var table in new[] { "queue", "message", "loose", "claim", "grave", "subscription", "letter_received", "pool", "flavor", "placement" })
        {
            await using var command = database.CreateCommand($"select t::text from {table} t order by 1");
            await using var reader = await command.ExecuteReaderAsync();
            var rows = new List<string>();
            while (await reader.ReadAsync())
                rows.Add(reader.GetString(0));
            tables.Add(table, rows);
        }

        return tables;
    }
}
