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
            ApplicationName = "zaqar",
            SearchPath = schema,
            MaxAutoPrepare = 60,
            AutoPrepareMinUsages = 2,
            CommandTimeout = 30,
            NoResetOnClose = true,
            IncludeErrorDetail = false,
        };
        settings.Options = $"{settings.Options} -c jit=off -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"
            + " -c enable_bitmapscan=off -c plan_cache_mode=force_generic_plan -c synchronous_commit=on";
        return settings.ConnectionString;
    }
}
