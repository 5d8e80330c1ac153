using Zaqar.Domain.Claims;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Infrastructure.Queues;

/// <summary>
/// The net change of a run of events, whatever they did to one another: a message that was posted and deleted within the run leaves
/// nothing to write. The last word about a row wins, so a run may be one commit or a page of a replay.
/// </summary>
/// <remarks>
/// Rows are found by key first and then changed by their place (<c>ctid</c>): left to itself the planner would walk a whole table while it
/// is small, and keep to that plan when it has grown. A row cannot move in between: whoever changes a queue's rows has won its stream.
/// </remarks>
internal sealed class QueueChanges
{
    private readonly Dictionary<QueueId, QueueRowChange> _queues = [];
    private readonly Dictionary<(Guid Queue, long Number), MessagePosted> _posted = [];
    private readonly HashSet<(Guid Queue, long Number)> _gone = [];
    private readonly Dictionary<(Guid Queue, long Number), MessageLife> _lives = [];
    private readonly Dictionary<(Guid Queue, long Number), DateTimeOffset?> _loose = [];
    private readonly Dictionary<(Guid Queue, Guid Claim), ClaimRow?> _claims = [];
    private readonly Dictionary<(Guid Queue, Guid Claim), ClaimRenewed> _renewals = [];
    private readonly HashSet<Guid> _graves = [];
    private readonly List<(Guid Queue, LettersReceived Received)> _letters = [];
    private readonly HashSet<(QueueId Queue, int Incarnation)> _forgotten = [];
    private (QueueId Queue, int Incarnation, Guid Key) _last;

    /// <summary>Folds one event in; in the order of its stream.</summary>
    public void Add(QueueId queue, int incarnation, long version, object @event)
    {
        if (!_queues.TryGetValue(queue, out var row))
            _queues.Add(queue, row = new(queue));
        row.Add(incarnation, version, @event);

        var key = KeyOf(queue, incarnation);
        switch (@event)
        {
            case MessagePosted posted: Post(key, posted); break;
            case MessageClaimed claimed: Claim(key, claimed); break;
            case ClaimRenewed renewed: Renew(key, renewed); break;
            case ClaimReleased released: Return(key, released.ClaimId, released.Numbers, released.At); break;
            case ClaimExpired expired: Return(key, expired.ClaimId, expired.Numbers, expired.At); break;
            case MessageDeleted deleted: Remove(key, deleted.Numbers, mayBeLoose: deleted.ClaimId is null); break;
            case MessageExpired expired: Remove(key, expired.Numbers, mayBeLoose: true); break;
            case MessageDeadLettered moved: Remove(key, moved.Numbers, mayBeLoose: true); break;
            case QueuePurged purged: Remove(key, purged.Numbers, mayBeLoose: true); break;
            case QueueDeleted: _graves.Add(key); break;
            case LettersReceived received: _letters.Add((key, received)); break;
        }
    }

    /// <summary>A deleted queue whose last history is gone is forgotten, and its name starts anew.</summary>
    public void Add(QueueId queue, SegmentDropped dropped)
    {
        if (!dropped.Last)
            return;

        if (_queues.TryGetValue(queue, out var row) && row.Deleted == true)
            _queues.Remove(queue);
        _forgotten.Add((queue, dropped.Incarnation));
    }

    /// <summary>Takes one statement, its parameters numbered <c>$1, $2, ...</c>, to be carried out after those before it.</summary>
    internal delegate void Write(string sql, params object[] parameters);

    /// <summary>Gives the statements of the change, one per kind that has anything to write.</summary>
    public void WriteTo(Write write)
    {
        WriteQueues(write);
        WriteMessages(write);
        WriteLoose(write);
        WriteClaims(write);
        if (_graves.Count > 0)
            write("insert into grave select * from unnest($1) on conflict do nothing", _graves.ToArray());
        if (_letters.Count > 0)
            write("insert into letter_received (letter, queue_id, at) select * from unnest($1, $2, $3)",
                Column(_letters, row => row.Received.Letter), Column(_letters, row => row.Queue), Column(_letters, row => row.Received.At));
    }

