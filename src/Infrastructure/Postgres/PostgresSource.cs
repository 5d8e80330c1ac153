using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Zaqar.Infrastructure.Postgres;

/// <summary>
/// Where the service's PostgreSQL is: the server that the operator named, else a private one that lives and dies with this object.
/// See ADR 0005.
/// </summary>
public sealed class PostgresSource : IAsyncDisposable
{
    private readonly EmbeddedPostgres? _server;

    private PostgresSource(string connectionString, EmbeddedPostgres? server = null) =>
        (ConnectionString, _server) = (connectionString, server);

    /// <summary>Names the database, ready to be connected to when it is embedded; a server that the operator named was not tried.</summary>
    public string ConnectionString { get; }

    public bool IsEmbedded => _server is not null;

    /// <summary>The key that lies with an embedded server, in base64; null with a server that the operator named.</summary>
    public string? EncryptionKey => _server?.EncryptionKey;

    /// <summary>
    /// Finds or starts the database. Settings: <c>ConnectionStrings:Zaqar</c> names a server; <c>Zaqar:Database:Embedded</c> allows or
    /// forbids the private one (unset: allowed outside Production); <c>ZAQAR_DATA</c> is its directory (default <c>.zaqar</c> in the
    /// working directory).
    /// </summary>
    /// <exception cref="DatabaseNotStartedException">There is none: none was named and none may or can be started.</exception>
    public static async Task<PostgresSource> Open(
        IConfiguration configuration, string environmentName, ILoggerFactory loggerFactory, CancellationToken ct = default)
    {
        if (configuration.GetConnectionString("Zaqar") is { Length: > 0 } named)
            return new(named);

        var production = string.Equals(environmentName, Environments.Production, StringComparison.OrdinalIgnoreCase);
        var allowed = configuration["Zaqar:Database:Embedded"] is { Length: > 0 } asked
            ? bool.TryParse(asked, out var embed)
                ? embed
                : throw new DatabaseNotStartedException($"Zaqar:Database:Embedded is true or false; '{asked}' was given.")
            : !production;
        if (!allowed)
            throw new DatabaseNotStartedException(
                $"No database is configured, and none is embedded {(production ? "in Production unless asked" : "because Zaqar:Database:Embedded is false")}. "
                + "Set ConnectionStrings__Zaqar to a PostgreSQL connection string, or Zaqar__Database__Embedded=true to run a private server.");

        var dataDirectory = configuration["ZAQAR_DATA"] is { Length: > 0 } directory ? directory : ".zaqar";
        var server = await EmbeddedPostgres.Start(dataDirectory, loggerFactory.CreateLogger<EmbeddedPostgres>(), ct: ct);
        return new(server.ConnectionString, server);
    }

    /// <summary>Stops the private server, if there is one. A named server is left alone.</summary>
    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
