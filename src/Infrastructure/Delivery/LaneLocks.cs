using System.Collections.Concurrent;
using Npgsql;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>
/// Keeps lanes to one node: locks that the database holds for as long as this node's one connection for them lives. A node that dies frees
/// its lanes at once.
/// </summary>
internal sealed class LaneLocks(NpgsqlDataSource database) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly ConcurrentDictionary<Guid, bool> _held = [];
    private NpgsqlConnection? _connection;

    /// <returns>False when another node runs the lane.</returns>
    public async Task<bool> TryTake(Guid subscription, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var taken = await Execute("select pg_try_advisory_lock($1)", subscription, ct);
            if (taken)
                _held[subscription] = true;
            return taken;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Whether the lane is still this node's: with a broken connection all locks are gone.</summary>
    public bool Holds(Guid subscription) => _held.ContainsKey(subscription);

    public async Task Release(Guid subscription)
    {
        await _turn.WaitAsync();
        try
        {
            if (_held.TryRemove(subscription, out _))
                await Execute("select pg_advisory_unlock($1)", subscription, CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // The connection is gone, and the lock with it.
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
        _turn.Dispose();
    }

    private async Task<bool> Execute(string sql, Guid subscription, CancellationToken ct)
    {
        try
        {
            _connection ??= await database.OpenConnectionAsync(ct);
            await using var command = new NpgsqlCommand(sql, _connection);

            // Half of an id of version 7 that is random; two lanes that share it merely wait for each other.
            command.Parameters.Add(new() { Value = BitConverter.ToInt64(subscription.ToByteArray(), 8) });
            return (bool)(await command.ExecuteScalarAsync(ct))!;
        }
        catch
        {
            _held.Clear();
            if (_connection is { } broken)
            {
                _connection = null;
                await broken.DisposeAsync();
            }

            throw;
        }
    }
}
