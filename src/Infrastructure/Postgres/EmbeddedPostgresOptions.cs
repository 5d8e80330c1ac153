namespace Zaqar.Infrastructure.Postgres;

/// <summary>What tests and measurements change about an embedded server; the service takes it as it is.</summary>
internal sealed record EmbeddedPostgresOptions
{
    /// <summary>The server to run; null finds one (<see cref="PostgresBinaries.Find"/>).</summary>
    public PostgresBinaries? Binaries { get; init; }

    /// <summary>Server settings by name that win over <see cref="ServerSettings"/>, e.g. <c>max_connections</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>How long the server may take until it listens. Recovering after a crash may take longer: <see cref="RecoveryTimeout"/>.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a server that says it is recovering may take. The log to replay is bounded by <c>max_wal_size</c>.</summary>
    public TimeSpan RecoveryTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Holds the clusters of root's services whose own data directory the server's user cannot enter.</summary>
    public string SharedRoot { get; init; } = "/var/lib/zaqar";
}
