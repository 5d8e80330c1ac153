using Npgsql;
using Zaqar.Application;
using Zaqar.Application.Committing;
using Zaqar.Application.Subscriptions;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Moving;

/// <summary>
/// Moves one queue, with its messages, history, ids, claims, subscriptions and deliveries, from one database to another: freeze, copy, switch, thaw.
/// While it is frozen, what would change it is refused with 503, and reads go on at the source.
/// </summary>
/// <remarks>
/// What is done is found in the two databases, so a move that was cut off anywhere is simply run again; before the switch it may be rolled back
/// instead. Whoever calls knows whether it was switched, and sees to it that a queue has one move at a time. Source: ADR 0018.
/// </remarks>
/// <param name="move">The move's id, the same each time it is run.</param>
internal sealed class QueueMove(PoolParts source, PoolParts target, QueueId queue, Guid move, TimeProvider time)
{
    private static readonly TimeSpan _betweenLooks = TimeSpan.FromMilliseconds(20);
    private static readonly Needs _whileHeld = new() { WhileHeld = true };

    private readonly QueueCopy _copy = new(source, target, queue, move);

    /// <summary>How long a frozen queue waits for what is under way for it; 30 seconds.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Told of each step that is done, and of each page that is copied, within whose transaction it is called: it takes milliseconds. What it throws cuts
    /// the move off.
    /// </summary>
    public Func<MoveProgress, Task> Passed { get; init; } = _ => Task.CompletedTask;

    /// <summary>Begins the move, or goes on where it was cut off, and ends it.</summary>
    /// <param name="hasSwitched">
    /// Whether the catalogue says that the queue lives in the target; throws <see cref="MoveRefused"/> when it says that the move was called off or is
    /// over. Asked when no other node is at this move, and again when the queue is frozen.
    /// </param>
    /// <param name="switch">Has the catalogue say so, unless the move was called off meanwhile: then it throws.</param>
    /// <exception cref="MoveRefused">It cannot be moved as things are.</exception>
    /// <exception cref="QueueNotFound">Likewise: there is no such queue.</exception>
    /// <exception cref="QueueHeld">Likewise: another move has it.</exception>
    /// <remarks>
    /// After an exception it is to be run again; or rolled back, but only once the catalogue says that it is called off: then no other run of it
    /// switches any more.
    /// </remarks>
    public async Task Run(Func<CancellationToken, Task<bool>> hasSwitched, Func<CancellationToken, Task> @switch, CancellationToken ct)
    {
        await using var alone = await MoveLock.Take(target.Database, queue, ct);
        if (!await hasSwitched(ct))
        {
            await Bring(alone.Session, hasSwitched, ct);
            await @switch(ct);
            await Pass(MoveStep.Switched);
        }

        await Arrive(ct);
        await Leave(ct);
    }

    /// <summary>Calls the move off: the queue stays where it was, as it was. Only once the catalogue says that it does.</summary>
    /// <remarks>What was copied is cleared away after the queue is in use again; where that is cut off, this is called again.</remarks>
    public async Task RollBack(CancellationToken ct)
    {
        await ThawSource(source, queue, move, ct);
        await using var alone = await MoveLock.Take(target.Database, queue, ct);
        await TakeBack(alone.Session, ct);
    }

    /// <summary>
    /// The part of <see cref="RollBack"/> that needs nothing of the target, which may be away: the queue is in use again where it was. Does nothing to a
    /// queue that the move has not frozen.
    /// </summary>
    public static Task ThawSource(PoolParts source, QueueId queue, Guid move, CancellationToken ct) =>
        source.Committer.Commit(queue, _whileHeld, (state, now) => QueueDecider.Thaw(state, move, now), Actor.System, ct);

    /// <summary>Lets a name be used in a database again that its queue has left, for a queue that is made anew.</summary>
    public static Task Readmit(PoolParts pool, QueueId queue, CancellationToken ct) =>
        pool.Committer.Commit(queue, _whileHeld, QueueDecider.Readmit, Actor.System, ct);

    private async Task Bring(NpgsqlConnection to, Func<CancellationToken, Task<bool>> hasSwitched, CancellationToken ct)
    {
        if (await FoundQueue.In(target.Database, queue, ct) is not { Hold: { Kind: HoldKind.Arriving } hold } || hold.Move != move)
        {
            await Begin(to, ct);
            await Pass(MoveStep.Begun);
            await _copy.History(to, () => Pass(MoveStep.Begun), ct);
            await Pass(MoveStep.HistoryCopied);

            // A relay that stands still would keep the queue frozen for nothing.
            foreach (var pool in new[] { source, target })
                await Until(RelayGoesOn(pool, await LastEvent(pool, ct)), $"The relay of {pool.Name} stands still.", ct);
            await Freeze(hasSwitched, ct);
            await Pass(MoveStep.Frozen);
            await Quieten(ct);
            await Pass(MoveStep.Quiet);
            await _copy.History(to, () => Pass(MoveStep.Quiet), ct);
            await _copy.Rest(to, () => Pass(MoveStep.Quiet), ct);
        }

        await Pass(MoveStep.Copied);
        await Relay(to, ct);
        await Pass(MoveStep.Relayed);
        if ((await FoundQueue.In(source.Database, queue, ct))?.Hold != new Hold(HoldKind.Leaving, move))
            throw new MoveRefused($"The {queue.Noun} {queue.ShownName} is not frozen for this move any more.");
    }

