using Npgsql;

namespace Zaqar.Integration.Health;

/// <summary>Everything that is in the database, row by row, so that whatever a check left behind shows.</summary>
internal static class Traces
{
    // Who runs what, when it was last seen and how far it has read: these move by themselves.
    private static readonly string[] _moving =
        ["mt_event_progression", "wolverine_nodes", "wolverine_node_assignments", "wolverine_node_records", "wolverine_control_queue", "node"];

    /// <summary>Every row of every table of the service's schema but of those that move by themselves, after the table's name.</summary>
    internal static async Task<IReadOnlyList<string>> Rows(NpgsqlDataSource database) =>
        await Read(database, table => _moving.Contains(table) ? null : $"select '{table}: ' || t::text from \"{table}\" t");

    /// <summary>What of any table, of those too, has a text in it.</summary>
    internal static async Task<IReadOnlyList<string>> Of(NpgsqlDataSource database, string text) =>
        await Read(database, table => $"select '{table}: ' || t::text from \"{table}\" t where t::text like '%{text}%'");

    private static async Task<IReadOnlyList<string>> Read(NpgsqlDataSource database, Func<string, string?> query)
    {
        var tables = await Column(database, "select table_name::text from information_schema.tables where table_schema = current_schema()");
        var rows = new List<string>();
        foreach (var table in tables)
            if (query(table) is { } sql)
                rows.AddRange(await Column(database, sql));
        return [.. rows.Order(StringComparer.Ordinal)];
    }

    private static async Task<List<string>> Column(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<string>();
        while (await reader.ReadAsync())
            values.Add(reader.GetString(0));
        return values;
    }
}
