using System.Security.Cryptography;
using Marten;
using Marten.Services;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Zaqar.Application;
using Zaqar.Domain;
using Zaqar.Domain.Catalogue;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Pools;

/// <summary>
/// Which pool each queue's name is in, kept in the service's own database. A name that was placed stays where it is, whatever becomes of the queue,
/// until the queue moves: what is left of it (subscriptions, history) is there.
/// </summary>
/// <remarks>Source: API contract, section 10; ADR 0015.</remarks>
internal sealed class Catalogue(
    CatalogueMemory memory, PoolList pools, PoolingSettings settings, IDocumentStore store, NpgsqlDataSource database, ReadDatabase reads, DatabaseClock clock,
    TimeProvider time)
{
    private const int AdoptedAtOnce = 1_000;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    /// <summary>Finds the pool that a queue is served from.</summary>
    /// <returns><see cref="Placement.Home"/> also for a name that is in no pool: where it is not, all answers are those for a missing queue.</returns>
    public ValueTask<string> Find(QueueId queue, CancellationToken ct) =>
        memory.Find(queue) is { } pool ? ValueTask.FromResult(pool) : new(Ask(queue, ct));

    /// <summary>Finds the pool of a queue that is about to be made, and chooses one where it has none.</summary>
    /// <param name="flavor">As the queue's metadata will name it; it was found to be there.</param>
    /// <exception cref="NoPool">None takes it.</exception>
    public ValueTask<string> FindOrPlace(QueueId queue, string? flavor, Actor by, CancellationToken ct) =>
        memory.Find(queue) is { } pool ? ValueTask.FromResult(pool) : new(Place(queue, flavor, by, ct));

    /// <summary>Has the next one who wants to know ask.</summary>
    public void Forget(QueueId queue) => memory.Forget(queue);

    /// <summary>Gives a name that has no place one of its own choosing: what is posted to it from another queue goes where that queue is.</summary>
    /// <returns>Where it is.</returns>
    public async Task<string> PlaceAt(QueueId queue, string pool, Actor by, CancellationToken ct)
    {
        var row = await Read(queue, ct);
        return row.Pool ?? (row.IsHome ? Placement.Home : await Record(queue, _ => Task.FromResult<string?>(pool), by, ct));
    }

    /// <summary>Gives the queues that a pool's database has, and that have no place, their place there: it was a pool before.</summary>
    public async Task Adopt(PoolHost pool, Actor by, CancellationToken ct)
    {
        var database = pool.Services.GetRequiredService<NpgsqlDataSource>();
        var after = new QueueId("", "");
        while (true)
        {
            var page = new List<QueueId>(AdoptedAtOnce);
            await using (var command = database.CreateCommand(
                """
                select project, name from (
                    (select project, name from queue where (project, name) > ($1, $2) and not deleted and held is null
                        and not exists (select from health_check c where 'health-' || replace(c.id::text, '-', '') = project) order by project, name limit $3)
                    union
                    (select distinct project, queue from subscription where (project, queue) > ($1, $2) order by project, queue limit $3)) found
                order by project, name limit $3
                """))
            {
                command.Parameters.Add(new() { Value = after.Project });
                command.Parameters.Add(new() { Value = after.Name });
                command.Parameters.Add(new() { Value = AdoptedAtOnce });
                await using var row = await command.ExecuteReaderAsync(ct);
                while (await row.ReadAsync(ct))
                    page.Add(new(row.GetString(0), row.GetString(1)));
            }

            foreach (var queue in await Homeless(page, ct))
                await PlaceAt(queue, pool.Name, by, ct);
            if (page.Count < AdoptedAtOnce)
                return;
            after = page[^1];
        }
    }

    private Task<IReadOnlyList<QueueId>> Homeless(List<QueueId> queues, CancellationToken ct)
    {
        var command = reads.CreateCommand(
            """
            select w.project, w.name from unnest($1::text[], $2::text[]) as w(project, name)
            where not exists (select from placement p where p.project = w.project and p.queue = w.name)
            """);
        command.Parameters.Add(new() { Value = queues.Select(queue => queue.Project).ToArray() });
        command.Parameters.Add(new() { Value = queues.Select(queue => queue.Name).ToArray() });
        return reads.Read<IReadOnlyList<QueueId>>(command, async row =>
        {
            var found = new List<QueueId>();
            while (await row.ReadAsync())
                found.Add(new(row.GetString(0), row.GetString(1)));
            return found;
        }, ct);
    }

    /// <summary>Pools, this database not among them, that hold names of a project.</summary>
    public Task<IReadOnlyList<string>> PoolsOf(string project, CancellationToken ct)
    {
        var command = reads.CreateCommand("select distinct pool from placement where project = $1 and pool <> '' order by pool");
        command.Parameters.Add(new() { Value = project });
        return reads.Read<IReadOnlyList<string>>(command, async row =>
        {
            var names = new List<string>();
            while (await row.ReadAsync())
                names.Add(row.GetString(0));
            return names;
        }, ct);
    }

    /// <summary>Whether a project has a flavor of that name.</summary>
    public async Task<bool> HasFlavor(string project, string flavor, CancellationToken ct)
    {
        var command = reads.CreateCommand("select true from flavor where project = $1 and name = $2");
        command.Parameters.Add(new() { Value = project });
        command.Parameters.Add(new() { Value = flavor });
        return await reads.Scalar(command, ct) is true;
    }

    /// <summary>Chooses a pool as for a new queue.</summary>
    /// <returns>Null when none takes it.</returns>
    public async Task<string?> Choose(string? flavor, CancellationToken ct)
    {
        var offers = await pools.Read(ct);
        return Placement.Choose([.. offers.Select(pool => pool.Offer)], flavor, Draw);
    }

    /// <summary>Whether a queue of a flavor may stay in a pool.</summary>
    /// <param name="flavor">Null for a queue of no flavor, which may stay where the pool has none, and where no pool is without one.</param>
    /// <param name="isNew">Whether it is only just made: then it does not stay where the pool takes no more.</param>
    public async Task<bool> IsOf(string pool, string? flavor, bool isNew, CancellationToken ct)
    {
        var all = await pools.Read(ct);
        return all.Select(one => one.Offer).FirstOrDefault(one => one.Name == pool) is { } own && (own.Weight > 0 || !isNew)
            && (own.Flavor == flavor || (flavor is null && all.All(one => one.Offer is { Flavor: not null } or { Weight: 0 })));
    }

    /// <summary>Begins a move, unless the queue is elsewhere by now.</summary>
    /// <exception cref="QueueMoving">The queue is on one.</exception>
    public Task BeginMove(QueueId queue, string from, string to, Actor by, CancellationToken ct) => Write<bool>(queue, row =>
        row.Move is not null ? throw new QueueMoving(queue)
        : row.At != from || from == to ? (false, [])
        : (true, [new QueueMoveStarted(Guid.CreateVersion7(row.Now), row.At, to, row.Now, by)]), ct);

    /// <summary>Whether a queue that is said to have left a pool is nowhere else: it was there before, and the pool that it had left for was deleted.</summary>
    public async Task<bool> IsStill(QueueId queue, string pool, CancellationToken ct) => await Read(queue, ct) is { Move: null } row && row.At == pool;

    /// <exception cref="QueueMoving">The queue is on a move.</exception>
    public async Task CheckStill(QueueId queue, CancellationToken ct)
    {
        if ((await Read(queue, ct)).Move is not null)
            throw new QueueMoving(queue);
    }

    /// <summary>Records that a move has got so far that the queue is served where it moves to.</summary>
    /// <exception cref="MoveRefused">It was called off.</exception>
    public Task Switch(QueueMoveRow move, CancellationToken ct) => Write<bool>(move.Queue, row =>
        row.Move != move.Move || row.State == MoveState.Failing ? throw new MoveRefused("The move was called off.")
        : (true, row.State == MoveState.Switched ? [] : [new QueueMoveSwitched(move.Move, move.To, row.Now)]), ct);

    /// <summary>Whether a move has got so far that the queue is served from where it moves to.</summary>
    /// <exception cref="MoveRefused">It was called off, or is over.</exception>
    public Task<bool> HasSwitched(QueueMoveRow move, CancellationToken ct) => Write<bool>(move.Queue, row =>
        row.Move != move.Move || row.State == MoveState.Failing ? throw new MoveRefused("The move was called off.") : (row.State == MoveState.Switched, []), ct);

    /// <summary>Calls a move off.</summary>
    /// <param name="reason">A sentence for operators.</param>
    /// <returns>False when it is too late: it has switched, or is over.</returns>
    public Task<bool> Fail(QueueMoveRow move, string reason, CancellationToken ct) => Write<bool>(move.Queue, row =>
        row.Move != move.Move || row.State == MoveState.Switched ? (false, [])
        : (true, row.State == MoveState.Failing ? [] : [new QueueMoveFailed(move.Move, reason, row.Now)]), ct);

    /// <summary>Records the end of a move that has switched or was called off, when nothing is left to be done.</summary>
    public Task EndMove(QueueMoveRow move, CancellationToken ct) => Write<bool>(move.Queue, row =>
        (true, row.Move == move.Move ? [new QueueMoveEnded(move.Move, row.Now)] : []), ct);

    /// <summary>The moves that are not over, oldest first.</summary>
    public Task<IReadOnlyList<QueueMoveRow>> Moves(int limit, CancellationToken ct)
    {
        var command = reads.CreateCommand(
            "select project, queue, move, moving_from, moving_to, state from placement where state <> 'failed' order by move limit $1");
        command.Parameters.Add(new() { Value = limit });
        return reads.Read<IReadOnlyList<QueueMoveRow>>(command, async row =>
        {
            var moves = new List<QueueMoveRow>();
            while (await row.ReadAsync())
                moves.Add(new(new(row.GetString(0), row.GetString(1)), row.GetGuid(2), row.GetString(3), row.GetString(4), row.GetString(5)));
            return moves;
        }, ct);
    }

    private async Task<string> Ask(QueueId queue, CancellationToken ct)
    {
        try
        {
            return (await Read(queue, ct).WaitAsync(Patience(queue), time, ct)).At;
        }
        catch (Exception away) when (away is NpgsqlException or TimeoutException && memory.Recall(queue) is not null)
        {
            // Whoever moves a queue asks the catalogue too; what changes the queue is refused where it has left.
            return memory.Recall(queue)!;
        }
    }

    private async Task<string> Place(QueueId queue, string? flavor, Actor by, CancellationToken ct)
    {
        Row row;
        try
        {
            row = await Read(queue, ct).WaitAsync(Patience(queue), time, ct);
        }
        catch (Exception away) when (away is NpgsqlException or TimeoutException && memory.Recall(queue) is not null)
        {
            return memory.Recall(queue)!;
        }

        if (row.Pool is { } pool)
            return pool;

        return row.IsHome ? Placement.Home : await Record(queue, async token => await Choose(flavor, token), by, ct);
    }

    // Chosen before anything is locked; of two who choose at once, the one who records first has chosen.
    private async Task<string> Record(QueueId queue, Func<CancellationToken, Task<string?>> choose, Actor by, CancellationToken ct)
    {
        var chosen = await choose(ct);
        if (chosen is null)
            chosen = settings.EnableVirtualPool ? Placement.Home : throw new NoPool(queue);

        return await Write<string>(queue, row => row.Pool is { } pool ? (pool, []) : (chosen, [new QueuePlaced(chosen, row.Now, by)]), ct);
    }

    // Who has an idea of it already does not wait long to have it confirmed.
    private TimeSpan Patience(QueueId queue) => memory.Recall(queue) is null ? Timeout.InfiniteTimeSpan : _patience;

    // A name that is not placed may be in this database: from before there were pools, or because no pool took it.
    private async Task<Row> Read(QueueId queue, CancellationToken ct)
    {
        var generation = memory.Generation;
        var command = reads.CreateCommand(Row.Select);
        Row.Identify(command, queue, clock);
        var row = await reads.Read(command, Row.Read, ct);
        if (row.Move is null && row.Pool is not null)
            memory.Remember(queue, row.Pool, generation);
        return row;
    }

    private async Task<T> Write<T>(QueueId queue, Func<Row, (T Answer, object[] Events)> decide, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var session = store.LightweightSession(SessionOptions.ForTransaction(transaction));
        await using (var take = new NpgsqlCommand(
            """
            select pg_advisory_xact_lock_shared(hashtextextended(current_schema() || '.pools', 0)),
                pg_advisory_xact_lock(hashtextextended(current_schema() || '.placement.' || $1 || '/' || $2, 0))
            """, connection))
        {
            take.Parameters.Add(new() { Value = queue.Name });
            take.Parameters.Add(new() { Value = queue.Project });
            await take.ExecuteNonQueryAsync(ct);
        }

        Row row;
        await using (var command = new NpgsqlCommand(Row.Select, connection))
        {
            Row.Identify(command, queue, clock);
            await using var reader = await command.ExecuteReaderAsync(ct);
            row = await Row.Read(reader);
        }

        var (answer, events) = decide(row);
        if (events.Length == 0)
            return answer;

        // No pool comes or goes while the lock is held.
        foreach (var name in events.SelectMany(PoolsIn).Where(name => name != Placement.Home))
            if (!await HasPool(connection, name, ct))
                throw new NoPool(queue);

        session.ForTenant(queue.Project).Events.Append(StreamKey.OfPlacement(queue.Name), events);
        await session.SaveChangesAsync(ct);

        // Once it is sent, its outcome is waited for.
        await transaction.CommitAsync(CancellationToken.None);
        memory.Forget(queue);
        return answer;
    }

    private static string[] PoolsIn(object @event) => @event switch
    {
        QueuePlaced placed => [placed.Pool],
        QueueMoveStarted started => [started.From, started.To],
        _ => [],
    };

    private static async Task<bool> HasPool(NpgsqlConnection connection, string name, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select exists (select from pool where name = $1)", connection);
        command.Parameters.Add(new() { Value = name });
        return await command.ExecuteScalarAsync(ct) is true;
    }

    private static long Draw(long below)
    {
        // Without a bias that anyone could measure: 2^64 against sums far below 2^50.
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return (long)(BitConverter.ToUInt64(bytes) % (ulong)below);
    }

    /// <param name="Pool">Null for a name that was never placed.</param>
    /// <param name="Move">Null when none is under way.</param>
    /// <param name="State">See <see cref="MoveState"/>.</param>
    /// <param name="IsHome">Whether this database holds anything of that name.</param>
    private sealed record Row(string? Pool, Guid? Move, string? State, bool IsHome, DateTimeOffset Now)
    {
        public const string Select =
            """
            select p.pool, case when p.state <> 'failed' then p.move end, p.state, p.pool is null and (
                exists (select from queue q where q.project = $1 and q.name = $2 and q.held is distinct from 'gone')
                or exists (select from subscription s where s.project = $1 and s.queue = $2)), statement_timestamp() + $3
            from (select) one left join placement p on p.project = $1 and p.queue = $2
            """;

        public string At => Pool ?? Placement.Home;

        public static void Identify(NpgsqlCommand command, QueueId queue, DatabaseClock clock)
        {
            command.Parameters.Add(new() { Value = queue.Project });
            command.Parameters.Add(new() { Value = queue.Name });
            command.Parameters.Add(new() { Value = clock.Ahead });
        }

        public static async Task<Row> Read(NpgsqlDataReader reader)
        {
            await reader.ReadAsync();
            return new(reader.IsDBNull(0) ? null : reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetGuid(1),
                reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.GetBoolean(3), reader.GetFieldValue<DateTimeOffset>(4));
        }
    }
}

/// <summary>A move that is not over.</summary>
/// <param name="State">See <see cref="MoveState"/>.</param>
internal sealed record QueueMoveRow(QueueId Queue, Guid Move, string From, string To, string State);

/// <summary>How far a move has got, as the catalogue spells it.</summary>
internal static class MoveState
{
    /// <summary>Served from where it was.</summary>
    public const string Moving = "moving";

    /// <summary>Served from where it moves to; something is left to be cleared away.</summary>
    public const string Switched = "switched";

    /// <summary>Called off, and served from where it was; something is left to be cleared away.</summary>
    public const string Failing = "failing";
}