    // What is there of an earlier move that brought the queue here, or did not get to it, makes room. All else is in the way.
    private async Task Begin(NpgsqlConnection to, CancellationToken ct)
    {
        if ((await FoundQueue.In(source.Database, queue, ct)) is not { Deleted: false })
            throw new QueueNotFound(queue);

        var found = await FoundQueue.In(target.Database, queue, ct);
        var begun = await ArrivalMove(target, ct);
        if (begun == move)
            return;

        // What another move has begun and was cut off is in nobody's way.
        if (begun is null)
            await CheckRoom(to, found, ct);

        // The row of this move says that there is room.
        if (found is not null || begun is not null)
            await QueueRemains.Clear(to, queue, keep: null, ct);
        await Execute(to,
            "insert into arrival (project, name, move) values ($1, $2, $3) on conflict (project, name) do update set move = excluded.move", ct, move);
    }

    /// <exception cref="MoveRefused">There is none.</exception>
    private async Task CheckRoom(NpgsqlConnection to, FoundQueue? found, CancellationToken ct)
    {
        if (found is { Deleted: false } or { Hold.Kind: HoldKind.Arriving })
            throw new MoveRefused($"{target.Name} has a {queue.Noun} {queue.ShownName} already.");
        if (found is { Hold: null } || (found is null && (await FoundStream.In(to, queue, ct)).Count > 0))
            throw new MoveRefused($"{target.Name} still keeps the history of a {queue.Noun} {queue.ShownName} that was deleted.");
        if (found is null && (await QueueRemains.SubscriptionsOf(to, queue, ct)).Length > 0)
            throw new MoveRefused($"{target.Name} has subscriptions of a {queue.Noun} {queue.ShownName} already.");
    }

    // Whoever has lost its lock meanwhile may freeze a queue whose move was called off, and nobody else would thaw it.
    private async Task Freeze(Func<CancellationToken, Task<bool>> hasSwitched, CancellationToken ct)
    {
        await source.Committer.Commit(queue, _whileHeld, (state, now) => QueueDecider.Freeze(state, move, target.Name, now), Actor.System, ct);
        try
        {
            await hasSwitched(ct);
        }
        catch (MoveRefused)
        {
            await ThawSource(source, queue, move, CancellationToken.None);
            throw;
        }
    }

    // All that the source has to do for the queue is done, or will be found undone by the target.
    private async Task Quieten(CancellationToken ct)
    {
        // Whoever changes subscriptions and did not see the queue frozen is through after that.
        await using (var connection = await source.Database.OpenConnectionAsync(ct))
        await using (var transaction = await connection.BeginTransactionAsync(ct))
            await SubscriptionLock.Take(connection, queue, ct);

        await Until(HasRelayed(source), $"The relay of {source.Name} stands still.", ct);

        // An attempt that takes longer is made again by the target.
        await TryUntil(NothingIsDelivered, ct);
    }

    private async Task Relay(NpgsqlConnection to, CancellationToken ct)
    {
        await Until(HasRelayed(target), $"The relay of {target.Name} stands still.", ct);
        await Execute(to,
            $"""
            update mt_streams set type = '{Relayed.Name}' where tenant_id = $1 and id = any(array(
                select '{StreamKey.SubscriptionPrefix}' || id from subscription where project = $1 and queue = $2))
            """, ct);
    }

    private async Task Arrive(CancellationToken ct)
    {
        await target.Committer.Commit(queue, _whileHeld, (state, now) => QueueDecider.Arrive(state, move, source.Name, now), Actor.System, ct);
        await using (var command = target.Database.CreateCommand(
            """
            select s.id from subscription s where s.project = $1 and s.queue = $2
                and exists (select from delivery d where d.subscription = s.id and d.status = 'waiting')
            """))
        {
            Identify(command);
            await using var row = await command.ExecuteReaderAsync(ct);
            while (await row.ReadAsync(ct))
                await target.Deliveries.Wake(queue.Project, row.GetGuid(0));
        }

        await Pass(MoveStep.Arrived);
    }

    private async Task Leave(CancellationToken ct)
    {
        await CheckArrived(ct);
        await source.Committer.Commit(queue, _whileHeld, (state, now) => QueueDecider.Leave(state, move, target.Name, now), Actor.System, ct);
        await Pass(MoveStep.Left);

        // Another move may bring it back as soon as this one is over; it has to wait for the lock, and then finds the row of its own there.
        await using var alone = await MoveLock.Take(source.Database, queue, ct);
        if (await FoundQueue.In(source.Database, queue, ct) is { } left && left.Hold == new Hold(HoldKind.Gone, move) && await ArrivalMove(source, ct) is null)
            await QueueRemains.Clear(alone.Session, queue, left.LastStream, ct);
        await Pass(MoveStep.Cleared);
    }

