using Microsoft.Extensions.Logging;
using Npgsql;
using Zaqar.Application;
using Zaqar.Application.Committing;
using Zaqar.Application.Encryption;
using Zaqar.Domain;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Letters;
using Zaqar.Infrastructure.Queues;
using Zaqar.Infrastructure.Waiting;

namespace Zaqar.Infrastructure.Committing;

/// <summary>
/// Writes one batch in one transaction: read what memory lacks and decide, then append, project and commit. That is two round trips, or one
/// where <see cref="QueueMemory"/> knows all.
/// </summary>
/// <remarks>
/// Optimistic while the node is alone. After a lost fence it takes row locks for a while: it then waits for the other node instead
/// of losing to it again.
/// </remarks>
internal sealed partial class BatchWriter(
    EventWriter events, NpgsqlDataSource database, DatabaseClock clock, QueueMemory memory, QueueNotices notices,
    LetterBox letters, ILetterRoute route, MessageSeal seal, CommitterSettings settings, TimeProvider time, ILogger<BatchWriter> log) : IAsyncDisposable
{
    private static readonly TimeSpan _companyStays = TimeSpan.FromSeconds(10);

    /// <summary>How long a batch is held up by the question where dead letters go; less than the server lets a transaction sit idle.</summary>
    private static readonly TimeSpan _routePatience = TimeSpan.FromSeconds(1);

    private NpgsqlConnection? _connection;
    private long _companySeen;
    private bool _hasCompany;

    /// <summary>Another node has just won a race for a queue.</summary>
    public void ExpectCompany()
    {
        if (!_hasCompany)
            LogCompany(log);
        (_hasCompany, _companySeen) = (true, time.GetTimestamp());
    }

    /// <returns>False when it only caught up, with claims that had run out or with another node: write again to have the commands decided.</returns>
    /// <exception cref="OutcomeUnknownException">COMMIT was sent and not answered. Any other exception: nothing has changed.</exception>
    public async Task<bool> Write(IReadOnlyList<PendingCommand> commands, CancellationToken stopping)
    {
        if (_hasCompany && time.GetElapsedTime(_companySeen) > _companyStays)
            _hasCompany = false;

        try
        {
            return (!_hasCompany && await WriteFromMemory(commands, stopping)) || await WriteFromReading(commands, stopping);
        }
        catch
        {
            // Whatever state the connection is in, the pool finds out; the next batch starts on a fresh one, and without memories.
            memory.Forget();
            await Drop();
            throw;
        }
    }

    /// <returns>False when memory does not suffice; then nothing was written.</returns>
    private async Task<bool> WriteFromMemory(IReadOnlyList<PendingCommand> commands, CancellationToken stopping)
    {
        var now = memory.Now;
        if (!memory.TryTell(commands, now, out var states))
            return false;

        var batch = new Batch(states, seal, settings.SegmentLength, now);
        batch.KeepBooks();
        var isWhole = true;
        foreach (var command in commands)
            isWhole &= batch.Decide(command) is null;

        // What is not proven by an append, or would touch a queue that was not thought of, is decided once more on what is read.
        if (!isWhole || states.Keys.Any(queue => !batch.Touches(queue)))
        {
            foreach (var queue in states.Keys)
                memory.Forget(queue);
            return false;
        }

        await Commit(await Connection(stopping), batch, begins: true, states.Keys.Any(memory.HasSubscribers));
        AfterCommit(() =>
        {
            foreach (var state in states.Values)
                memory.Keep(state);
            notices.Wake(batch.Replenished);
        });
        return true;
    }

    private async Task<bool> WriteFromReading(IReadOnlyList<PendingCommand> commands, CancellationToken stopping)
    {
        var connection = await Connection(stopping);
        var reader = new StateReader(connection, clock, memory, _hasCompany);
        var reading = await reader.Read(commands, stopping);
        if (reading.IsStale)
        {
            memory.Forget();
            await Abandon(connection, stopping);
            return false;
        }

        var batch = new Batch(reading.States, seal, settings.SegmentLength, reading.Now);
        batch.KeepBooks();
        if (reading.SawAllOverdueClaims)
            await Decide(batch, commands, reader, stopping);

        if (batch.Appends.Count == 0)
            await Abandon(connection, stopping);
        else
            await Commit(connection, batch, begins: false, reading.WithSubscribers.Count > 0);

        AfterCommit(() =>
        {
            foreach (var (queue, state) in reading.States)
                if (!_hasCompany && reading.SawAllOverdueClaims && reading.Until.TryGetValue(queue, out var until) && until > reading.Now)
                    memory.Keep(state, until, reading.WithSubscribers.Contains(queue));
                else
                    memory.Forget(queue);
            notices.Wake(batch.Replenished);
            if (batch.Letters.Count > 0)
                letters.Wake();
        });
        return reading.SawAllOverdueClaims;
    }

    // What is committed must never look as if it had failed: it would be carried out again.
    private void AfterCommit(Action remember)
    {
        try
        {
            remember();
        }
        catch (Exception bug)
        {
            memory.Forget();
            LogNotRemembered(log, bug);
        }
    }

    private async Task Decide(Batch batch, IReadOnlyList<PendingCommand> commands, StateReader reader, CancellationToken stopping)
    {
        Exception? lost = null;
        foreach (var command in commands)
        {
            if (batch.Decide(command) is not { } departure)
                continue;

            // Once in a batch is enough to wait for a route that does not answer.
            (var isHere, lost) = lost is null ? await Ask(departure, stopping) : (false, lost);
            if (lost is not null)
            {
                command.Refuse(lost);
            }
            else if (isHere)
            {
                await reader.ReadAlso(departure.To, stopping);
                if (batch.HasLeft(departure.To))
                    (isHere, lost) = await Ask(departure, stopping);
                if (lost is not null)
                    command.Refuse(lost);
                else if (isHere)
                    batch.Move(departure);
                else
                    batch.Send(departure);
            }
            else
            {
                batch.Send(departure);
            }
        }
    }

    // Only the command at hand depends on the answer, so a failure is its own and not the batch's.
    private async Task<(bool IsHere, Exception? Refusal)> Ask(Batch.Departure departure, CancellationToken stopping)
    {
        if (departure.To == departure.From)
            return (true, null);

        try
        {
            return (await route.IsHere(departure.To, stopping).AsTask().WaitAsync(_routePatience, time, stopping), null);
        }
        catch (RejectedException refusal)
        {
            return (false, refusal);
        }
        catch (Exception outage) when (!stopping.IsCancellationRequested
            && outage is NpgsqlException or TimeoutException or IOException or OperationCanceledException)
        {
            LogLost(log, departure.To.Name, outage);
            return (false, new ServiceBusy("Where dead letters go cannot be told."));
        }
        catch (Exception bug) when (!stopping.IsCancellationRequested)
        {
            LogLost(log, departure.To.Name, bug);
            return (false, bug);
        }
    }

    // Events, read models and COMMIT travel together. Not cancelled by a stop: a commit under way is waited for, within the connection's
    // own command time-out.
    private async Task Commit(NpgsqlConnection connection, Batch batch, bool begins, bool hasSubscribers)
    {
        await using var writing = new NpgsqlBatch(connection);
        if (begins)
            writing.BatchCommands.Add(new("begin"));

        var appends = batch.Appends.OrderBy(append => append.Queue).ToArray();
        EventWriter.MoveStreams(writing, appends);

        var changes = new QueueChanges();
        foreach (var append in appends)
            for (var i = 0; i < append.Events.Count; i++)
                changes.Add(append.Queue, append.Incarnation, append.From + i + 1, append.Events[i]);

        changes.WriteTo((sql, parameters) => Add(writing, sql, parameters));
        LetterBox.Write(batch.Letters, batch.Now, (sql, parameters) => Add(writing, sql, parameters));
        EventWriter.MarkNewStreams(writing, appends);
        events.InsertEvents(writing, appends, batch.Now);
        if (hasSubscribers)
            writing.BatchCommands.Add(new("call wake_relay()"));

        notices.Announce(batch.Replenished, (sql, parameters) => Add(writing, sql, parameters));
        writing.BatchCommands.Add(new("commit"));
        try
        {
            await writing.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception broken) when (Fence.LeavesOutcomeUnknown(broken))
        {
            throw new OutcomeUnknownException(broken);
        }
    }

    // Nothing was decided that changes anything; the transaction held a view of the time and perhaps locks.
    private static async Task Abandon(NpgsqlConnection connection, CancellationToken stopping)
    {
        await using var rollback = new NpgsqlCommand("rollback", connection);
        await rollback.ExecuteNonQueryAsync(stopping);
    }

    private static void Add(NpgsqlBatch batch, string sql, object[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in parameters)
            command.Parameters.Add(new() { Value = value });
        batch.BatchCommands.Add(command);
    }

    private async Task<NpgsqlConnection> Connection(CancellationToken stopping) =>
        _connection ??= await database.OpenConnectionAsync(stopping);

    private async Task Drop()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync() => await Drop();

    [LoggerMessage(2, LogLevel.Error, "A batch was committed, and could not be remembered.")]
    private static partial void LogNotRemembered(ILogger log, Exception bug);

    [LoggerMessage(3, LogLevel.Warning, "Where the dead letters for queue {Queue} go was not to be told; the claim that met them was refused.")]
    private static partial void LogLost(ILogger log, string queue, Exception failure);

    [LoggerMessage(1, LogLevel.Information, "Another node works on the same queues; taking row locks for a while.")]
    private static partial void LogCompany(ILogger log);
}
