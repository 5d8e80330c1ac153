using Npgsql;
using Zaqar.Application;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Moving;

/// <summary>One segment of a queue's history as one of the databases has it.</summary>
/// <param name="Version">Its last event's version.</param>
/// <param name="ChangedAt">When that was appended.</param>
internal sealed record FoundStream(string Id, int Incarnation, int Segment, long Version, DateTimeOffset ChangedAt, DateTimeOffset CreatedAt)
{
    /// <summary>All that there are, in the order of the history.</summary>
    public static async Task<IReadOnlyList<FoundStream>> In(NpgsqlConnection database, QueueId queue, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "select id, version, timestamp, created from mt_streams where tenant_id = $1 and starts_with(id, $2)", database);
        command.Parameters.Add(new() { Value = queue.Project });
        command.Parameters.Add(new() { Value = $"queue/{queue.Name}/" });
        await using var row = await command.ExecuteReaderAsync(ct);
        var found = new List<FoundStream>();
        while (await row.ReadAsync(ct))
            if (StreamKey.TryReadQueue(row.GetString(0), out _, out var incarnation, out var segment))
                found.Add(new(row.GetString(0), incarnation, segment, row.GetInt64(1),
                    row.GetFieldValue<DateTimeOffset>(2), row.GetFieldValue<DateTimeOffset>(3)));

        return [.. found.OrderBy(stream => stream.Incarnation).ThenBy(stream => stream.Segment)];
    }
}