    // Runs of events of one queue are the rule; its key costs a hash.
    private Guid KeyOf(QueueId queue, int incarnation)
    {
        if (_last.Incarnation != incarnation || _last.Queue != queue)
            _last = (queue, incarnation, queue.Key(incarnation));
        return _last.Key;
    }

    private void Post(Guid key, MessagePosted posted)
    {
        _posted[(key, posted.Number)] = posted;
        if (posted.IsDelayed)
            _loose[(key, posted.Number)] = posted.VisibleAt;
    }

    private void Claim(Guid key, MessageClaimed claimed)
    {
        Live(key, claimed.Lives);
        foreach (var number in claimed.Numbers)
            _loose[(key, number)] = null;
        _claims[(key, claimed.ClaimId)] =
            new(claimed.Numbers, claimed.Ttl, claimed.Grace, claimed.At, claimed.ExpiresAt);
    }

    private void Renew(Guid key, ClaimRenewed renewed)
    {
        Live(key, renewed.Lives);
        if (_claims.TryGetValue((key, renewed.ClaimId), out var claim) && claim is not null)
            _claims[(key, renewed.ClaimId)] = claim with
            {
                Ttl = renewed.Ttl, Grace = renewed.Grace, RenewedAt = renewed.At, ExpiresAt = renewed.ExpiresAt,
            };
        else
            _renewals[(key, renewed.ClaimId)] = renewed;
    }

    private void Return(Guid key, Guid claimId, IReadOnlyList<long> numbers, DateTimeOffset at)
    {
        _claims[(key, claimId)] = null;
        _renewals.Remove((key, claimId));
        foreach (var number in numbers)
            _loose[(key, number)] = at;
    }

    private void Remove(Guid key, IReadOnlyList<long> numbers, bool mayBeLoose)
    {
        foreach (var number in numbers)
        {
            _lives.Remove((key, number));
            if (!_posted.Remove((key, number)))
                _gone.Add((key, number));
            if (mayBeLoose || _loose.ContainsKey((key, number)))
                _loose[(key, number)] = null;
        }
    }

    private void Live(Guid key, IReadOnlyList<MessageLife> lives)
    {
        foreach (var life in lives)
        {
            if (_posted.TryGetValue((key, life.Number), out var posted))
                _posted[(key, life.Number)] = posted with { Ttl = life.Ttl, ExpiresAt = life.ExpiresAt, ClaimCount = life.ClaimCount };
            else
                _lives[(key, life.Number)] = life;
        }
    }

