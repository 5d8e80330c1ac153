using System.Text.Json;
using Zaqar.Domain.Queues;

namespace Zaqar.Domain.Subscriptions;

/// <summary>When a delivery is attempted, as a retry policy says: the first time at once, then after four phases of delays.</summary>
/// <remarks>
/// <para>
/// The phases: <c>retries_with_no_delay</c> retries at once; <c>minimum_delay_retries</c> after <c>minimum_delay</c> each; one after
/// each delay of the backoff function; <c>maximum_delay_retries</c> after <c>maximum_delay</c> each. With the defaults 15 attempts
/// over 180 seconds. Delays count from the end of the attempt before.
/// </para>
/// <para>
/// A policy is a client's, and passes the rules with any 64-bit numbers. So that none asks for millions of requests or waits for
/// years, a counted phase has at most <see cref="MaxRetriesPerPhase"/> retries, the backoff its first
/// <see cref="MaxBackoffRetries"/> delays, and no delay is longer than <see cref="MaxDelay"/>; negative numbers count as 0.
/// Every delay is computed when it is asked for.
/// </para>
/// Source: API contract, section 8.6.
/// </remarks>
public sealed class RetrySchedule
{
    /// <summary>Most retries of each of the three phases that have a count.</summary>
    public const int MaxRetriesPerPhase = 100;

    /// <summary>Most retries of the backoff phase: linear from 5 seconds, its 1,000th delay is 83 minutes.</summary>
    public const int MaxBackoffRetries = 1_000;

    private const long MaxDelaySeconds = 24 * 60 * 60;

    private readonly int _immediate;
    private readonly int _afterMinimum;
    private readonly int _afterMaximum;
    private readonly long _minimum;
    private readonly long _maximum;
    private readonly Backoff _backoff;

    private RetrySchedule(MetadataMembers? policy)
    {
        _immediate = Count("retries_with_no_delay", RetryPolicy.DefaultRetriesWithNoDelay);
        _afterMinimum = Count("minimum_delay_retries", RetryPolicy.DefaultMinimumDelayRetries);
        _afterMaximum = Count("maximum_delay_retries", RetryPolicy.DefaultMaximumDelayRetries);
        _minimum = Math.Clamp(Number("minimum_delay", RetryPolicy.DefaultMinimumDelay), 0, MaxDelaySeconds);
        _maximum = Math.Clamp(Number("maximum_delay", RetryPolicy.DefaultMaximumDelay), _minimum, MaxDelaySeconds);
        _backoff = new(Find("retry_backoff_function").Text, _minimum, _maximum);

        int Count(string key, long otherwise) => (int)Math.Clamp(Number(key, otherwise), 0, MaxRetriesPerPhase);
        long Number(string key, long otherwise) => Find(key).Integer ?? otherwise;
        MetadataValue Find(string key) => policy?.Find(key) is { } json ? MetadataValue.Read(json) : default;
    }

    /// <summary>Longest delay: one day.</summary>
    public static TimeSpan MaxDelay { get; } = TimeSpan.FromSeconds(MaxDelaySeconds);

    /// <summary>Attempts in all, the first one included.</summary>
    public int Attempts => 1 + _immediate + _afterMinimum + _backoff.Count + _afterMaximum;

    /// <summary>Chooses between a queue's policy and a subscription's.</summary>
    /// <param name="queuePolicy">JSON of the queue's <c>_retry_policy</c>; null when it has none.</param>
    /// <param name="subscriptionPolicy">JSON of <c>_retry_policy</c> in the subscription's options; null when it has none.</param>
    /// <remarks>
    /// Where either says <c>ignore_subscription_override</c>, the queue's; else the subscription's, unless it is empty; else the
    /// queue's; what is missing takes its default.
    /// </remarks>
    public static RetrySchedule Of(string? queuePolicy, string? subscriptionPolicy)
    {
        var (queue, subscription) = (Members(queuePolicy), Members(subscriptionPolicy));
        return new(Ignores(queue) || Ignores(subscription) ? queue : subscription ?? queue);
    }

    /// <summary>How long to wait before an attempt.</summary>
    /// <param name="attempt">From 1, the first send.</param>
    /// <returns>Zero for at once; null when the attempts are used up.</returns>
    public TimeSpan? DelayBefore(int attempt)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempt, 1);

        var retry = attempt - 1;
        if (retry <= _immediate)
            return TimeSpan.Zero;

        retry -= _immediate;
        if (retry <= _afterMinimum)
            return TimeSpan.FromSeconds(_minimum);

        retry -= _afterMinimum;
        if (retry <= _backoff.Count)
            return TimeSpan.FromSeconds(_backoff.Delay(retry));

        retry -= _backoff.Count;
        return retry <= _afterMaximum ? TimeSpan.FromSeconds(_maximum) : null;
    }

    // Null when the policy says nothing.
    private static MetadataMembers? Members(string? policy) =>
        policy is not null && MetadataValue.Read(policy) is { IsFalsy: false, Json: { } json } ? MetadataMembers.TryRead(JsonText.Bytes(json)) : null;

    private static bool Ignores(MetadataMembers? policy) =>
        policy?.Find("ignore_subscription_override") is { } json && MetadataValue.Read(json).Type == JsonTokenType.True;

    private enum Shape
    {
        Linear,
        Arithmetic,
        Geometric,
    }

    /// <summary>The delays between the least and the greatest one, in seconds, never falling.</summary>
    private readonly struct Backoff
    {
        private const long Step = 5;

        // Powers of a root miss whole numbers by less than this.
        private const double Rounding = 1e-9;

        private readonly Shape _shape;
        private readonly long _first;
        private readonly long _last;
        private readonly long _steps;

        public Backoff(string? function, long minimum, long maximum)
        {
            // The exponential row is the geometric one, written (a/k) k^i.
            _shape = function switch
            {
                "arithmetic" => Shape.Arithmetic,
                "geometric" or "exponential" => Shape.Geometric,
                _ => Shape.Linear,
            };

            // A geometric row cannot start from 0.
            (_first, _last) = (_shape == Shape.Geometric ? Math.Max(minimum, 1) : minimum, maximum);

            // A linear row stays below its end; the others meet it, and are too short to have a shape below ten seconds.
            var spread = Math.Max(_last - _first, 0);
            _steps = _shape == Shape.Linear ? (spread + Step - 1) / Step : spread / Step;
            Count = (int)Math.Min(_steps, MaxBackoffRetries);
        }

        public int Count { get; }

        /// <param name="i">From 1 to <see cref="Count"/>.</param>
        public long Delay(int i) => (_shape, _steps) switch
        {
            (Shape.Linear, _) => _first + (Step * (i - 1)),
            (_, 1) => _first,
            (Shape.Arithmetic, _) => _first + ((long)i * (i - 1) * (_last - _first) / (_steps * (_steps - 1))),
            _ => (long)((_first * Math.Pow((double)_last / _first, (i - 1.0) / (_steps - 1))) + Rounding),
        };
    }
}
