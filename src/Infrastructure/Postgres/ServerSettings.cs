using System.Globalization;
using System.Text;

namespace Zaqar.Infrastructure.Postgres;

/// <summary>
/// The server's configuration, written anew at every start so that an upgrade of the service changes it. An operator's own choices go
/// through <c>ALTER SYSTEM</c>, which PostgreSQL reads last.
/// </summary>
internal static class ServerSettings
{
    private static readonly (string Name, string Value)[] Fixed =
    [
        // Acknowledged is durable. These are PostgreSQL's defaults, said aloud.
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),

        // Reached by a socket in a private directory, and by nothing else.
        ("listen_addresses", ""),
        ("port", "5432"),
        ("max_connections", "100"),

        // A small machine that the service and its load share.
        ("shared_buffers", "256MB"),
        ("effective_cache_size", "1GB"),
        ("work_mem", "8MB"),
        ("maintenance_work_mem", "64MB"),
        ("huge_pages", "try"),
        ("jit", "off"),
        ("max_parallel_workers_per_gather", "0"),
        ("random_page_cost", "1.1"),

        // Checkpoints far apart: the first change of a page after each writes the whole page. Bounds recovery to some tens of seconds.
        ("wal_compression", "off"),
        ("wal_buffers", "16MB"),
        ("min_wal_size", "512MB"),
        ("max_wal_size", "4GB"),
        ("checkpoint_timeout", "15min"),
        ("checkpoint_completion_target", "0.9"),

        // Messages come and go: small vacuums often, instead of large ones late.
        ("autovacuum_max_workers", "2"),
        ("autovacuum_naptime", "15s"),
        ("autovacuum_vacuum_scale_factor", "0.05"),
        ("autovacuum_vacuum_insert_scale_factor", "0.1"),
        ("autovacuum_analyze_scale_factor", "0.05"),
        ("autovacuum_vacuum_cost_limit", "1000"),

        // No statement, parameter or row in the log: they hold message bodies.
        ("logging_collector", "off"),
        ("log_destination", "stderr"),
        ("log_line_prefix", "%m [%p] "),
        ("log_timezone", "UTC"),
        ("log_min_messages", "warning"),
        ("log_min_error_statement", "panic"),
        ("log_error_verbosity", "terse"),
        ("log_statement", "none"),
        ("log_min_duration_statement", "-1"),
        ("log_checkpoints", "off"),
        ("log_autovacuum_min_duration", "-1"),
        ("timezone", "UTC"),
    ];

    /// <summary>The text of the file: what initdb found about the machine, then ours, then <paramref name="more"/>; the last one counts.</summary>
    public static string Render(DataHome home, IReadOnlyDictionary<string, string> more)
    {
        var text = new StringBuilder("# Written by Zaqar at every start; changes go through ALTER SYSTEM.\n");
        text.Append(CultureInfo.InvariantCulture, $"include {Quote(Path.Combine(home.Cluster, "postgresql.conf"))}\n");
        text.Append(CultureInfo.InvariantCulture, $"unix_socket_directories = {Quote(home.SocketDirectory)}\n");
        foreach (var (name, value) in Fixed.Concat(more.Select(setting => (setting.Key, setting.Value))))
            text.Append(CultureInfo.InvariantCulture, $"{name} = {Quote(value)}\n");
        return text.ToString();
    }

    private static string Quote(string value) =>
        $"'{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";
}