    private void WriteQueues(Write write)
    {
        if (_forgotten.Count > 0)
            write(
                """
                delete from queue q using unnest($1, $2, $3) as f(project, name, incarnation)
                where q.project = f.project and q.name = f.name and q.incarnation = f.incarnation and q.deleted
                """,
                Column(_forgotten, row => row.Queue.Project), Column(_forgotten, row => row.Queue.Name),
                Column(_forgotten, row => row.Incarnation));

        var whole = _queues.Values.Where(row => row.IsWhole).ToArray();
        if (whole.Length > 0)
            write(
                """
                insert into queue (project, name, id, incarnation, segment, version, deleted, created_at, metadata, delays,
                    next_number, frontier, total, segment_start, held, move)
                select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
                on conflict (project, name) do update set
                    id = excluded.id, incarnation = excluded.incarnation, segment = excluded.segment, version = excluded.version,
                    deleted = excluded.deleted, created_at = excluded.created_at, metadata = excluded.metadata, delays = excluded.delays,
                    next_number = excluded.next_number, frontier = excluded.frontier, total = excluded.total,
                    segment_start = excluded.segment_start, held = excluded.held, move = excluded.move
                """,
                Column(whole, row => row.Queue.Project), Column(whole, row => row.Queue.Name), Column(whole, row => row.Key),
                Column(whole, row => row.Incarnation), Column(whole, row => row.Segment), Column(whole, row => row.Version),
                Column(whole, row => row.Deleted!.Value), Column(whole, row => row.CreatedAt), Column(whole, row => row.Metadata!),
                Column(whole, row => row.Delays), Column(whole, row => row.NextNumber), Column(whole, row => row.FrontierAtLeast),
                Column(whole, row => row.Total), Column(whole, row => row.SegmentStart), Column(whole, row => row.Held!),
                Column(whole, row => row.Move));

        var changed = _queues.Values.Where(row => !row.IsWhole).ToArray();
        if (changed.Length > 0)
            write(
                """
                update queue q set
                    version = c.version, deleted = coalesce(c.deleted, q.deleted),
                    held = case when c.holds then c.held else q.held end, move = case when c.holds then c.move else q.move end,
                    metadata = coalesce(c.metadata, q.metadata),
                    delays = case when c.metadata is null then q.delays else c.delays end,
                    next_number = greatest(q.next_number, c.next_number),
                    frontier = case when c.at_end > 0 and q.frontier = q.next_number then c.at_end else greatest(q.frontier, c.at_least) end,
                    total = case when c.emptied then 0 else q.total + c.total end
                from (
                    select c.*, x.row from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
                        as c(project, name, version, deleted, metadata, delays, next_number, at_least, at_end, total, emptied, holds, held, move)
                    cross join lateral (
                        select q.ctid as row from queue q where q.project = c.project and q.name = c.name offset 0) x offset 0) c
                where q.ctid = c.row
                """,
                Column(changed, row => row.Queue.Project), Column(changed, row => row.Queue.Name), Column(changed, row => row.Version),
                Column(changed, row => row.Deleted), Column(changed, row => row.Metadata!), Column(changed, row => row.Delays),
                Column(changed, row => row.NextNumber), Column(changed, row => row.FrontierAtLeast),
                Column(changed, row => row.FrontierIfAtEnd), Column(changed, row => row.Total), Column(changed, row => row.Emptied),
                Column(changed, row => row.Holds), Column(changed, row => row.Held!), Column(changed, row => row.Move));
    }

    private void WriteMessages(Write write)
    {
        if (_gone.Count > 0)
            write(
                """
                delete from message where ctid = any(array(
                    select x.ctid from unnest($1, $2) as g(queue_id, number) cross join lateral (
                        select m.ctid from message m where m.queue_id = g.queue_id and m.number = g.number offset 0) x))
                """,
                Column(_gone, gone => gone.Queue), Column(_gone, gone => gone.Number));

        if (_posted.Count > 0)
            write(
                """
                insert into message (queue_id, number, id, posted_at, visible_at, expires_at, ttl, claim_count, moved, client, checksum, body)
                select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                """,
                Column(_posted, row => row.Key.Queue), Column(_posted, row => row.Key.Number), Column(_posted, row => row.Value.Id.Value),
                Column(_posted, row => row.Value.PostedAt), Column(_posted, row => row.Value.VisibleAt),
                Column(_posted, row => row.Value.ExpiresAt), Column(_posted, row => row.Value.Ttl),
                Column(_posted, row => row.Value.ClaimCount), Column(_posted, row => row.Value.DeadLetteredFrom is not null),
                Column(_posted, row => row.Value.By.ClientId), Column(_posted, row => row.Value.Checksum!),
                Column(_posted, row => row.Value.Body.ToArray()));

        if (_lives.Count > 0)
            write(
                """
                update message m set ttl = l.ttl, expires_at = l.expires_at, claim_count = l.claim_count
                from (
                    select l.*, x.row from unnest($1, $2, $3, $4, $5) as l(queue_id, number, ttl, expires_at, claim_count)
                    cross join lateral (
                        select m.ctid as row from message m where m.queue_id = l.queue_id and m.number = l.number offset 0) x offset 0) l
                where m.ctid = l.row
                """,
                Column(_lives, life => life.Key.Queue), Column(_lives, life => life.Key.Number), Column(_lives, life => life.Value.Ttl),
                Column(_lives, life => life.Value.ExpiresAt), Column(_lives, life => life.Value.ClaimCount));
    }

