using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Zaqar.Infrastructure.Postgres;

/// <summary>
/// A private PostgreSQL cluster in a data directory, served over a Unix socket to this process's user (and root) alone.
/// <para>
/// The data directory belongs to one process at a time. The server is this process's child, in a session of its own, so that Ctrl-C in a
/// terminal reaches the service only, which stops its server last. When this process is killed the server stays; the next start on the
/// same data stops it and recovers. Nothing is lost either way: the cluster is durable at every commit.
/// </para>
/// </summary>
internal sealed class EmbeddedPostgres : IAsyncDisposable
{
    public const string DatabaseName = "zaqar";

    private const string Superuser = "zaqar";
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private readonly DataHome _home;
    private readonly PostgresBinaries _binaries;
    private readonly EmbeddedPostgresOptions _options;
    private readonly ILogger _logger;
    private ServerProcess? _server;

    private EmbeddedPostgres(DataHome home, PostgresBinaries binaries, EmbeddedPostgresOptions options, ILogger logger)
    {
        (_home, _binaries, _options, _logger) = (home, binaries, options, logger);
        ConnectionString = ConnectionStringFor(DatabaseName);
    }

    /// <summary>Names the database <see cref="DatabaseName"/>; the same over restarts on the same data.</summary>
    public string ConnectionString { get; }

    /// <summary>A key made for this cluster alone, 32 bytes in base64; the same over restarts on the same data.</summary>
    public string EncryptionKey { get; private set; } = "";

    /// <summary>The server's process while it runs.</summary>
    public int? ProcessId => _server?.Id;

    /// <summary>Where the cluster really is: below the data directory, or below <see cref="EmbeddedPostgresOptions.SharedRoot"/>.</summary>
    public string ClusterDirectory => _home.Cluster;

    /// <summary>Takes the data directory, creates the cluster on first use, and runs its server until disposed.</summary>
    /// <exception cref="DatabaseNotStartedException">Another process has the data, or there is no fitting server, or it does not start.</exception>
    public static async Task<EmbeddedPostgres> Start(
        string dataDirectory, ILogger logger, EmbeddedPostgresOptions? options = null, CancellationToken ct = default)
    {
        if (!OperatingSystem.IsLinux())
            throw new DatabaseNotStartedException("PostgreSQL is embedded on Linux only: set ConnectionStrings__Zaqar to a PostgreSQL connection string.");

        options ??= new();
        var home = await DataHome.Open(dataDirectory, options.SharedRoot, logger, ct);
        try
        {
            var major = Cluster.Major(home);
            var binaries = options.Binaries ?? await PostgresBinaries.Find(home, major, logger, ct);
            if (major is not null && major != binaries.Major)
                throw Cluster.WrongMajor(home, major.Value, binaries);
            if (!await home.CanUse(Path.Combine(binaries.Directory, "postgres"), ct))
                throw new DatabaseNotStartedException(
                    $"The user '{home.User}' cannot run the PostgreSQL server in {binaries.Directory}: a directory above it is closed to others.");

            var embedded = new EmbeddedPostgres(home, binaries, options, logger);
            embedded.EncryptionKey = await home.EncryptionKey(logger, ct);
            await embedded.Start(ct);
            return embedded;
        }
        catch
        {
            home.Dispose();
            throw;
        }
    }

    /// <summary>Runs the server again after it was stopped or killed.</summary>
    /// <exception cref="DatabaseNotStartedException">It does not start; the message holds its last words.</exception>
    public async Task Start(CancellationToken ct = default)
    {
        var watch = Stopwatch.StartNew();
        await AbandonedServer.Stop(_home, _logger, ct);
        if (Cluster.Major(_home) is null)
            await Cluster.Create(_home, _binaries, Superuser, _logger, ct);
        await _home.CreateSocketDirectory(ct);
        await File.WriteAllTextAsync(_home.Configuration, ServerSettings.Render(_home, _options.Settings), ct);

        _server?.Dispose();
        _server = ServerProcess.Start(_binaries, _home, _logger);
        try
        {
            await Ready(_server, ct);
            _server.Serves();
        }
        catch
        {
            await _server.Stop(CancellationToken.None);
            throw;
        }
        PostgresLog.Started(_logger, _binaries.Major, _binaries.Directory, _home.Cluster, watch.ElapsedMilliseconds);
    }

    /// <summary>Disconnects every client, writes a checkpoint and ends the server ("fast"); harsher after 30 seconds.</summary>
    public Task Stop(CancellationToken ct = default) => _server?.Stop(ct) ?? Task.CompletedTask;

    /// <summary>Ends the server without a checkpoint ("immediate"): the next start recovers, as after a crash.</summary>
    public Task StopImmediately(CancellationToken ct = default) => _server?.End(ServerSignal.Quit, ct) ?? Task.CompletedTask;

    /// <summary>Kills the server's main process; its children notice by themselves.</summary>
    public Task Kill(CancellationToken ct = default) => _server?.End(ServerSignal.Kill, ct) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _server?.Dispose();
        _home.Dispose();
    }

    /// <summary>Waits until the server accepts connections to the database, creating that on the way.</summary>
    private async Task Ready(ServerProcess server, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        var limit = _options.StartTimeout;
        while (true)
        {
            if (server.Exited.IsCompleted)
                throw new DatabaseNotStartedException($"PostgreSQL ended while starting. Its last words:\n{await server.LastWords()}");
            if (watch.Elapsed > limit)
                throw new DatabaseNotStartedException(
                    $"PostgreSQL did not accept connections within {limit.TotalSeconds:0} seconds. Its last words:\n{await server.LastWords()}");

            switch (File.Exists(_home.Socket) ? await Probe(ct) : Answer.None)
            {
                case Answer.Ready:
                    return;
                case Answer.NoDatabase:
                    await CreateDatabase(ct);
                    return;
                case Answer.Recovering when limit < _options.RecoveryTimeout:
                    limit = _options.RecoveryTimeout;
                    PostgresLog.Recovering(_logger);
                    break;
                default:
                    break;
            }
            await Task.Delay(PollInterval, ct);
        }
    }

    private enum Answer { None, Recovering, NoDatabase, Ready }

    private async Task<Answer> Probe(CancellationToken ct)
    {
        try
        {
            await using var connection = new NpgsqlConnection(Unpooled(DatabaseName));
            await connection.OpenAsync(ct);
            return Answer.Ready;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            return Answer.NoDatabase;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.CannotConnectNow)
        {
            return Answer.Recovering;
        }
        catch (NpgsqlException failure) when (failure.InnerException is SocketException or IOException)
        {
            return Answer.None;
        }
    }

    private async Task CreateDatabase(CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(Unpooled("postgres"));
        await connection.OpenAsync(ct);
        await using var create = new NpgsqlCommand($"create database {DatabaseName}", connection);
        await create.ExecuteNonQueryAsync(ct);
    }

    private string ConnectionStringFor(string database) =>
        new NpgsqlConnectionStringBuilder { Host = _home.SocketDirectory, Username = Superuser, Database = database }.ConnectionString;

    private string Unpooled(string database) =>
        new NpgsqlConnectionStringBuilder(ConnectionStringFor(database)) { Pooling = false }.ConnectionString;
}
