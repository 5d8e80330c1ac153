using JasperFx.Events;
using Marten;
using Marten.Services;
using Microsoft.Extensions.Logging;
using Npgsql;
using Zaqar.Application;
using Zaqar.Infrastructure.Waiting;

namespace Zaqar.Infrastructure.Committing;

/// <summary>Writes one batch in one transaction: read, decide, append with the inline projection, commit.</summary>
/// <remarks>
/// Optimistic while the node is alone. After a lost fence it takes row locks for a while: it then waits for the other node instead
/// of losing to it again.
/// </remarks>
internal sealed partial class BatchWriter(
    IDocumentStore store, NpgsqlDataSource database, DatabaseClock clock, QueueNotices notices, CommitterSettings settings,
    TimeProvider time, ILogger<BatchWriter> log) : IAsyncDisposable
{
    private static readonly TimeSpan _companyStays = TimeSpan.FromSeconds(10);

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

    /// <returns>False when it only caught up with claims that had run out: write again to have the commands decided.</returns>
    /// <exception cref="OutcomeUnknownException">COMMIT was sent and not answered. Any other exception: nothing has changed.</exception>
    public async Task<bool> Write(IReadOnlyList<PendingCommand> commands, CancellationToken stopping)
    {
        if (_hasCompany && time.GetElapsedTime(_companySeen) > _companyStays)
            _hasCompany = false;

        var connection = await Connection(stopping);
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(stopping);
            var reader = new StateReader(connection, clock, _hasCompany);
            var reading = await reader.Read(commands, stopping);
            var batch = new Batch(reading.States, settings.SegmentLength, reading.Now);
            batch.KeepBooks();
            if (reading.SawAllOverdueClaims)
                await Decide(batch, commands, reader, stopping);

            if (batch.Appends.Count > 0)
            {
                await Append(batch, transaction, stopping);
                await Commit(transaction);
                notices.Wake(batch.Replenished);
            }

            return reading.SawAllOverdueClaims;
        }
        catch
        {
            // Whatever state the connection is in, the pool finds out; the next batch starts on a fresh one.
            await Drop();
            throw;
        }
    }

    private static async Task Decide(Batch batch, IReadOnlyList<PendingCommand> commands, StateReader reader, CancellationToken stopping)
    {
        foreach (var command in commands)
            if (batch.Decide(command) is { } letters)
            {
                var target = command.Queue with { Name = letters.To };
                await reader.ReadAlso(target, stopping);
                batch.Receive(target, letters, command.By);
            }
    }

    private async Task Append(Batch batch, NpgsqlTransaction transaction, CancellationToken stopping)
    {
        await using var session = store.LightweightSession(SessionOptions.ForTransaction(transaction));
        var pending = session.PendingChanges.Streams();
        var streams = new List<StreamAction>(batch.Appends.Count);
        foreach (var append in batch.Appends.OrderBy(append => append.Queue))
        {
            streams.Add(session.ForTenant(append.Queue.Project).Events
                .Append(append.Stream, append.From + append.Events.Count, append.Events));

            // Marten finds a pending stream by its key alone: left there, it would take the events of another tenant's queue of that name.
            pending.Clear();
        }

        foreach (var stream in streams)
            pending.Add(stream);

        notices.Announce(session, batch.Replenished);
        await session.SaveChangesAsync(stopping);
    }

    // Not cancelled by a stop: a commit under way is waited for, within the connection's own command time-out.
    private static async Task Commit(NpgsqlTransaction transaction)
    {
        try
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (PostgresException refused) when (refused.SqlState[..2] is "40" or "23")
        {
            throw;
        }
        catch (Exception broken)
        {
            throw new OutcomeUnknownException(broken);
        }
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

    [LoggerMessage(1, LogLevel.Information, "Another node works on the same queues; taking row locks for a while.")]
    private static partial void LogCompany(ILogger log);
}
