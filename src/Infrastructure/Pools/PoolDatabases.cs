using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Zaqar.Application.Pools;
using Zaqar.Domain.Pools;

namespace Zaqar.Infrastructure.Pools;

/// <summary>Makes databases ready to be pools. Each attempt has its own short-lived connections and ends within seconds, or half a minute where tables have to be made.</summary>
internal sealed partial class PoolDatabases(IServiceProvider home, ILogger<PoolDatabases> log) : IPoolDatabases
{
    private const int OldestVersion = 13;

    /// <summary>What a server says of which nobody has made the database yet.</summary>
    private const string Maintenance = "postgres";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _otherPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _schemaPatience = TimeSpan.FromSeconds(30);

    public async Task Prepare(string pool, string connectionString, CancellationToken ct)
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

            await CheckIsAnother(pool, settings, deadline.Token);
            deadline.CancelAfter(_schemaPatience);
            await PoolHost.Prepare(connectionString, home.GetRequiredService<PoolingSettings>(), home, deadline.Token);
        }
        catch (Exception failure) when (failure is not (PoolUnreachable or PoolUriTaken) && ReasonOf(failure) is { } reason && !ct.IsCancellationRequested)
        {
            LogUnreachable(log, reason, failure.GetType().Name, (failure as PostgresException)?.SqlState, Stopwatch.GetElapsedTime(began).TotalSeconds);
            throw new PoolUnreachable(reason);
        }
    }

    // A database of two pools, or of a pool and of the service itself, would be served twice. Its address does not tell, for a host has many names; a
    // lock does, which only one connection of a database can hold.
    private async Task CheckIsAnother(string pool, NpgsqlConnectionStringBuilder settings, CancellationToken ct)
    {
        var key = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
        await using var candidate = new NpgsqlConnection(settings.ConnectionString);
        await candidate.OpenAsync(ct);
        await using (var take = new NpgsqlCommand("select pg_advisory_lock($1)", candidate) { Parameters = { new() { Value = key } } })
            await take.ExecuteNonQueryAsync(ct);

        if (await IsHeld(home, key, ct))
            throw new PoolUnreachable("That database is the service's own, which cannot be a pool.");

        foreach (var other in home.GetRequiredService<OpenPools>().All)
            if (other.Name != pool && await IsHeld(other.Services, key, ct))
                throw new PoolUriTaken(other.Name);
    }

    private static async Task<bool> IsHeld(IServiceProvider parts, long key, CancellationToken ct)
    {
        // Without an answer they are two: the candidate has just given one.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(_otherPatience);
        try
        {
            await using var take = parts.GetRequiredService<NpgsqlDataSource>().CreateCommand("select pg_try_advisory_xact_lock($1)");
            take.Parameters.Add(new() { Value = key });
            return await take.ExecuteScalarAsync(patience.Token) is false;
        }
        catch (Exception away) when (away is NpgsqlException or TimeoutException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return false;
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
        TimeoutException or OperationCanceledException => "The pool's server did not answer in time.",
        AuthenticationException => "The pool's server and the service did not agree on TLS.",
        SocketException => "No server answers at the pool's host and port.",
        NpgsqlException { InnerException: { } cause } => ReasonOf(cause) ?? "The connection to the pool's server failed.",
        NpgsqlException or IOException => "The connection to the pool's server failed; it may want a password, or speak another protocol.",
        _ => null,
    };

    [LoggerMessage(1, LogLevel.Information, "A pool's database could not be used: {Reason} ({Failure} {SqlState}, after {Seconds:0.0} s)")]
    private static partial void LogUnreachable(ILogger log, string reason, string failure, string? sqlState, double seconds);
}
