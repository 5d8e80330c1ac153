using MediatR;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Zaqar.Application;
using Zaqar.Application.Subscriptions;
using Zaqar.Domain;
using Zaqar.Domain.Queues;
using Zaqar.Domain.Subscriptions;

namespace Zaqar.Infrastructure.Following;

/// <summary>
/// Keeps the subscriptions of connections true to the connections: says that this node lives, for as long as it has any, and ends those whose
/// connection, or whose node, is gone.
/// </summary>
internal sealed partial class NodeHeartbeat(
    NodeIdentity node, QueueFeeds feeds, NpgsqlDataSource database, DatabaseClock clock, Mediator mediator, TimeProvider time,
    ILogger<NodeHeartbeat> log) : BackgroundService
{
    /// <summary>A node that has not been heard of for so long is gone.</summary>
    internal static readonly TimeSpan GoneAfter = TimeSpan.FromSeconds(60);

    /// <summary>A subscription of ours that nobody follows by then has lost its connection.</summary>
    private static readonly TimeSpan _lostAfter = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan _tick = TimeSpan.FromSeconds(10);
    private const int MaxAtOnce = 100;

    private volatile bool _isSubscribing;
    private bool _isInterrupted;

    // Rounds have succeeded since. Whoever could not speak to the database must not take others for dead that could not either.
    private long _steadySince = time.GetTimestamp();

    /// <summary>Says that this node lives, before the first of its connections subscribes.</summary>
    public async Task Begin(CancellationToken ct)
    {
        if (_isSubscribing)
            return;

        await SaySo(ct);
        _isSubscribing = true;
        node.BeginSubscribing();
    }

    /// <summary>Ends the subscriptions of this node's connections that are gone, and perhaps of nodes that are.</summary>
    /// <param name="judgesOthers">Not while this node itself could not have said that it lives.</param>
    public async Task Sweep(bool judgesOthers, CancellationToken ct)
    {
        // In every database: a queue that its connections follow may come here.
        if (node.IsSubscribing)
            await SaySo(ct);

        await feeds.EndLapsed(ct);
        foreach (var (queue, subscription, subscriber) in await Lost(node.Followed, judgesOthers, ct))
        {
            try
            {
                await mediator.Send(new DeleteSubscription(queue, subscription, Actor.System, DeletionReason.Disconnected, subscriber), ct);
            }
            catch (QueueHeld)
            {
                // It is being moved since it was looked up; whoever has it then looks again.
            }
        }

        await using var forget = database.CreateCommand(
            "delete from node n where n.seen_at < now() + $1 - $2 and not exists (select from subscription s where s.node = n.id)");
        forget.Parameters.Add(new() { Value = clock.Ahead });
        forget.Parameters.Add(new() { Value = GoneAfter });
        await forget.ExecuteNonQueryAsync(ct);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_tick, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await Round(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Going down: connections end their subscriptions themselves, and the nodes that stay end what is left.
        }
    }

    private async Task Round(CancellationToken ct)
    {
        try
        {
            await Sweep(time.GetElapsedTime(_steadySince) > GoneAfter, ct);
            _isInterrupted = false;
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            // Once, not every time, for as long as the database is away.
            if (!_isInterrupted)
                LogInterrupted(log, failure);
            _isInterrupted = true;
            _steadySince = time.GetTimestamp();
        }
    }

    private async Task SaySo(CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            "insert into node (id, seen_at) values ($1, now() + $2) on conflict (id) do update set seen_at = excluded.seen_at");
        command.Parameters.Add(new() { Value = node.Id });
        command.Parameters.Add(new() { Value = clock.Ahead });
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task<List<(QueueId Queue, Guid Subscription, string Subscriber)>> Lost(Guid[] followed, bool judgesOthers, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            select s.project, s.queue, s.id, s.subscriber from subscription s left join node n on n.id = s.node
            where s.node is not null and (
                $7 and s.node <> $1 and coalesce(n.seen_at, '-infinity') < now() + $2 - $3
                or s.node = $1 and s.created_at < now() + $2 - $4 and not s.id = any($5))
                and not exists (select from queue q where q.project = s.project and q.name = s.queue and q.held is not null)
            limit $6
            """);
        command.Parameters.Add(new() { Value = node.Id });
        command.Parameters.Add(new() { Value = clock.Ahead });
        command.Parameters.Add(new() { Value = GoneAfter });
        command.Parameters.Add(new() { Value = _lostAfter });
        command.Parameters.Add(new() { Value = followed });
        command.Parameters.Add(new() { Value = MaxAtOnce });
        command.Parameters.Add(new() { Value = judgesOthers });
        await using var row = await command.ExecuteReaderAsync(ct);
        var lost = new List<(QueueId, Guid, string)>();
        while (await row.ReadAsync(ct))
            lost.Add((new(row.GetString(0), row.GetString(1)), row.GetGuid(2), row.GetString(3)));
        return lost;
    }

    [LoggerMessage(1, LogLevel.Warning, "Looking after the subscriptions of connections was interrupted; it goes on at the next round.")]
    private static partial void LogInterrupted(ILogger log, Exception failure);
}
