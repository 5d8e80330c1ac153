using Zaqar.Domain.Claims;
using Zaqar.Domain.Messages;

namespace Zaqar.Domain.Queues;

/// <summary>
/// What decisions about one queue are made on: a fold of its events. Folded from the first event it is the whole queue;
/// the committer instead learns from the read model just what the commands at hand can touch.
/// </summary>
/// <remarks>
/// Not safe for use by several threads at once: one committer owns it. <see cref="Evolve"/> changes it in place, because a batch folds
/// hundreds of events.
/// </remarks>
public sealed class QueueState(QueueId id)
{
    private readonly Dictionary<long, KnownMessage> _messages = [];
    private readonly Dictionary<Guid, KnownClaim> _claims = [];
    private readonly Dictionary<long, Guid> _holders = [];
    private readonly SortedSet<long> _line = [];
    private readonly HashSet<long> _heldElsewhere = [];
    private readonly Dictionary<MessageId, long> _moved = [];
    private readonly List<long> _unsettled = [];
    private readonly List<Guid> _emptied = [];
    private readonly HashSet<Guid> _letters = [];

    public QueueId Id { get; } = id;

    /// <summary>False before creation and after deletion.</summary>
    public bool Exists { get; private set; }

    /// <summary>How often a queue of this name was made; 0 when never.</summary>
    public int Incarnation { get; private set; }

    /// <summary>The segment that takes the next event, from 1; 0 when there never was a queue.</summary>
    public int Segment { get; private set; }

    /// <summary>Events in that segment's stream.</summary>
    public long Version { get; private set; }

