using Npgsql;
using Zaqar.Domain.Queues;

namespace Zaqar.Integration.Deliveries;

/// <summary>
/// Writes rows of deliveries straight to the table, so that each state is there at will: far ahead in time, so that none of them is due
/// and none forgotten.
/// </summary>
internal static class DeliveryRows
{
    private static readonly DateTimeOffset _start = TimeProvider.System.GetUtcNow();
    private static long _made;

    /// <summary>A delivery that waits for its first attempt.</summary>
    internal static async Task<Guid> Waiting(this NpgsqlDataSource database, QueueId queue, Guid subscription)
    {
        var id = NewId();
        await database.Write(
            """
            insert into delivery (id, project, queue, subscription, kind, event, message, status, attempts, created_at, next_at)
            values ($1, $2, $3, $4, 'Notification', 1, $5, 'waiting', 0, '2099-11-23T09:00:00.123456Z', '2099-11-23T09:00:01Z')
            """, id, queue.Project, queue.Name, subscription, Guid.Parse("00000000-0000-0001-9f3c-51a7f0f3e2b8"));
        return id;
    }

    /// <summary>A delivery that was tried and has ended.</summary>
    /// <param name="status"><c>delivered</c> or <c>failed</c>.</param>
    internal static async Task<Guid> Ended(this NpgsqlDataSource database, QueueId queue, Guid subscription, string status)
    {
        var id = await database.Waiting(queue, subscription);
        await database.Write(
            """
            update delivery set status = $2, attempts = 3, next_at = null, tried_at = '2099-11-23T11:00:05+02', ended_at = '2099-11-23T09:00:05.25Z',
                last_status = 503, last_reason = 'The subscriber answered 503.', latency_ms = 17
            where id = $1
            """, id, status);
        return id;
    }

    // Ids rise, also within a millisecond.
    private static Guid NewId() => Guid.CreateVersion7(_start.AddMilliseconds(Interlocked.Increment(ref _made)));

    private static async Task Write(this NpgsqlDataSource database, string sql, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });

        await command.ExecuteNonQueryAsync();
    }
}
