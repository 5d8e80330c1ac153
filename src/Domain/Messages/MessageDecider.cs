using Zaqar.Domain.Queues;

namespace Zaqar.Domain.Messages;

/// <summary>The rules of posting, popping and deleting messages.</summary>
public static class MessageDecider
{
    /// <summary>Posts drafts, filling gaps from the queue's defaults and making the queue when it is missing.</summary>
    /// <param name="bytes">Size of the whole request, judged by the queue's own bound.</param>
    /// <returns>The ids in the order of <paramref name="drafts"/>.</returns>
    /// <exception cref="PostTooLarge">More bytes than the queue takes in one post.</exception>
    /// <exception cref="TtlOutOfRange">Any draft outside the bounds: none is posted.</exception>
    /// <exception cref="DelayOutOfRange">Likewise, in a queue that delays.</exception>
    /// <exception cref="DelayNotInteger">Likewise, in a queue that delays.</exception>
    /// <remarks>Source: OpenStack Messaging API v2, "Post Message"; API contract, section 2.2.</remarks>
    public static Decision<IReadOnlyList<MessageId>> Post(
        QueueState queue, IReadOnlyList<MessageDraft> drafts, long bytes, Limits limits, Actor by, DateTimeOffset now)
    {
        var metadata = queue.Metadata;
        if (metadata.MaxMessagesPostSize is { } max && bytes > max)
            throw new PostTooLarge(bytes, max);

        var events = new List<object>(drafts.Count + 1);
        if (!queue.Exists)
            events.Add(new QueueCreated(queue.Incarnation + 1, metadata.Json, now, by));

        var next = queue.Exists ? queue.NextNumber : 1;
        var ids = new MessageId[drafts.Count];
        for (var i = 0; i < drafts.Count; i++)
        {
            var draft = drafts[i];
            var ttl = TtlOf(draft, metadata, limits);
            var delay = DelayOf(draft, metadata, limits);
            ids[i] = MessageId.For(next + i, draft.Nonce);
            events.Add(new MessagePosted(next + i, ids[i], draft.Body, ttl, now, now.AddSeconds(delay), now.AddSeconds(ttl),
                0, draft.Checksum, null, now, by));
        }

        return new(ids, events);
    }

    /// <summary>Takes dead letters from another queue: at the tail, unclaimed, with their ids and claim counts.</summary>
    public static IReadOnlyList<object> Receive(QueueState queue, DeadLetters letters, Actor by, DateTimeOffset now)
    {
        var events = new List<object>(letters.Messages.Count + 1);
        var next = Open(queue, events, by, now);
        foreach (var message in letters.Messages)
            events.Add(Moved(message, next++, letters, by, now));

        return events;
    }

    /// <summary>
    /// Takes letters from another database, in their order, as <see cref="Receive(QueueState, DeadLetters, Actor, DateTimeOffset)"/> does.
    /// One that was taken before changes nothing, whatever became of its messages since. What ran out on the way is recorded as such.
    /// </summary>
    /// <param name="isOver">Whether a message counts as run out, whatever life it is given.</param>
    /// <returns>How many letters are new.</returns>
    public static Decision<int> Receive(
        QueueState queue, IReadOnlyList<Letter> letters, DateTimeOffset now, Func<Letter, KnownMessage, bool>? isOver = null)
    {
        Letter[] fresh = [.. letters.Where(letter => !queue.HasReceived(letter.Id))];
        if (fresh.Length == 0)
            return new(0, []);

        var events = new List<object>();
        var next = Open(queue, events, fresh[0].By, now);
        foreach (var letter in fresh)
        {
            var (id, content, by) = letter;

            // A life that the source gave anew begins here.
            var alive = content.Messages.ToLookup(message =>
                (content.Ttl is not null || message.IsAlive(now)) && isOver?.Invoke(letter, message) is not true);
            events.Add(new LettersReceived(id, content.From, [.. alive[false].Select(message => message.Id.Value)], now, by));
            foreach (var message in alive[true])
                events.Add(Moved(message, next++, content, by, now));
        }

        return new(fresh.Length, events);
    }

    // Makes the queue where it is missing; answers its next number.
    private static long Open(QueueState queue, List<object> events, Actor by, DateTimeOffset now)
    {
        if (queue.Exists)
            return queue.NextNumber;

        events.Add(new QueueCreated(queue.Incarnation + 1, QueueMetadata.Empty.Json, now, by));
        return 1;
    }