    private void WriteLoose(Write write)
    {
        var held = _loose.Where(loose => loose.Value is null).Select(loose => loose.Key).ToArray();
        if (held.Length > 0)
            write(
                """
                delete from loose where ctid = any(array(
                    select x.ctid from unnest($1, $2) as h(queue_id, number) cross join lateral (
                        select l.ctid from loose l where l.queue_id = h.queue_id and l.number = h.number offset 0) x))
                """,
                Column(held, loose => loose.Queue), Column(held, loose => loose.Number));

        var free = _loose.Where(loose => loose.Value is not null).ToArray();
        if (free.Length > 0)
            write(
                """
                insert into loose select * from unnest($1, $2, $3)
                on conflict (queue_id, number) do update set visible_at = excluded.visible_at
                """,
                Column(free, loose => loose.Key.Queue), Column(free, loose => loose.Key.Number), Column(free, loose => loose.Value!.Value));
    }

    private void WriteClaims(Write write)
    {
        var over = _claims.Where(claim => claim.Value is null).Select(claim => claim.Key).ToArray();
        if (over.Length > 0)
            write(
                """
                delete from claim where ctid = any(array(
                    select x.ctid from unnest($1, $2) as o(queue_id, id) cross join lateral (
                        select c.ctid from claim c where c.queue_id = o.queue_id and c.id = o.id offset 0) x))
                """,
                Column(over, claim => claim.Queue), Column(over, claim => claim.Claim));

        // An array of arrays would have to be a rectangle, so each claim's numbers travel as the text of an array.
        var live = _claims.Where(claim => claim.Value is not null).Select(claim => (claim.Key.Queue, Id: claim.Key.Claim, Claim: claim.Value!)).ToArray();
        if (live.Length > 0)
            write(
                """
                insert into claim (queue_id, id, lo, hi, numbers, ttl, grace, renewed_at, expires_at)
                select queue_id, id, lo, hi, numbers::bigint[], ttl, grace, renewed_at, expires_at
                from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) as c(queue_id, id, lo, hi, numbers, ttl, grace, renewed_at, expires_at)
                on conflict (queue_id, id) do update set
                    lo = excluded.lo, hi = excluded.hi, numbers = excluded.numbers, ttl = excluded.ttl, grace = excluded.grace,
                    renewed_at = excluded.renewed_at, expires_at = excluded.expires_at
                """,
                Column(live, row => row.Queue), Column(live, row => row.Id),
                Column(live, row => row.Claim.Numbers.Count == 0 ? 0 : row.Claim.Numbers[0]),
                Column(live, row => row.Claim.Numbers.Count == 0 ? 0 : row.Claim.Numbers[^1]),
                Column(live, row => $"{{{string.Join(',', row.Claim.Numbers)}}}"), Column(live, row => row.Claim.Ttl),
                Column(live, row => row.Claim.Grace), Column(live, row => row.Claim.RenewedAt), Column(live, row => row.Claim.ExpiresAt));

        if (_renewals.Count > 0)
            write(
                """
                update claim c set ttl = r.ttl, grace = r.grace, renewed_at = r.renewed_at, expires_at = r.expires_at
                from unnest($1, $2, $3, $4, $5, $6) as r(queue_id, id, ttl, grace, renewed_at, expires_at)
                where c.queue_id = r.queue_id and c.id = r.id
                """,
                Column(_renewals, row => row.Key.Queue), Column(_renewals, row => row.Key.Claim), Column(_renewals, row => row.Value.Ttl),
                Column(_renewals, row => row.Value.Grace), Column(_renewals, row => row.Value.At),
                Column(_renewals, row => row.Value.ExpiresAt));
    }

    private static TColumn[] Column<TRow, TColumn>(IReadOnlyCollection<TRow> rows, Func<TRow, TColumn> column)
    {
        var values = new TColumn[rows.Count];
        var i = 0;
        foreach (var row in rows)
            values[i++] = column(row);
        return values;
    }

    private sealed record ClaimRow(IReadOnlyList<long> Numbers, long Ttl, long Grace, DateTimeOffset RenewedAt, DateTimeOffset ExpiresAt);
}
