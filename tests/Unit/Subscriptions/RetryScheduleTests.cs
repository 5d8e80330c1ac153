using CsCheck;
using FluentAssertions;
using Xunit;
using Zaqar.Domain.Subscriptions;

namespace Zaqar.Unit.Subscriptions;

public class RetryScheduleTests
{
    [Fact]
    public void without_a_policy_there_are_fifteen_attempts_over_three_minutes() =>
        Delays(RetrySchedule.Of(null, null)).Should().Equal(0, 0, 0, 0, 5, 5, 5, 5, 10, 15, 20, 25, 30, 30, 30)
            .And.Subject.Sum().Should().Be(180);

    [Theory]
    [InlineData("linear", 5, 30, new long[] { 5, 10, 15, 20, 25 })]
    [InlineData("linear", 1, 60, new long[] { 1, 6, 11, 16, 21, 26, 31, 36, 41, 46, 51, 56 })]
    [InlineData("arithmetic", 5, 30, new long[] { 5, 7, 12, 20, 30 })]
    [InlineData("arithmetic", 1, 60, new long[] { 1, 2, 4, 7, 11, 17, 23, 31, 39, 49, 60 })]
    [InlineData("geometric", 5, 30, new long[] { 5, 7, 12, 19, 30 })]
    [InlineData("geometric", 1, 60, new long[] { 1, 1, 2, 3, 5, 7, 11, 17, 26, 39, 60 })] // The original truncates its last one to 59.
    [InlineData("exponential", 5, 30, new long[] { 5, 7, 12, 19, 30 })]
    [InlineData("exponential", 1, 60, new long[] { 1, 1, 2, 3, 5, 7, 11, 17, 26, 39, 60 })]
    public void the_functions_give_the_delays_of_the_contract(string function, int minimum, int maximum, long[] delays) =>
        Delays(OnlyBackoff(function, minimum, maximum)).Skip(1).Should().Equal(delays);

    [Theory]
    [InlineData("linear", new long[] { 0, 5 })]
    [InlineData("arithmetic", new long[] { 0, 10 })]
    [InlineData("geometric", new long[] { 1 })]
    [InlineData("exponential", new long[] { 1 })]
    public void a_least_delay_of_nothing_is_a_second_where_a_row_cannot_start_from_nothing(string function, long[] delays) =>
        Delays(OnlyBackoff(function, 0, 10)).Skip(1).Should().Equal(delays);

    [Theory]
    [InlineData("linear", 5, 10, new long[] { 5 })]
    [InlineData("linear", 5, 9, new long[] { 5 })]
    [InlineData("linear", 5, 5, new long[0])]
    [InlineData("linear", 30, 5, new long[0])]
    [InlineData("arithmetic", 5, 10, new long[] { 5 })]
    [InlineData("arithmetic", 5, 9, new long[0])]
    [InlineData("arithmetic", 30, 5, new long[0])]
    [InlineData("geometric", 5, 14, new long[] { 5 })]
    [InlineData("geometric", 0, 3, new long[0])]
    public void delays_too_close_for_a_row_give_a_short_one_or_none(string function, int minimum, int maximum, long[] delays) =>
        Delays(OnlyBackoff(function, minimum, maximum)).Skip(1).Should().Equal(delays);

    [Fact]
    public void the_four_phases_follow_one_another() =>
        Delays(RetrySchedule.Of("""
            {"retries_with_no_delay": 1, "minimum_delay_retries": 2, "minimum_delay": 7, "maximum_delay": 19,
             "maximum_delay_retries": 1, "retry_backoff_function": "arithmetic"}
            """, null))
            .Should().Equal(0, 0, 7, 7, 7, 19, 19);

