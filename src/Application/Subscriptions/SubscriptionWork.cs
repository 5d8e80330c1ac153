using Marten.Events;
using Npgsql;
using Zaqar.Domain.Queues;
using Zaqar.Domain.Subscriptions;

namespace Zaqar.Application.Subscriptions;

/// <summary>One transaction about the subscriptions of one queue: what a decision sees and what it leaves.</summary>
/// <param name="now">By the database's clock; all of the decision judges by it.</param>
internal sealed class SubscriptionWork(
    QueueId queue, NpgsqlConnection connection, IEventStoreOperations events, DateTimeOffset now, CancellationToken ct)
{
    private const int MaxMarkRounds = 5;

    private const string Select =
        "select id, subscriber, ttl, options, confirmed, created_at, expires_at, version, node from subscription where project = $1 and queue = $2";

    private readonly Dictionary<Guid, long> _versions = [];

    public DateTimeOffset Now { get; } = now;

    /// <summary>Whether anything was recorded.</summary>
    public bool HasChanges { get; private set; }

    /// <summary>By its id, live or over; null when the queue has none such.</summary>
    public async Task<SubscriptionState?> Find(Guid id) => (await Read($"{Select} and id = $3", id)).SingleOrDefault();

    /// <summary>By its subscriber, live or over; null when the queue has none such.</summary>
    public async Task<SubscriptionState?> Find(string subscriber) =>
        (await Read($"{Select} and subscriber = $3", subscriber)).SingleOrDefault();

    /// <summary>The oldest that were created by <paramref name="until"/>.</summary>
    public Task<List<SubscriptionState>> Oldest(DateTimeOffset until, int limit) =>
        Read($"{Select} and created_at <= $3 order by id limit $4", until, limit);

    /// <summary>Some that are over.</summary>
    public Task<List<SubscriptionState>> Over(int limit) => Read($"{Select} and expires_at <= $3 order by id limit $4", Now, limit);

    /// <summary>Whether the service itself made a trust for a subscription: its history says so.</summary>
    public async Task<bool> HasMade(Guid id, string trust) =>
        (await events.FetchStreamAsync(StreamKey.OfSubscription(id), token: ct)).Any(recorded => recorded.Data switch
        {
            SubscriptionCreated created => created.Trust == trust,
            SubscriptionChanged changed => changed.Trust == trust,
            _ => false,
        });

    /// <summary>Records events, of subscriptions that are new or were found here.</summary>
    public void Record(IReadOnlyList<object> decided)
    {
        foreach (var stream in decided.Cast<ISubscriptionEvent>().GroupBy(@event => @event.Id))
        {
            object[] recorded = [.. stream];
            var key = StreamKey.OfSubscription(stream.Key);
            if (recorded[0] is SubscriptionCreated)
                events.StartStream<Relayed>(key, recorded);
            else
                events.Append(key, _versions[stream.Key] + recorded.Length, recorded);

            HasChanges = true;
        }
    }

    /// <summary>Whether there is such a queue.</summary>
    public async Task<bool> QueueExists() => await Segment() is not null;

    /// <summary>Has the relay read the queue's history from here on.</summary>
    /// <returns>False when there is no such queue.</returns>
    /// <remarks>
    /// Marks the segment that is written to. Whoever appends takes the stream's row first, so once it is ours the segment can only be another
    /// if it was changed while we waited: then that one is marked too. Segments that are opened later are marked by who opens them.
    /// </remarks>
    /// <exception cref="ServiceBusy">The queue's history moves on faster than that.</exception>
    public async Task<bool> MarkQueue()
    {
        var segment = await Segment();
        for (var round = 0; round < MaxMarkRounds; round++)
        {
            if (segment is null)
                return false;

            await using var mark = new NpgsqlCommand(
                $"update mt_streams set type = '{Relayed.Name}' where tenant_id = $1 and id = $2", connection);
            mark.Parameters.Add(new() { Value = queue.Project });
            mark.Parameters.Add(new() { Value = segment });
            await mark.ExecuteNonQueryAsync(ct);

            var seen = segment;
            segment = await Segment();
            if (segment == seen)
                return true;
        }

        throw new ServiceBusy("The queue is too busy to be subscribed to.");
    }

    private async Task<string?> Segment()
    {
        await using var command = new NpgsqlCommand(
            "select incarnation, segment from queue where project = $1 and name = $2 and not deleted", connection);
        command.Parameters.Add(new() { Value = queue.Project });
        command.Parameters.Add(new() { Value = queue.Name });
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? StreamKey.OfQueue(queue.Name, row.GetInt32(0), row.GetInt32(1)) : null;
    }

    private async Task<List<SubscriptionState>> Read(string sql, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = queue.Project });
        command.Parameters.Add(new() { Value = queue.Name });
        foreach (var value in parameters)
            command.Parameters.Add(new() { Value = value });

        await using var row = await command.ExecuteReaderAsync(ct);
        var found = new List<SubscriptionState>();
        while (await row.ReadAsync(ct))
        {
            var state = new SubscriptionState(
                row.GetGuid(0), queue.Name, row.GetString(1), row.GetInt64(2), SubscriptionOptions.Stored(row.GetString(3)), row.GetBoolean(4),
                row.GetFieldValue<DateTimeOffset>(5), row.GetFieldValue<DateTimeOffset>(6), row.GetInt64(7), row.IsDBNull(8) ? null : row.GetGuid(8));
            _versions[state.Id] = state.Version;
            found.Add(state);
        }

        return found;
    }
}
