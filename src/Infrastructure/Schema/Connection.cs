using Npgsql;

namespace Zaqar.Infrastructure.Schema;

/// <summary>What every connection of the service is like.</summary>
internal static class Connection
{
    /// <remarks>
    /// All of our statements walk an index from a known place, so the planner is kept from trading that for a scan when its statistics
    /// of a young or fast-changing table mislead it. Statements are prepared by use; a command that takes half a minute is given up.
    /// </remarks>
    internal static string With(string connectionString, string schema)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            SearchPath = schema,
            MaxAutoPrepare = 60,
            AutoPrepareMinUsages = 2,
            CommandTimeout = 30,
            NoResetOnClose = true,
            IncludeErrorDetail = false,
        };
        settings.ApplicationName ??= "zaqar";
        settings.Options = $"{settings.Options} -c jit=off -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"
            + " -c enable_bitmapscan=off -c plan_cache_mode=force_generic_plan -c synchronous_commit=on"

            // A node that freezes in a transaction, or is cut off, lets go of its locks; who waits for them hears of it before its own time is up.
            + " -c idle_in_transaction_session_timeout=5000 -c lock_timeout=20000"
            + " -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3";
        return settings.ConnectionString;
    }

    /// <remarks>
    /// Queries share three connections, each of which carries many at a time (Npgsql's multiplexing): the round trips of simultaneous
    /// queries become one, and three warm server processes serve what a hundred cold ones did with several times the processor time.
    /// Measured in ADR 0008. A multiplexed command has no time-out on our side, so the server ends it.
    /// </remarks>
    internal static string ForReads(string connectionString, string schema)
    {
        var settings = new NpgsqlConnectionStringBuilder(With(connectionString, schema)) { Multiplexing = true, MaxPoolSize = 3 };
        settings.Options += $" -c statement_timeout={settings.CommandTimeout * 1000}";
        return settings.ConnectionString;
    }
}
