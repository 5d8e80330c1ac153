using Npgsql;

namespace Zaqar.Infrastructure.History;

/// <summary>Tells that a node serves on the database: a shared lock that each node holds for as long as it runs.</summary>
internal static class NodePresence
{
    private const string Key = "hashtext(current_schema() || '.node')";

    /// <summary>Joins the nodes that serve; held until the connection closes.</summary>
    /// <returns>False while the read models are being rebuilt.</returns>
    internal static Task<bool> TryJoin(NpgsqlConnection connection, CancellationToken ct) =>
        Try(connection, $"select pg_try_advisory_lock_shared({Key})", ct);

    /// <summary>Keeps nodes from starting; held until the connection closes.</summary>
    /// <returns>False while any node serves.</returns>
    internal static Task<bool> TryTakeAlone(NpgsqlConnection connection, CancellationToken ct) =>
        Try(connection, $"select pg_try_advisory_lock({Key})", ct);

    private static async Task<bool> Try(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(ct) is true;
    }
}
