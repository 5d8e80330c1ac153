using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Domain.Claims;

/// <summary>
/// The rules of claims. A client claims the oldest visible messages for a while; nobody else gets them until it deletes them,
/// gives them back, or lets the claim run out. Claim expiry is judged by the clock and recorded when the queue is next touched.
/// </summary>
public static class ClaimDecider
{
    /// <summary>Claims up to <paramref name="limit"/> of the oldest active messages.</summary>
    /// <param name="claimId">A fresh random id.</param>
    /// <returns>The claimed messages as they are under the claim; empty when nothing was to be had, and then there is no claim.</returns>
    /// <exception cref="ClaimTtlOutOfRange">Outside 60 seconds to the configured bound.</exception>
    /// <exception cref="ClaimGraceOutOfRange">Likewise.</exception>
    /// <remarks>Messages claimed too often go to the dead-letter queue instead. Source: API contract, sections 5.4 to 5.6.</remarks>
    public static Decision<IReadOnlyList<KnownMessage>> Claim(
        QueueState queue, Guid claimId, int limit, long ttl, long grace, Limits limits, Actor by, DateTimeOffset now)
    {
        CheckTtl(ttl, limits);
        if (grace < Limits.MinTtl || grace > limits.MaxClaimGrace)
            throw new ClaimGraceOutOfRange(grace, limits.MaxClaimGrace);

        var expires = now.AddSeconds(ttl);
        var (deadLetterQueue, mostClaims) = DeadLetterRule(queue.Metadata);
        List<KnownMessage> claimed = [], dead = [];
        List<MessageLife> lives = [];

        foreach (var message in queue.Line.Where(message => message.IsVisible(now)).Take(limit))
        {
            if (deadLetterQueue is not null && message.ClaimCount >= mostClaims)
            {
                dead.Add(message);
                continue;
            }

            var held = Extended(message, expires, ttl, grace) with
            {
                ClaimCount = message.ClaimCount + (deadLetterQueue is null ? 0 : 1),
            };
            if (held != message)
                lives.Add(LifeOf(held));
            claimed.Add(held);
        }

        var events = new List<object>(2);
        if (dead.Count > 0)
            events.Add(new MessageDeadLettered([.. dead.Select(message => message.Number)], deadLetterQueue!, now, by));
        if (claimed.Count > 0)
            events.Add(new MessageClaimed(claimId, [.. claimed.Select(message => message.Number)], ttl, grace, expires, lives, now, by));

        return new(claimed, events, dead.Count == 0
            ? null
            : new DeadLetters(queue.Id.Name, deadLetterQueue!, queue.Metadata.DeadLetterQueueMessagesTtl, dead));
    }

    /// <summary>Keeps a claim for <paramref name="ttl"/> seconds from now; its messages live on as at its creation.</summary>
    /// <param name="grace">
    /// Seconds, not refused outside its range, for upstream does not on renewal: a negative one counts as 0, and one beyond the longest
    /// life of a message as that.
    /// </param>
    /// <exception cref="ClaimNotFound">Unknown, or over.</exception>
    /// <exception cref="ClaimTtlOutOfRange">Outside the bounds.</exception>
    public static Decision<bool> Renew(QueueState queue, Guid claimId, long ttl, long grace, Limits limits, Actor by, DateTimeOffset now)
    {
        CheckTtl(ttl, limits);
        if (!queue.Claims.TryGetValue(claimId, out var claim) || !claim.IsLive(now))
            throw new ClaimNotFound(claimId.ToString());

        // A message never ends before its claim, and no instant is beyond the calendar.
        grace = Math.Clamp(grace, 0, Math.Max(limits.MaxClaimGrace, limits.MaxMessageTtl));
        var expires = now.AddSeconds(ttl);
        var lives = new List<MessageLife>();
        foreach (var number in claim.Numbers)
            if (queue.Messages.TryGetValue(number, out var message) && Extended(message, expires, ttl, grace) is var held && held != message)
                lives.Add(LifeOf(held));

        return new(true, [new ClaimRenewed(claimId, ttl, grace, expires, lives, now, by)]);
    }

    /// <summary>Gives a claim's remaining messages back at once; releasing what is over is no error.</summary>
    public static Decision<bool> Release(QueueState queue, Guid claimId, Actor by, DateTimeOffset now) =>
        queue.Claims.TryGetValue(claimId, out var claim) && claim.IsLive(now)
            ? new(true, [new ClaimReleased(claimId, [.. claim.Numbers], now, by)])
            : new(false, []);

    private static void CheckTtl(long ttl, Limits limits)
    {
        if (ttl < Limits.MinTtl || ttl > limits.MaxClaimTtl)
            throw new ClaimTtlOutOfRange(ttl, limits.MaxClaimTtl);
    }

    // A name that names no queue can take nothing, so such a queue keeps its messages.
    private static (string? Queue, long MostClaims) DeadLetterRule(QueueMetadata metadata) =>
        metadata is { DeadLetterQueue: { } name, MaxClaimCount: { } most } && most != 0 && QueueId.IsName(name)
            ? (name, most)
            : (null, 0);

    private static KnownMessage Extended(KnownMessage message, DateTimeOffset claimExpires, long ttl, long grace) =>
        message.ExpiresAt < claimExpires
            ? message with { ExpiresAt = claimExpires.AddSeconds(grace), Ttl = ttl + grace }
            : message;

    private static MessageLife LifeOf(KnownMessage message) =>
        new(message.Number, message.Ttl, message.ExpiresAt, message.ClaimCount);
}
