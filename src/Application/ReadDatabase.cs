using Npgsql;

namespace Zaqar.Application;

/// <summary>The database as queries see it: over a few shared connections of their own. Source: ADR 0008.</summary>
public sealed class ReadDatabase(NpgsqlDataSource source, TimeProvider time) : IAsyncDisposable
{
    /// <summary>A query that has no answer by then gets none.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    /// <summary>A command to be given to <see cref="Execute"/>; the caller disposes it.</summary>
    internal NpgsqlCommand CreateCommand(string sql) => source.CreateCommand(sql);

    /// <exception cref="TimeoutException">The server does not answer: a shared connection has no time-out of its own.</exception>
    internal Task<NpgsqlDataReader> Execute(NpgsqlCommand command, CancellationToken ct) =>
        command.ExecuteReaderAsync(ct).WaitAsync(_patience, time, ct);

    /// <summary>The first column of the first row; null when there is none.</summary>
    /// <exception cref="TimeoutException">As <see cref="Execute"/>.</exception>
    internal Task<object?> Scalar(NpgsqlCommand command, CancellationToken ct) =>
        command.ExecuteScalarAsync(ct).WaitAsync(_patience, time, ct);

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
