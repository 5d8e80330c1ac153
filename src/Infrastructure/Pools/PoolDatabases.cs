using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using Npgsql;
using Zaqar.Application.Pools;

namespace Zaqar.Infrastructure.Pools;

/// <summary>Makes databases ready to be pools. Each attempt has its own short-lived connections and ends within seconds.</summary>
internal sealed partial class PoolDatabases(ILogger<PoolDatabases> log) : IPoolDatabases
{
    private const int OldestVersion = 13;

    /// <summary>What a server says of which nobody has made the database yet.</summary>
    private const string Maintenance = "postgres";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    public async Task Prepare(string connectionString, CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false, CommandTimeout = (int)_patience.TotalSeconds, CancellationTimeout = 1000, IncludeErrorDetail = false,
        };
        settings.Timeout = Math.Min(settings.Timeout, (int)_patience.TotalSeconds);

        var began = Stopwatch.GetTimestamp();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(_patience);
        try
        {
            if (!await Check(settings, deadline.Token))
            {
                await Create(settings, deadline.Token);
                await Check(settings, deadline.Token);
            }

            // The schema is applied here.
        }
        catch (Exception failure) when (failure is not PoolUnreachable && ReasonOf(failure) is { } reason && !ct.IsCancellationRequested)
        {
            LogUnreachable(log, reason, failure.GetType().Name, (failure as PostgresException)?.SqlState, Stopwatch.GetElapsedTime(began).TotalSeconds);
            throw new PoolUnreachable(reason);
        }
    }

    /// <returns>False when there is no such database.</returns>
    private static async Task<bool> Check(NpgsqlConnectionStringBuilder settings, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
        }
        catch (PostgresException missing) when (missing.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            return false;
        }

        if (connection.PostgreSqlVersion.Major < OldestVersion)
            throw new PoolUnreachable(
                $"The pool's server is PostgreSQL {connection.PostgreSqlVersion.Major}; {OldestVersion} is the oldest that will do.");

        await using var may = new NpgsqlCommand(
            "select has_database_privilege(current_database(), 'CREATE') and not pg_is_in_recovery()", connection);
        return await may.ExecuteScalarAsync(ct) is true
            ? true
            : throw new PoolUnreachable("The account may not create a schema in the pool's database, or the server only reads.");
    }

    private static async Task Create(NpgsqlConnectionStringBuilder settings, CancellationToken ct)
    {
        var maintenance = new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Database = Maintenance };
        await using var connection = new NpgsqlConnection(maintenance.ConnectionString);
        await connection.OpenAsync(ct);
        try
        {
            await using var create = new NpgsqlCommand($"create database \"{settings.Database!.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", connection);
            await create.ExecuteNonQueryAsync(ct);
        }
        catch (PostgresException meanwhile) when (meanwhile.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Somebody else made it.
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new PoolUnreachable("The pool's database does not exist, and the account may not create it.");
        }
    }

    /// <returns>A sentence for the client, without anything that the server or a library said; null for what is no failure to reach it.</returns>
    private static string? ReasonOf(Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
            "The pool's server refused the user or the password.",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } => "The account may not connect to the pool's database.",
        PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } => "The pool's server has no connection left.",
        PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow } => "The pool's server is starting or stopping.",
        PostgresException refused => $"The pool's server refused with the error {refused.SqlState}.",
        TimeoutException or OperationCanceledException => $"The pool's server did not answer within {_patience.TotalSeconds:0} seconds.",
        AuthenticationException => "The pool's server and the service did not agree on TLS.",
        SocketException => "No server answers at the pool's host and port.",
        NpgsqlException { InnerException: { } cause } => ReasonOf(cause) ?? "The connection to the pool's server failed.",
        NpgsqlException or IOException => "The connection to the pool's server failed; it may want a password, or speak another protocol.",
        _ => null,
    };

    [LoggerMessage(1, LogLevel.Information, "A pool's database could not be used: {Reason} ({Failure} {SqlState}, after {Seconds:0.0} s)")]
    private static partial void LogUnreachable(ILogger log, string reason, string failure, string? sqlState, double seconds);
}
