using Npgsql;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Subscriptions;

/// <summary>Lets one change at a time through to the subscriptions of a queue, on all nodes; held until the transaction ends.</summary>
/// <remarks>Who looks at the queue after taking it sees whether it is held; a move takes it after freezing, and so waits out who looked before.</remarks>
public static class SubscriptionLock
{
    /// <summary>The lock's key; its parameters are the queue's name and its project.</summary>
    internal const string Key = "hashtextextended(current_schema() || '.subscriptions.' || $1 || '/' || $2, 0)";

    public static async Task Take(NpgsqlConnection connection, QueueId queue, CancellationToken ct)
    {
        await using var take = new NpgsqlCommand($"select pg_advisory_xact_lock({Key})", connection);
        take.Parameters.Add(new() { Value = queue.Name });
        take.Parameters.Add(new() { Value = queue.Project });
        await take.ExecuteNonQueryAsync(ct);
    }

    /// <summary>What a change is told of a queue whose column <c>held</c> says so.</summary>
    internal static QueueHeld Refusal(QueueId queue, string held) => held == "gone" ? new QueueMoved(queue) : new QueueMoving(queue);
}
