using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Zaqar.Application.Committing;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Committing;

/// <summary>
/// Commits simultaneous commands together. Commands wait in a bounded channel; one loop takes what waits, decides it on fresh state
/// in one transaction, and answers every caller after the commit. There is no timer: while one batch is being flushed the next one
/// gathers, so a lone command commits at once and a flood in batches.
/// </summary>
/// <remarks>
/// <para>
/// Nodes need not know of each other. Each batch reads its queues' state, and appends with the version it read: whoever comes second
/// loses, and decides again on fresh state, this time behind a row lock (see <see cref="Batch"/>).
/// </para>
/// <para>
/// A process that dies leaves either a committed batch or nothing. A commit whose outcome is unknown (the connection broke during
/// COMMIT) is never tried again: its callers get 503. Source: ADR 0001.
/// </para>
/// </remarks>
internal sealed partial class Committer(BatchWriter writer, ILogger<Committer> log) : BackgroundService, ICommitter
{
    private const int MaxWaiting = 20_000;
    private const long MaxWaitingBytes = 64 << 20;
    private const int MaxBatch = 500;
    private const long MaxBatchBytes = 1 << 20;
    private const int MaxBatchLine = 600;
    private const int MaxAttempts = 6;

    private readonly Channel<PendingCommand> _waiting = Channel.CreateBounded<PendingCommand>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private long _waitingBytes;

    public Task<TAnswer> Commit<TAnswer>(
        QueueId queue, Needs needs, Func<QueueState, DateTimeOffset, Decision<TAnswer>> decide, Actor by, CancellationToken ct)
    {
        var command = new PendingCommand<TAnswer>(queue, needs, decide, by, ct);
        if (Interlocked.Add(ref _waitingBytes, needs.Bytes) > MaxWaitingBytes || !_waiting.Writer.TryWrite(command))
        {
            Interlocked.Add(ref _waitingBytes, -needs.Bytes);
            throw new ServiceBusy("Too many requests wait to be committed.");
        }

        return command.Answered;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<PendingCommand>(MaxBatch);
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                Gather(batch);
                if (batch.Count > 0)
                    await Commit(batch, stoppingToken);
                batch.Clear();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Going down; whoever still waits is told so.
        }
        finally
        {
            _waiting.Writer.TryComplete();
            FailWaiting("The service is going down.");
        }
    }

    private void Gather(List<PendingCommand> batch)
    {
        var (bytes, line) = (0L, 0);
        while (batch.Count < MaxBatch && bytes < MaxBatchBytes && line < MaxBatchLine && _waiting.Reader.TryRead(out var command))
        {
            Interlocked.Add(ref _waitingBytes, -command.Needs.Bytes);
            if (command.IsGivenUp)
            {
                command.GiveUp();
                continue;
            }

            bytes += command.Needs.Bytes;
            line += command.Needs.Line + command.Needs.Expired / 2 + (command.Needs.PurgeUpTo > 0 ? QueueDecider.PurgeChunk / 2 : 0);
            batch.Add(command);
        }
    }

    /// <summary>Carries a batch out and answers its callers, whatever happens.</summary>
    private async Task Commit(IReadOnlyList<PendingCommand> batch, CancellationToken stopping)
    {
        try
        {
            if (await Attempt(batch, stopping) is not { } failure)
                return;

            LogBatchFailed(log, batch.Count, failure);
            if (IsOutage(failure))
            {
                // Whoever waits behind would wait out the same time-outs one after another.
                Fail(batch, new ServiceBusy("The database is away."));
                FailWaiting("The database is away.");
                return;
            }

            // One command may be what the database or a rule chokes on; alone, each gets its own verdict and the others get through.
            foreach (var command in batch)
            {
                var verdict = batch.Count == 1 ? failure : await Attempt([command], stopping);
                if (verdict is not null)
                    command.Fail(IsOutage(verdict) || verdict is NpgsqlException || verdict.InnerException is NpgsqlException || Fence.IsLost(verdict)
                        ? new ServiceBusy("The database did not carry the request out.")
                        : verdict);
            }
        }
        catch (OperationCanceledException)
        {
            Fail(batch, new ServiceBusy("The service is going down."));
        }
        catch (OutcomeUnknownException unknown)
        {
            LogOutcomeUnknown(log, batch.Count, unknown);
            Fail(batch, new ServiceBusy("Whether the request was carried out is unknown."));
        }
        catch (Exception bug)
        {
            // The loop must outlive any batch; the callers get the cause, and with it a 500.
            LogBatchFailed(log, batch.Count, bug);
            Fail(batch, bug);
        }
    }

    /// <returns>Null when the batch was carried out and answered; else why it was not, and then it has changed nothing.</returns>
    private async Task<Exception?> Attempt(IReadOnlyList<PendingCommand> batch, CancellationToken stopping)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                while (!await writer.Write(batch, stopping))
                {
                }

                foreach (var command in batch)
                    command.Answer();
                return null;
            }
            catch (Exception failure) when (Fence.IsLost(failure) && attempt < MaxAttempts)
            {
                writer.ExpectCompany();
            }
            catch (Exception failure) when (failure is not OutcomeUnknownException && !stopping.IsCancellationRequested)
            {
                return failure;
            }
        }
    }

    // The server answered: then it is there, whatever it said.
    private static bool IsOutage(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
            if (cause is PostgresException)
                return false;
            else if (cause is NpgsqlException or TimeoutException or IOException)
                return true;

        return false;
    }

    private void FailWaiting(string reason)
    {
        while (_waiting.Reader.TryRead(out var command))
        {
            Interlocked.Add(ref _waitingBytes, -command.Needs.Bytes);
            command.Fail(new ServiceBusy(reason));
        }
    }

    private static void Fail(IReadOnlyList<PendingCommand> batch, Exception reason)
    {
        foreach (var command in batch)
            command.Fail(reason);
    }

    [LoggerMessage(1, LogLevel.Warning, "A batch of {Commands} commands was not committed; nothing has changed.")]
    private static partial void LogBatchFailed(ILogger log, int commands, Exception failure);

    [LoggerMessage(2, LogLevel.Error, "The outcome of committing {Commands} commands is unknown; their callers are told so.")]
    private static partial void LogOutcomeUnknown(ILogger log, int commands, Exception failure);
}
