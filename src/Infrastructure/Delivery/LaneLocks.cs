using System.Buffers.Binary;
using System.Collections.Concurrent;
using Npgsql;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>
/// Keeps lanes to one node: locks that the database holds for as long as this node's one connection for them lives. A node that dies frees
/// its lanes at once.
/// </summary>
internal sealed class LaneLocks(NpgsqlDataSource database, TimeProvider time) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly ConcurrentDictionary<Guid, bool> _held = [];
    private static readonly TimeSpan _believed = TimeSpan.FromSeconds(1);

    private NpgsqlConnection? _connection;
    private long _seen;

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

    /// <summary>Whether the lane is still this node's: with a broken connection all locks are gone. Asked of the database once a second for all lanes.</summary>
    public async Task<bool> StillHolds(Guid subscription, CancellationToken ct)
    {
        if (time.GetElapsedTime(Interlocked.Read(ref _seen)) > _believed)
        {
            await _turn.WaitAsync(ct);
            try
            {
                if (time.GetElapsedTime(_seen) > _believed)
                    await Execute("select $1::bigint is not null", subscription, ct);
            }
            catch (NpgsqlException)
            {
                return false;
            }
            finally
            {
                _turn.Release();
            }
        }

        return _held.ContainsKey(subscription);
    }

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
        // A lane that was cut off by the stop may just be letting go, over the same connection.
        await _turn.WaitAsync();
        try
        {
            _held.Clear();
            if (_connection is { } connection)
                await Free(connection);
            _connection = null;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<bool> Execute(string sql, Guid subscription, CancellationToken ct)
    {
        try
        {
            _connection ??= await database.OpenConnectionAsync(ct);
            await using var command = new NpgsqlCommand(sql, _connection);

            // Half of an id of version 7 that is random, as Deliveries.Overlooked reads it; two lanes that share it merely wait for each other.
            command.Parameters.Add(new() { Value = BinaryPrimitives.ReadInt64BigEndian(subscription.ToByteArray(bigEndian: true).AsSpan(8)) });
            var answer = (bool)(await command.ExecuteScalarAsync(ct))!;
            Interlocked.Exchange(ref _seen, time.GetTimestamp());
            return answer;
        }
        catch
        {
            _held.Clear();
            if (_connection is { } broken)
            {
                _connection = null;
                await Free(broken);
            }

            throw;
        }
    }

    // A session that is still well goes back to the pool, and must not take the locks along.
    private static async Task Free(NpgsqlConnection connection)
    {
        try
        {
            await using var unlock = new NpgsqlCommand("select pg_advisory_unlock_all()", connection);
            await unlock.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception broken) when (broken is NpgsqlException or InvalidOperationException)
        {
            // Then the server has freed them.
        }

        await connection.DisposeAsync();
    }
}