    [Fact]
    public void a_policy_may_want_no_retries() =>
        Delays(RetrySchedule.Of("""{"retries_with_no_delay": 0, "minimum_delay_retries": 0, "minimum_delay": 30, "maximum_delay": 30, "maximum_delay_retries": 0}""", null))
            .Should().Equal(0);

    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\"\"")]
    [InlineData("""{"anything": "else"}""")]
    [InlineData("""{"retries_with_no_delay": null, "minimum_delay_retries": "", "retry_backoff_function": null, "maximum_delay": {}}""")]
    [InlineData("""{"retry_backoff_function": ""}""")]
    public void what_a_policy_does_not_say_has_its_default(string? policy) => RetrySchedule.Of(policy, null).Attempts.Should().Be(15);

    private const string Queue = """{"retries_with_no_delay": 0}""";
    private const string QueueInsists = """{"retries_with_no_delay": 0, "ignore_subscription_override": true}""";
    private const string Subscription = """{"retries_with_no_delay": 10}""";
    private const string SubscriptionYields = """{"retries_with_no_delay": 10, "ignore_subscription_override": true}""";
    private const string OnlyYields = """{"ignore_subscription_override": true}""";
    private const int ByQueue = 12;
    private const int ByDefault = 15;
    private const int BySubscription = 22;

    [Theory]
    [InlineData(null, null, ByDefault)]
    [InlineData(null, "{}", ByDefault)]
    [InlineData(null, Subscription, BySubscription)]
    [InlineData(null, SubscriptionYields, ByDefault)]
    [InlineData("{}", null, ByDefault)]
    [InlineData("{}", "{}", ByDefault)]
    [InlineData("{}", Subscription, BySubscription)]
    [InlineData("{}", SubscriptionYields, ByDefault)]
    [InlineData(Queue, null, ByQueue)]
    [InlineData(Queue, "{}", ByQueue)]
    [InlineData(Queue, "null", ByQueue)]
    [InlineData(Queue, Subscription, BySubscription)]
    [InlineData(Queue, SubscriptionYields, ByQueue)]
    [InlineData(Queue, OnlyYields, ByQueue)]
    [InlineData(QueueInsists, null, ByQueue)]
    [InlineData(QueueInsists, "{}", ByQueue)]
    [InlineData(QueueInsists, Subscription, ByQueue)]
    [InlineData(QueueInsists, SubscriptionYields, ByQueue)]
    [InlineData(OnlyYields, Subscription, ByDefault)]
    public void the_subscriptions_policy_counts_unless_it_is_empty_or_overruled(string? queue, string? subscription, int attempts) =>
        RetrySchedule.Of(queue, subscription).Attempts.Should().Be(attempts);

    [Fact]
    public void a_hostile_policy_is_cut_to_the_bounds()
    {
        var hostile = RetrySchedule.Of("""
            {"retries_with_no_delay": 2147483648, "minimum_delay_retries": 9223372036854775807, "minimum_delay": -9223372036854775808,
             "maximum_delay": 315360000, "maximum_delay_retries": 9223372036854775807}
            """, null);

        hostile.Attempts.Should().Be(1 + 100 + 100 + 1_000 + 100);
        hostile.DelayBefore(hostile.Attempts).Should().Be(TimeSpan.FromDays(1));
        hostile.DelayBefore(int.MaxValue).Should().BeNull();
    }

    [Theory, InlineData(0), InlineData(-1)]
    public void attempts_count_from_one(int attempt) =>
        FluentActions.Invoking(() => RetrySchedule.Of(null, null).DelayBefore(attempt)).Should().Throw<ArgumentOutOfRangeException>();

    [Fact]
    public void whatever_the_policy_delays_are_bounded_and_never_fall_within_the_backoff_and_attempts_end() =>
        Gen.Select(_count, _seconds, _seconds, _function).Sample((count, minimum, maximum, function) =>
        {
            var schedule = RetrySchedule.Of(Policy(count, minimum, maximum, function), null);
            var delays = Delays(schedule);

            delays.Should().HaveCount(schedule.Attempts).And.OnlyContain(delay => delay >= 0 && delay <= 86_400);
            schedule.Attempts.Should().BeLessThanOrEqualTo(1_301);

            var counted = (int)Math.Clamp(count, 0, 100);
            delays.Skip(1 + (2 * counted)).Take(schedule.Attempts - 1 - (3 * counted)).Should().BeInAscendingOrder();
        });

    [Fact]
    public void within_the_bounds_delays_are_those_of_the_formulas() =>
        Gen.Select(Gen.Long[0, 40], Gen.Long[10, 900], _function).Sample((minimum, spread, function) =>
        {
            var maximum = minimum + spread;
            var delays = Delays(OnlyBackoff(function, minimum, maximum)).Skip(1).ToArray();
            var expected = Formula(function, minimum, maximum).ToArray();

            delays.Should().HaveSameCount(expected);
            for (var i = 0; i < delays.Length; i++)
                ((double)delays[i]).Should().BeInRange(expected[i] - 1, expected[i] + 1e-6);
        });

    private static readonly Gen<long> _count = Gen.OneOf(Gen.Long[0, 20], Gen.Long);
    private static readonly Gen<long> _seconds = Gen.OneOf(Gen.Long[0, 1_000], Gen.Long[0, 200_000], Gen.Long);
    private static readonly Gen<string> _function = Gen.OneOf("linear", "arithmetic", "geometric", "exponential");

    // Before they are rounded down.
    private static IEnumerable<double> Formula(string function, double a, double b)
    {
        if (function == "linear")
        {
            for (var delay = a; delay < b; delay += 5)
                yield return delay;
            yield break;
        }

        if (function != "arithmetic")
            a = Math.Max(a, 1);

        var n = Math.Floor((b - a) / 5);
        for (var i = 1; i <= n; i++)
            yield return n == 1 ? a
                : function == "arithmetic" ? a + (i * (i - 1) * (b - a) / (n * (n - 1)))
                : a * Math.Pow(Math.Pow(b / a, 1 / (n - 1)), i - 1);
    }

    private static RetrySchedule OnlyBackoff(string function, long minimum, long maximum) => RetrySchedule.Of(Policy(0, minimum, maximum, function), null);

    private static string Policy(long count, long minimum, long maximum, string function) => $$"""
        {"retries_with_no_delay": {{count}}, "minimum_delay_retries": {{count}}, "minimum_delay": {{minimum}}, "maximum_delay": {{maximum}},
         "maximum_delay_retries": {{count}}, "retry_backoff_function": "{{function}}"}
        """;

    private static long[] Delays(RetrySchedule schedule)
    {
        var delays = new List<long>();
        while (schedule.DelayBefore(delays.Count + 1) is { } delay)
            delays.Add((long)delay.TotalSeconds);

        return [.. delays];
    }
}
