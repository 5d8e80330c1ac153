using Npgsql;

namespace Zaqar.Infrastructure.History;

/// <summary>Tells that a node serves on the database: a shared lock that each node holds for as long as it runs.</summary>
internal static class NodePresence
{
    private const string Key = "hashtext(current_schema() || '.node')";

    /// <summary>Joins the nodes that serve; held until the connection closes.</summary>
    /// <returns>False while the read models are being rebuilt, or when a rebuild was cut off.</returns>
    internal static Task<bool> TryJoin(NpgsqlConnection connection, CancellationToken ct) =>
        Try(connection, $"select case when to_regclass('rebuilding') is null then pg_try_advisory_lock_shared({Key}) else false end", ct);

    /// <summary>Keeps nodes from starting; held until the connection closes.</summary>
    /// <returns>False while any node serves.</returns>
    internal static Task<bool> TryTakeAlone(NpgsqlConnection connection, CancellationToken ct) =>
        Try(connection, $"select pg_try_advisory_lock({Key})", ct);

    /// <summary>Whether no other node serves, seen from a connection that has joined.</summary>
    internal static Task<bool> IsAlone(NpgsqlConnection connection, CancellationToken ct) =>
        Try(connection,
            $"""
            select count(*) <= 1 from pg_locks
            where locktype = 'advisory' and mode = 'ShareLock' and granted
                and database = (select oid from pg_database where datname = current_database())
                and (classid::bigint << 32 | objid::bigint) = {Key}::bigint
            """, ct);

    private static async Task<bool> Try(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(ct) is true;
    }
}
