using Npgsql;

namespace Zaqar.Application;

/// <summary>The database as queries see it: over a few shared connections of their own. Source: ADR 0008.</summary>
public sealed class ReadDatabase(NpgsqlDataSource source, TimeProvider time) : IAsyncDisposable
{
    /// <summary>A query that has no answer by then gets none.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    /// <summary>A command to be given to <see cref="Read"/> or <see cref="Scalar"/>, which dispose it.</summary>
    public NpgsqlCommand CreateCommand(string sql) => source.CreateCommand(sql);

    /// <summary>Runs a query and reads its rows.</summary>
    /// <remarks>
    /// Who gives up waiting leaves the query running: it reads to its end and gives its shared connection back. An abandoned reader would
    /// block everyone behind it.
    /// </remarks>
    /// <exception cref="TimeoutException">The server does not answer: a shared connection has no time-out of its own.</exception>
    public Task<T> Read<T>(NpgsqlCommand command, Func<NpgsqlDataReader, Task<T>> read, CancellationToken ct)
    {
        return Run().WaitAsync(_patience, time, ct);

        async Task<T> Run()
        {
            await using (command)
            {
                await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
                return await read(reader);
            }
        }
    }

    /// <summary>The first column of the first row; null when there is none.</summary>
    /// <exception cref="TimeoutException">As <see cref="Read"/>.</exception>
    public Task<object?> Scalar(NpgsqlCommand command, CancellationToken ct) =>
        Read<object?>(command, async reader => await reader.ReadAsync() && !await reader.IsDBNullAsync(0) ? reader.GetValue(0) : null, ct);

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