    // The one place where a message and its body change queues, within a database or between two.
    private static MessagePosted Moved(KnownMessage message, long number, DeadLetters letters, Actor by, DateTimeOffset now) =>
        new(number, message.Id, message.Body, letters.Ttl ?? message.Ttl,
            message.PostedAt, message.PostedAt, letters.Ttl is { } ttl ? now.AddSeconds(ttl) : message.ExpiresAt,
            message.ClaimCount, message.Checksum, letters.From, now,
            // Its poster stays its poster: listings leave out a client's own messages by this.
            by with { ClientId = message.Client ?? by.ClientId });

    /// <summary>Takes the oldest visible unclaimed messages out of the queue in one step.</summary>
    public static Decision<IReadOnlyList<KnownMessage>> Pop(QueueState queue, int count, Actor by, DateTimeOffset now)
    {
        KnownMessage[] popped = [.. queue.Line.Where(message => message.IsVisible(now)).Take(count)];
        return new(popped, popped.Length == 0
            ? []
            : [new MessageDeleted([.. popped.Select(message => message.Number)], null, Popped: true, now, by)]);
    }

    /// <summary>Deletes one message; deleting what is gone is no error.</summary>
    /// <param name="claimId">The claim that the caller says it holds; <see cref="Guid.Empty"/> when what it gave is no claim id; null when it gave none.</param>
    /// <exception cref="MessageClaimedByAnother">Claimed, and no claim or another live one was given.</exception>
    /// <exception cref="MessageNotClaimed">The given claim is over or unknown, or the message is not claimed.</exception>
    /// <remarks>Source: API contract, section 2.2, the table under DELETE.</remarks>
    public static Decision<bool> Delete(QueueState queue, MessageId id, Guid? claimId, Actor by, DateTimeOffset now)
    {
        if (queue.Find(id) is not { } message || !message.IsAlive(now))
            return new(false, []);

        var holder = queue.HolderOf(message.Number, now);
        if (claimId is null && holder is not null)
            throw new MessageClaimedByAnother(id);

        if (claimId is { } given && holder?.Id != given)
            throw holder is not null && queue.Claims.TryGetValue(given, out var other) && other.IsLive(now)
                ? new MessageClaimedByAnother(id)
                : new MessageNotClaimed(id);

        return new(true, [new MessageDeleted([message.Number], claimId, Popped: false, now, by)]);
    }

    /// <summary>Deletes messages whether claimed or not; those that are gone are passed over.</summary>
    /// <param name="claimIds">Null when claims do not matter; otherwise each message must be held by one of these.</param>
    /// <exception cref="MessageClaimedByAnother">A message is not held by a listed claim: none is deleted.</exception>
    public static Decision<int> DeleteMany(
        QueueState queue, IReadOnlyList<MessageId> ids, IReadOnlyList<Guid>? claimIds, Actor by, DateTimeOffset now)
    {
        var numbers = new SortedSet<long>();
        foreach (var id in ids)
        {
            if (queue.Find(id) is not { } message || !message.IsAlive(now))
                continue;

            if (claimIds is not null && (queue.HolderOf(message.Number, now) is not { } holder || !claimIds.Contains(holder.Id)))
                throw new MessageClaimedByAnother(id);

            numbers.Add(message.Number);
        }

        return new(numbers.Count, numbers.Count == 0 ? [] : [new MessageDeleted([.. numbers], null, Popped: false, now, by)]);
    }

    private static long TtlOf(MessageDraft draft, QueueMetadata metadata, Limits limits)
    {
        var ttl = draft.Ttl ?? metadata.DefaultMessageTtl ?? limits.DefaultMessageTtl;
        return ttl < Limits.MinTtl || ttl > limits.MaxMessageTtl ? throw new TtlOutOfRange(ttl, limits.MaxMessageTtl) : ttl;
    }

    private static long DelayOf(MessageDraft draft, QueueMetadata metadata, Limits limits)
    {
        if (metadata.DefaultMessageDelay is not ({ } standard and not 0))
            return 0;

        if (draft.Delay is not { } given)
            return standard;

        var delay = given.Seconds ?? throw new DelayNotInteger();
        return delay < 0 || delay > limits.MaxMessageDelay ? throw new DelayOutOfRange(delay, limits.MaxMessageDelay) : delay;
    }
}