    /// <summary>What keeps it from being changed; null as a rule.</summary>
    public Hold? Hold { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public QueueMetadata Metadata { get; private set; } = QueueMetadata.Empty;

    /// <summary>Number of the next message; numbers start at 1 and have no gaps.</summary>
    public long NextNumber { get; private set; } = 1;

    /// <summary>
    /// No undelayed message from this number on was ever claimed, and each undelayed one below was claimed or is gone.
    /// What readers need to find the unclaimed ones without walking over the claimed ones.
    /// </summary>
    public long Frontier { get; private set; } = 1;

    /// <summary>Messages held, claimed and delayed ones included, and expired ones until their event is appended.</summary>
    public long Total { get; private set; }

    /// <summary>First number of the current segment.</summary>
    public long SegmentStart { get; private set; } = 1;

    /// <summary>
    /// How far into the line this state can see. A claim takes nothing beyond, for an older message might stand unseen before it.
    /// </summary>
    public long Horizon { get; private set; } = long.MaxValue;

    /// <summary>
    /// Whether nothing stands apart from the line (delayed, or given back by a claim), so that what is seen of it changes by events alone.
    /// </summary>
    public bool LineIsPlain { get; private set; }

    /// <summary>Bytes of the bodies in the line, as of when it last settled.</summary>
    public int LineBytes { get; private set; }

    /// <summary>Length of the body that was last learned.</summary>
    public int LastBodyBytes { get; private set; }

    public IReadOnlyDictionary<long, KnownMessage> Messages => _messages;

    /// <summary>Claims whose end has not been recorded, some of which may be over by the clock.</summary>
    public IReadOnlyDictionary<Guid, KnownClaim> Claims => _claims;

    /// <summary>Messages under no recorded claim whose bodies are known, oldest first, as far as this state can see.</summary>
    public IEnumerable<KnownMessage> Line =>
        _line.TakeWhile(number => number <= Horizon).Select(number => _messages[number]).Where(message => !message.Body.IsEmpty);

    /// <summary>The live claim that holds a message; null when it is free. One that this state does not know has an id that nobody can name.</summary>
    public KnownClaim? HolderOf(long number, DateTimeOffset now)
    {
        if (_heldElsewhere.Contains(number))
            return new KnownClaim(Guid.NewGuid(), [], 0, 0, now, DateTimeOffset.MaxValue);

        return _holders.TryGetValue(number, out var claimId) && _claims.TryGetValue(claimId, out var claim) && claim.IsLive(now)
            ? claim
            : null;
    }

    /// <summary>The message of that id; null when this queue does not hold it.</summary>
    public KnownMessage? Find(MessageId id)
    {
        if (_messages.TryGetValue(id.Number, out var message) && message.Id == id)
            return message;

        // A dead-lettered message stands under another number than its id says.
        return _moved.TryGetValue(id, out var number) ? _messages.GetValueOrDefault(number) : null;
    }

    /// <summary>Whether a queue of this name has taken a letter before. A state that was not folded from the start knows of those it has learned.</summary>
    public bool HasReceived(Guid letter) => _letters.Contains(letter);

    /// <summary>Takes over the recorded facts of a queue instead of folding its past.</summary>
    public void Recall(
        bool exists, int incarnation, int segment, long version, DateTimeOffset createdAt, QueueMetadata metadata,
        long nextNumber, long frontier, long total, long segmentStart, Hold? hold = null)
    {
        Hold = hold;
        (Exists, Incarnation, Segment, Version, CreatedAt) = (exists, incarnation, segment, version, createdAt);
        (Metadata, NextNumber, Frontier, Total, SegmentStart) = (metadata, nextNumber, frontier, total, segmentStart);
        if (!LineIsPlain)
            Horizon = 0;
    }

    /// <summary>Takes over a recorded message. It joins the line unless a claim that is known holds it.</summary>
    public void Learn(KnownMessage message)
    {
        if (_messages.TryGetValue(message.Number, out var known) && !known.Body.IsEmpty)
            return;

        _messages[message.Number] = message;
        _unsettled.Add(message.Number);
        if (message.Id.Number != message.Number)
            _moved[message.Id] = message.Number;
        if (!message.Body.IsEmpty)
            LastBodyBytes = message.Body.Length;

        if (!_holders.ContainsKey(message.Number) && !_heldElsewhere.Contains(message.Number))
            _line.Add(message.Number);
    }

    /// <summary>Takes over a recorded claim and takes its messages out of the line; what was known of it before is replaced.</summary>
    public void Learn(KnownClaim claim)
    {
        if (_claims.TryGetValue(claim.Id, out var known))
            foreach (var number in known.Numbers)
                _holders.Remove(number);

        _claims[claim.Id] = claim;
        foreach (var number in claim.Numbers)
        {
            _holders[number] = claim.Id;
            _heldElsewhere.Remove(number);
            _line.Remove(number);
            _unsettled.Add(number);
        }
    }

    /// <summary>Takes over that a live claim, which this state need not know, holds a message.</summary>
    public void LearnHeld(long number)
    {
        if (!_holders.ContainsKey(number) && _heldElsewhere.Add(number))
            _line.Remove(number);
    }

    /// <summary>Takes over that a letter was received.</summary>
    public void LearnLetter(Guid letter) => _letters.Add(letter);

    /// <summary>Says that all unclaimed messages up to a number have been learned.</summary>
    /// <param name="isPlain">Whether none of the queue stands apart; see <see cref="LineIsPlain"/>.</param>
    public void SeesTo(long number, bool isPlain = false) => (Horizon, LineIsPlain) = (number, isPlain);

    /// <summary>Whether as many messages are in sight and to be had.</summary>
    public bool Sees(int count, DateTimeOffset now) => LineIsPlain && Line.Where(message => message.IsVisible(now)).Take(count).Count() == count;

    /// <summary>Whether nothing has happened to the queue but what this state has seen.</summary>
    public bool IsAt(bool exists, int incarnation, int segment, long version) =>
        (Exists, Incarnation, Segment, Version) == (exists, incarnation, segment, version);

    /// <summary>
    /// Keeps what stays true until the next event: counters, known claims, of their messages all but the bodies, and the beginning of a plain
    /// line. Its cost is that of what was learned since it was last called, and of the line that is kept.
    /// </summary>
    /// <param name="maxLine">Most messages of the line to keep.</param>
    /// <param name="maxLineBytes">Bytes of bodies after which no more of it is kept.</param>
    public void Settle(int maxLine, int maxLineBytes)
    {
        if (!LineIsPlain)
            Horizon = 0;

        foreach (var number in _unsettled)
        {
            if (!_messages.TryGetValue(number, out var message))
                continue;

            if (_holders.ContainsKey(number))
                _messages[number] = message with { Body = default };
            else if (number > Horizon || message.Body.IsEmpty)
                Overlook(number);
        }

        // A claim without messages ends in the database; who names it meanwhile has it read.
        foreach (var claimId in _emptied)
            if (_claims.TryGetValue(claimId, out var claim) && claim.Numbers.Count == 0)
                _claims.Remove(claimId);

        _unsettled.Clear();
        _emptied.Clear();
        _heldElsewhere.Clear();
        _letters.Clear();
        ShortenLine(maxLine, maxLineBytes);
        LineIsPlain &= _line.Count > 0;
        if (!LineIsPlain)
            Horizon = 0;
    }

    private void ShortenLine(int maxLine, int maxLineBytes)
    {
        var (count, bytes, last) = (0, 0, 0L);
        foreach (var number in _line)
        {
            if (number > Horizon || count == maxLine || bytes > maxLineBytes)
                break;
            (count, bytes, last) = (count + 1, bytes + _messages[number].Body.Length, number);
        }

        LineBytes = bytes;
        if (count == _line.Count)
            return;

        Horizon = last;
        foreach (var number in _line.GetViewBetween(last + 1, long.MaxValue).ToArray())
            Overlook(number);
    }

    private void Overlook(long number)
    {
        Drop(number);
        _line.Remove(number);
    }

    private void Drop(long number)
    {
        if (_messages.Remove(number, out var message) && message.Id.Number != number)
            _moved.Remove(message.Id);
    }

    /// <summary>Folds one event in.</summary>
    /// <exception cref="ArgumentException">No event of a queue.</exception>
    public void Evolve(object @event)
    {
        switch (@event)
        {
            case MessagePosted posted: On(posted); break;
            case MessageDeleted deleted: OnDeleted(deleted); break;
            case MessageClaimed claimed: On(claimed); break;
            case ClaimReleased released: Return(released.ClaimId, released.Numbers); break;
            case ClaimExpired expired: Return(expired.ClaimId, expired.Numbers); break;
            case ClaimRenewed renewed: On(renewed); break;
            case MessageExpired expired: Remove(expired.Numbers); break;
            case MessageDeadLettered moved: OnMoved(moved); break;
            case LettersReceived received: LearnLetter(received.Letter); break;
            case QueuePurged purged: Remove(purged.Numbers); break;
            case QueueCreated created: On(created); break;
            case QueueMetadataChanged changed: Metadata = QueueMetadata.Parse(changed.Metadata); break;
            case SegmentClosed: break;
            case SegmentOpened opened: On(opened); break;
            case QueueDeleted: OnDeleted(); break;
            case QueueFrozen frozen: Hold = new(HoldKind.Leaving, frozen.MoveId); break;
            case QueueThawed: Hold = null; break;
            case QueueCopied copied: (Exists, Hold) = (false, new(HoldKind.Arriving, copied.MoveId)); break;
            case QueueArrived: (Exists, Hold) = (true, null); break;
            case QueueLeft left: OnLeft(left); break;
            default: throw new ArgumentException($"{@event.GetType().Name} is no event of a queue.", nameof(@event));
        }

        Version++;
    }

    private void On(QueueCreated created)
    {
        (Exists, Incarnation, Segment, Version, CreatedAt, Hold) = (true, created.Incarnation, 1, 0, created.At, null);
        (NextNumber, Frontier, Total, SegmentStart, Horizon) = (1, 1, 0, 1, long.MaxValue);
        Metadata = QueueMetadata.Parse(created.Metadata);
        Forget();
    }

    private void On(SegmentOpened opened)
    {
        (Exists, Incarnation, Segment, Version, CreatedAt, Hold) = (true, opened.Incarnation, opened.Segment, 0, opened.CreatedAt, null);
        (NextNumber, Frontier, Total, SegmentStart) = (opened.NextNumber, opened.Frontier, opened.Total, opened.NextNumber);
        Metadata = QueueMetadata.Parse(opened.Metadata);
    }

    private void On(MessagePosted posted)
    {
        if (posted.IsDelayed && Frontier == posted.Number)
            Frontier++;
        LineIsPlain &= !posted.IsDelayed;

        NextNumber = posted.Number + 1;
        Total++;
        Learn(new KnownMessage(posted.Number, posted.Id, posted.Body, posted.Ttl, posted.PostedAt, posted.VisibleAt,
            posted.ExpiresAt, posted.ClaimCount, posted.Checksum) { Client = posted.By.ClientId });
    }

    private void On(MessageClaimed claimed)
    {
        Apply(claimed.Lives);
        Advance(claimed.Numbers);
        Learn(new KnownClaim(claimed.ClaimId, [.. claimed.Numbers], claimed.Ttl, claimed.Grace, claimed.At, claimed.ExpiresAt));
    }

    private void On(ClaimRenewed renewed)
    {
        Apply(renewed.Lives);
        if (_claims.TryGetValue(renewed.ClaimId, out var claim))
            _claims[claim.Id] = claim with
            {
                Ttl = renewed.Ttl, Grace = renewed.Grace, RenewedAt = renewed.At, ExpiresAt = renewed.ExpiresAt,
            };
    }

    private void OnDeleted(MessageDeleted deleted)
    {
        if (deleted.Popped)
            Advance(deleted.Numbers);
        Remove(deleted.Numbers);
    }

    private void OnMoved(MessageDeadLettered moved)
    {
        Advance(moved.Numbers);
        Remove(moved.Numbers);
    }

    private void OnDeleted()
    {
        Exists = false;
        Metadata = QueueMetadata.Empty;
        Total = 0;
        Forget();
    }

    private void OnLeft(QueueLeft left)
    {
        OnDeleted();
        Hold = new(HoldKind.Gone, left.MoveId);
    }

    // Whoever takes from the line takes its oldest, so nothing below the newest taken is left in it.
    private void Advance(IReadOnlyList<long> taken)
    {
        if (taken.Count > 0)
            Frontier = Math.Max(Frontier, taken[^1] + 1);
    }

    private void Apply(IReadOnlyList<MessageLife> lives)
    {
        foreach (var life in lives)
            if (_messages.TryGetValue(life.Number, out var message))
                _messages[life.Number] = message with { Ttl = life.Ttl, ExpiresAt = life.ExpiresAt, ClaimCount = life.ClaimCount };
    }

    private void Return(Guid claimId, IReadOnlyList<long> numbers)
    {
        LineIsPlain = false;
        _claims.Remove(claimId);
        foreach (var number in numbers)
        {
            _holders.Remove(number);
            if (!_messages.ContainsKey(number))
                continue;

            _line.Add(number);
            _unsettled.Add(number);
        }
    }

    private void Remove(IReadOnlyList<long> numbers)
    {
        foreach (var number in numbers)
        {
            Drop(number);
            _line.Remove(number);
            _heldElsewhere.Remove(number);
            if (!_holders.Remove(number, out var claimId) || !_claims.TryGetValue(claimId, out var claim))
                continue;

            claim.Numbers.Remove(number);
            if (claim.Numbers.Count == 0)
                _emptied.Add(claimId);
        }

        Total -= numbers.Count;
    }

    private void Forget()
    {
        _messages.Clear();
        _claims.Clear();
        _holders.Clear();
        _line.Clear();
        _heldElsewhere.Clear();
        _unsettled.Clear();
        _emptied.Clear();
        _moved.Clear();
        LineIsPlain = false;
    }
}
