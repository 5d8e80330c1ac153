using Microsoft.Extensions.Logging;
using System.Diagnostics;
using System.Security.Cryptography;
using MediatR;
using Zaqar.Application.Claims;
using Zaqar.Application.Messages;
using Zaqar.Application.Queues;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Health;

/// <summary>Tries the service out on a queue of its own, in a project of its own, and cleans up after itself.</summary>
public sealed record CheckHealth(Actor By) : IRequest<HealthReport>;

/// <param name="Operations">In the order tried, named as the API names them.</param>
/// <param name="Volume">Messages of all projects.</param>
public sealed record HealthReport(bool StorageReachable, IReadOnlyList<OperationHealth> Operations, MessageVolume Volume);

/// <param name="Ref">What to look for in the log when it failed; null when it succeeded.</param>
public sealed record OperationHealth(string Name, bool Succeeded, double Seconds, string? Ref);

public sealed record MessageVolume(long Free, long Claimed, long Total);

internal sealed partial class CheckHealthHandler(Mediator mediator, ReadDatabase database, DatabaseClock clock, ILogger<CheckHealthHandler> log)
    : IRequestHandler<CheckHealth, HealthReport>
{
    private const int Messages = 100;

    public async Task<HealthReport> Handle(CheckHealth request, CancellationToken cancellationToken)
    {
        var name = $"health-{Guid.NewGuid():N}";
        var queue = new QueueId(name, name);
        var operations = new List<OperationHealth>();
        IReadOnlyList<MessageId> ids = [];
        ClaimTaken? claim = null;

        try
        {
            await Try("create_queue", () => mediator.Send(new CreateQueue(queue, request.By, QueueMetadata.Empty), cancellationToken));
            await Try("post_messages", async () => ids = await mediator.Send(
                new PostMessages(queue, request.By, Drafts(), Messages * 2), cancellationToken));
            await Try("claim_messages", async () => claim = await mediator.Send(
                new ClaimMessages(queue, request.By, 10, 60, 300, TimeSpan.Zero), cancellationToken));
            await Try("list_messages", () => mediator.Send(
                new ListMessages(queue, null, 10, null, true, true, TimeSpan.Zero), cancellationToken));
            await Try("delete_messages", () => ids.Count == 0
                ? Task.CompletedTask
                : mediator.Send(new DeleteMessage(queue, request.By, ids[^1], null), cancellationToken));
            await Try("delete_claim", () => claim is null
                ? Task.CompletedTask
                : mediator.Send(new ReleaseClaim(queue, request.By, claim.Id), cancellationToken));
            await Try("bulk_delete_messages", () => mediator.Send(
                new DeleteMessages(queue, request.By, ids, null), cancellationToken));
        }
        finally
        {
            await Try("delete_queue", () => mediator.Send(new DeleteQueue(queue, request.By), CancellationToken.None));
        }

        return new(operations.Exists(operation => operation.Succeeded), operations, await Volume(cancellationToken));

        async Task Try(string operation, Func<Task> action)
        {
            var started = Stopwatch.GetTimestamp();
            string? reference = null;
            try
            {
                await action();
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                reference = Guid.NewGuid().ToString();
                LogFailed(log, operation, reference, failure);
            }

            operations.Add(new(operation, reference is null, Stopwatch.GetElapsedTime(started).TotalSeconds, reference));
        }
    }

    private static MessageDraft[] Drafts() =>
        [.. Enumerable.Range(0, Messages).Select(_ => new MessageDraft("{}"u8.ToArray(), 600, null, Nonce()))];

    private static long Nonce()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToInt64(bytes);
    }

    private Task<MessageVolume> Volume(CancellationToken ct)
    {
        var command = database.CreateCommand(
            """
            select (select coalesce(sum(total), 0)::bigint from queue where not deleted),
                (select count(*) from claim c join queue q on q.id = c.queue_id and not q.deleted
                    cross join unnest(c.numbers) as n(number)
                    cross join lateral (select 1 from message m where m.queue_id = c.queue_id and m.number = n.number offset 0) m
                    where c.expires_at > statement_timestamp() + $1)
            """);
        command.Parameters.Add(new() { Value = clock.Ahead });
        return database.Read(command, async reader =>
        {
            await reader.ReadAsync();
            var (total, claimed) = (reader.GetInt64(0), reader.GetInt64(1));
            return new MessageVolume(total - claimed, claimed, total);
        }, ct);
    }

    [LoggerMessage(1, LogLevel.Error, "Health check: {Operation} failed, reference {Reference}.")]
    private static partial void LogFailed(ILogger log, string operation, string reference, Exception failure);
}
