using System.Text;
using Zaqar.Domain;
using Zaqar.Domain.Claims;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;

namespace Zaqar.Unit;

/// <summary>The cast and the facts that specifications speak of: one queue, one client, times in seconds since <see cref="Dawn"/>.</summary>
internal static class Story
{
    public static readonly DateTimeOffset Dawn = new(2026, 3, 1, 6, 0, 0, TimeSpan.Zero);

    public static readonly QueueId Orders = new("project-1", "orders");

    public static readonly Actor Client = new("3381af92-2b9e-11e3-b191-71861300734c", null, "req-1", "http");

    public static readonly Limits Bounds = new();

    public static readonly Guid Mine = new("11111111-1111-1111-1111-111111111111");

    public static readonly Guid Theirs = new("22222222-2222-2222-2222-222222222222");

    public static readonly Guid Unknown = new("99999999-9999-9999-9999-999999999999");

    /// <summary>What stands for a claim id that is none.</summary>
    public static readonly Guid Malformed = Guid.Empty;

    public static DateTimeOffset At(double seconds) => Dawn.AddSeconds(seconds);

    public static QueueCreated Created(string metadata = "{}", int incarnation = 1) => new(incarnation, metadata, Dawn, Client);

    public static MessageId IdOf(long number) => MessageId.For(number, 1000 + number);

    public static ReadOnlyMemory<byte> BodyOf(long number) => Encoding.UTF8.GetBytes($"{{\"n\":{number}}}");

    public static MessageDraft Draft(long number, long? ttl = null, DraftDelay? delay = null) =>
        new(BodyOf(number), ttl, delay, 1000 + number);

    /// <param name="at">Seconds since dawn, as are all instants here.</param>
    public static MessagePosted Posted(long number, long ttl = 3600, long delay = 0, double at = 0, int claimCount = 0) =>
        new(number, IdOf(number), BodyOf(number), ttl, At(at), At(at + delay), At(at + ttl), claimCount, null, null, At(at), Client);

    public static MessageClaimed Claimed(Guid claim, long[] numbers, long ttl = 300, double at = 0, params MessageLife[] lives) =>
        new(claim, numbers, ttl, 60, At(at + ttl), lives, At(at), Client);

    public static MessageDeleted Deleted(long[] numbers, double at = 0, Guid? claim = null, bool popped = false) =>
        new(numbers, claim, popped, At(at), Client);

    public static ClaimReleased Released(Guid claim, long[] numbers, double at = 0) => new(claim, numbers, At(at), Client);

    public static ClaimExpired ClaimOver(Guid claim, long[] numbers, double at) => new(claim, numbers, At(at));

    public static object[] Many(int count, Func<int, object> fact) => [.. Enumerable.Range(1, count).Select(fact)];
}
