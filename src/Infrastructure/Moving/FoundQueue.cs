using Npgsql;
using Zaqar.Application;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Queues;

namespace Zaqar.Infrastructure.Moving;

/// <summary>A queue's row as one of the databases has it.</summary>
/// <param name="Version">Events in its last segment's stream.</param>
/// <param name="Total">Messages in it.</param>
internal sealed record FoundQueue(QueueId Queue, int Incarnation, int Segment, long Version, bool Deleted, Hold? Hold, long Total)
{
    /// <summary>The key of its rows.</summary>
    public Guid Key => Queue.Key(Incarnation);

    /// <summary>The stream of its last segment.</summary>
    public string LastStream => StreamKey.OfQueue(Queue.Name, Incarnation, Segment);

    /// <returns>Null when there is none.</returns>
    public static async Task<FoundQueue?> In(NpgsqlDataSource database, QueueId queue, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            "select incarnation, segment, version, deleted, held, move, total from queue where project = $1 and name = $2");
        command.Parameters.Add(new() { Value = queue.Project });
        command.Parameters.Add(new() { Value = queue.Name });
        await using var row = await command.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct))
            return null;

        Hold? hold = row.IsDBNull(4) ? null : new(QueueHolds.Read(row.GetString(4)), row.GetGuid(5));
        return new(queue, row.GetInt32(0), row.GetInt32(1), row.GetInt64(2), row.GetBoolean(3), hold, row.GetInt64(6));
    }
}
