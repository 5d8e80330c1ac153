using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Testcontainers.PostgreSql;
using Zaqar.Infrastructure.Postgres;

namespace Zaqar.Integration.Postgres;

/// <summary>
/// The PostgreSQL that a test run shares, started when the first test asks: the server named by <c>ZAQAR_TEST_POSTGRES</c> (a connection
/// string), else a container where a Docker engine answers, else the embedded server in a temporary directory.
/// </summary>
internal static class TestDatabase
{
    /// <summary>Hosts of several tests run side by side, each with pools of its own.</summary>
    private const string ConnectionsMax = "300";

    private static readonly TimeSpan DockerPatience = TimeSpan.FromSeconds(2);
    private static readonly Lazy<Task<string>> Shared = new(Start);

    /// <summary>Names the run's shared database; its user may create schemas and databases.</summary>
    public static Task<string> ConnectionString() => Shared.Value;

    /// <summary>Creates an empty database on the shared server; it goes with the server, or stays on a named one until dropped.</summary>
    public static async Task<string> NewDatabase()
    {
        var shared = await ConnectionString();
        var name = "test_" + Guid.NewGuid().ToString("n");
        await using var connection = new NpgsqlConnection(shared);
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"create database {name}", connection);
        await create.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(shared) { Database = name }.ConnectionString;
    }

    /// <summary>A server of a test's own, to be stopped, killed and started again. The caller disposes it.</summary>
    /// <param name="dataDirectory">Data to serve; null makes an empty cluster.</param>
    public static Task<EmbeddedPostgres> OwnServer(string? dataDirectory = null, EmbeddedPostgresOptions? options = null) =>
        EmbeddedPostgres.Start(dataDirectory ?? TestDirectory.New(), NullLogger.Instance, options);

    private static async Task<string> Start()
    {
        if (Environment.GetEnvironmentVariable("ZAQAR_TEST_POSTGRES") is { Length: > 0 } named)
            return named;

        if (await DockerAnswers())
        {
            // Testcontainers removes it when this process ends.
            var container = new PostgreSqlBuilder("postgres:17").WithCommand("-c", "max_connections=" + ConnectionsMax).Build();
            await container.StartAsync();
            return container.GetConnectionString();
        }

        // Stopped and removed with its directory.
        var server = await OwnServer(options: new() { Settings = new Dictionary<string, string> { ["max_connections"] = ConnectionsMax } });
        return server.ConnectionString;
    }

    /// <summary>Asks the engine at <c>DOCKER_HOST</c>, or at the usual socket, for a sign of life.</summary>
    private static async Task<bool> DockerAnswers()
    {
        var host = new Uri(Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } set ? set : "unix:///var/run/docker.sock");
        if (host.Scheme is not ("unix" or "tcp") || (host.Scheme == "unix" && !File.Exists(host.AbsolutePath)))
            return false;

        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, ct) =>
            {
                var unix = host.Scheme == "unix";
                var socket = unix
                    ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                    : new Socket(SocketType.Stream, ProtocolType.Tcp);
                await (unix
                    ? socket.ConnectAsync(new UnixDomainSocketEndPoint(host.AbsolutePath), ct)
                    : socket.ConnectAsync(host.Host, host.Port, ct));
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var docker = new HttpClient(handler) { Timeout = DockerPatience };
        try
        {
            return (await docker.GetAsync(new Uri("http://docker/_ping"))).IsSuccessStatusCode;
        }
        catch (Exception silence) when (silence is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
