using System.Diagnostics;
using System.Security.Cryptography;
using MediatR;
using Microsoft.Extensions.Logging;
using Zaqar.Application.Claims;
using Zaqar.Application.Messages;
using Zaqar.Application.Queues;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Application.Health;

/// <summary>Tries the service out on a queue of its own, in a project of its own, and leaves nothing behind.</summary>
/// <remarks>
/// It takes <see cref="HealthSettings.Limit"/> at most, whatever the database does, and never fails: what goes wrong is in the report. A check that
/// was cut off, or that failed somewhere, may have something under way still, so what it has made is left to a sweeper, which comes a minute later.
/// </remarks>
public sealed record CheckHealth(Actor By) : IRequest<HealthReport>;

internal sealed partial class CheckHealthHandler(
    Mediator mediator, IHealthTraces traces, ReadDatabase database, DatabaseClock clock, HealthSettings settings, TimeProvider time,
    ILogger<CheckHealthHandler> log)
    : IRequestHandler<CheckHealth, HealthReport>
{
    private const int Messages = 100;

    public async Task<HealthReport> Handle(CheckHealth request, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(settings.Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var ct = either.Token;
        var queue = HealthQueue.New();

        try
        {
            await traces.Open(queue, ct).WaitAsync(ct);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            var reference = Guid.NewGuid().ToString();
            LogUnreachable(log, reference, failure);
            return HealthReport.Unreachable(reference);
        }

        var operations = await TryAll(queue.Id, request.By, ct, cancellationToken);
        if (operations.All(operation => operation.Succeeded))
            await Clear(queue, ct, cancellationToken);

        return new(true, operations, await Volume(ct, cancellationToken));
    }

    private async Task<IReadOnlyList<OperationHealth>> TryAll(QueueId queue, Actor by, CancellationToken ct, CancellationToken caller)
    {
        var operations = new List<OperationHealth>();
        IReadOnlyList<MessageId> ids = [];
        ClaimTaken? claim = null;

        await Try(() => mediator.Send(new CreateQueue(queue, by, QueueMetadata.Empty), ct));
        await Try(async () => ids = await mediator.Send(new PostMessages(queue, by, Drafts(), Messages * 2), ct));
        await Try(async () => claim = await mediator.Send(new ClaimMessages(queue, by, 10, 60, 300, TimeSpan.Zero), ct));
        await Try(() => mediator.Send(new ListMessages(queue, null, 10, null, true, true, TimeSpan.Zero), ct));
        await Try(() => mediator.Send(new DeleteMessage(queue, by, ids.Count > 0 ? ids[^1] : throw new NothingToTryOnException(), null), ct));
        await Try(() => mediator.Send(new ReleaseClaim(queue, by, claim?.Id ?? throw new NothingToTryOnException()), ct));
        await Try(() => mediator.Send(new DeleteMessages(queue, by, ids.Count > 0 ? ids : throw new NothingToTryOnException(), null), ct));
        await Try(() => mediator.Send(new DeleteQueue(queue, by), ct));
        return operations;

        async Task Try(Func<Task> operation)
        {
            var name = HealthReport.Names[operations.Count];
            var started = Stopwatch.GetTimestamp();
            string? reference = null;
            try
            {
                // After the limit nothing more is begun. What is under way goes on where it cannot be called back, and is not waited for.
                ct.ThrowIfCancellationRequested();
                await operation().WaitAsync(ct);
            }
            catch (Exception failure) when (!caller.IsCancellationRequested)
            {
                reference = Guid.NewGuid().ToString();
                LogFailed(log, name, reference, failure);
            }

            operations.Add(new(name, reference is null, Stopwatch.GetElapsedTime(started).TotalSeconds, reference));
        }
    }

    private async Task Clear(HealthQueue queue, CancellationToken ct, CancellationToken caller)
    {
        try
        {
            await traces.Clear(queue, ct).WaitAsync(ct);
        }
        catch (Exception failure) when (!caller.IsCancellationRequested)
        {
            LogNotCleared(log, failure);
        }
    }

    private async Task<MessageVolume?> Volume(CancellationToken ct, CancellationToken caller)
    {
        var command = database.CreateCommand(
            """
            with q as materialized (
                select id, total from queue
                where not deleted and project <> all (array(select 'health-' || replace(h.id::text, '-', '') from health_check h)))
            select (select coalesce(sum(total), 0)::bigint from q),
                (select count(*) from claim c join q on q.id = c.queue_id
                    cross join unnest(c.numbers) as n(number)
                    cross join lateral (select 1 from message m where m.queue_id = c.queue_id and m.number = n.number offset 0) m
                    where c.expires_at > statement_timestamp() + $1)
            """);
        command.Parameters.Add(new() { Value = clock.Ahead });
        try
        {
            return await database.Read(command, async reader =>
            {
                await reader.ReadAsync();
                var (total, claimed) = (reader.GetInt64(0), reader.GetInt64(1));
                return new MessageVolume(total - claimed, claimed, total);
            }, ct);
        }
        catch (Exception failure) when (!caller.IsCancellationRequested)
        {
            LogNotCounted(log, failure);
            return null;
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

    /// <summary>What an operation works on is missing, because the one that makes it has failed.</summary>
    private sealed class NothingToTryOnException() : Exception("An operation before it failed, and left nothing to try this one on.");

    [LoggerMessage(1, LogLevel.Error, "Health check: {Operation} failed, reference {Reference}.")]
    private static partial void LogFailed(ILogger log, string operation, string reference, Exception failure);

    [LoggerMessage(2, LogLevel.Error, "Health check: the storage does not answer, reference {Reference}.")]
    private static partial void LogUnreachable(ILogger log, string reference, Exception failure);

    [LoggerMessage(3, LogLevel.Warning, "Health check: what it made was not cleared away; the sweeper will.")]
    private static partial void LogNotCleared(ILogger log, Exception failure);

    [LoggerMessage(4, LogLevel.Warning, "Health check: the messages were not counted.")]
    private static partial void LogNotCounted(ILogger log, Exception failure);
}