    // A database that was put back to an earlier state may have lost the queue, or even have another of that name; then the source has the only one.
    private async Task CheckArrived(CancellationToken ct)
    {
        var left = await FoundQueue.In(source.Database, queue, ct);
        if (await FoundQueue.In(target.Database, queue, ct) is not { Hold: null } arrived || await ArrivalMove(target, ct) == move
            || (left is not null && (arrived.Incarnation, arrived.Segment).CompareTo((left.Incarnation, left.Segment)) <= 0))
            throw new MoveRefused($"{target.Name} does not have the {queue.Noun} {queue.ShownName} that it was given; {source.Name} keeps it.");
    }

    private async Task TakeBack(NpgsqlConnection to, CancellationToken ct)
    {
        // Again: a run that held the lock until now may have frozen it.
        await ThawSource(source, queue, move, ct);

        // From here on nobody takes the copy for whole.
        await Execute(to,
            """
            with copy as (delete from queue where project = $1 and name = $2 and held = 'arriving' and move = $3 returning project, name)
            insert into arrival (project, name, move) select project, name, $3 from copy on conflict do nothing
            """, ct, move);
        if (await ArrivalMove(target, ct) != move)
            return;

        await QueueRemains.Clear(to, queue, keep: null, ct);
        await Execute(to, "delete from arrival where project = $1 and name = $2 and move = $3", ct, move);
    }

    private async Task<Guid?> ArrivalMove(PoolParts pool, CancellationToken ct)
    {
        await using var command = pool.Database.CreateCommand("select move from arrival where project = $1 and name = $2");
        Identify(command);
        return await command.ExecuteScalarAsync(ct) as Guid?;
    }

    // The last thing that was recorded of a held queue is in its last stream. Without subscribers there is nothing to relay.
    private Func<CancellationToken, Task<bool>> HasRelayed(PoolParts pool) => async ct =>
    {
        await using var command = pool.Database.CreateCommand(
            """
            select not exists (select from subscription where project = $1 and queue = $2)
                or coalesce((select last_seq_id from mt_event_progression where name = 'relay:All'), 0) >= (
                    select max(e.seq_id) from queue q cross join lateral (
                        select * from mt_events e where e.tenant_id = q.project collate "default"
                            and e.stream_id = ('queue/' || q.name || '/' || q.incarnation || '/' || q.segment) collate "default" offset 0) e
                    where q.project = $1 and q.name = $2)
            """);
        Identify(command);
        return await command.ExecuteScalarAsync(ct) is true;
    };

    private Func<CancellationToken, Task<bool>> RelayGoesOn(PoolParts pool, long to) => async ct =>
    {
        await using var command = source.Database.CreateCommand("select exists (select from subscription where project = $1 and queue = $2)");
        Identify(command);
        await using var progress = pool.Database.CreateCommand(
            "select coalesce((select last_seq_id from mt_event_progression where name = 'relay:All'), 0)");
        return await command.ExecuteScalarAsync(ct) is false || (await progress.ExecuteScalarAsync(ct) is long reached && reached >= to);
    };

    private static async Task<long> LastEvent(PoolParts pool, CancellationToken ct)
    {
        await using var command = pool.Database.CreateCommand("select coalesce(max(seq_id), 0) from mt_events");
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    // A lane is a lock in the database; its key is what LaneLocks takes.
    private async Task<bool> NothingIsDelivered(CancellationToken ct)
    {
        await using var command = source.Database.CreateCommand(
            """
            with held as materialized (
                select (classid::bigint << 32) | objid::bigint as key from pg_locks where locktype = 'advisory' and objsubid = 1
            )
            select not exists (select from subscription s where s.project = $1 and s.queue = $2
                and exists (select from held where held.key = ('x' || right(replace(s.id::text, '-', ''), 16))::bit(64)::bigint))
            """);
        Identify(command);
        return await command.ExecuteScalarAsync(ct) is true;
    }

    private async Task Until(Func<CancellationToken, Task<bool>> holds, string refusal, CancellationToken ct)
    {
        if (!await TryUntil(holds, ct))
            throw new MoveRefused(refusal);
    }

    private async Task<bool> TryUntil(Func<CancellationToken, Task<bool>> holds, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        while (!await holds(ct))
        {
            if (time.GetElapsedTime(began) > Patience)
                return false;
            await Task.Delay(_betweenLooks, time, ct);
        }

        return true;
    }

    private Task Pass(MoveStep step) => Passed(new(step, _copy.Copied, _copy.Total));

    private async Task Execute(NpgsqlConnection session, string sql, CancellationToken ct, params object[] more)
    {
        await using var command = new NpgsqlCommand(sql, session);
        Identify(command);
        foreach (var value in more)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(ct);
    }

    private void Identify(NpgsqlCommand command)
    {
        command.Parameters.Add(new() { Value = queue.Project });
        command.Parameters.Add(new() { Value = queue.Name });
    }
}
