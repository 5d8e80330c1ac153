using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Zaqar.Application.Deliveries;
using Zaqar.Domain.Subscriptions;
using Zaqar.Integration.Delivery.Sinks;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Notifications;

/// <summary>When a dead subscriber is tried, by a clock that the test moves.</summary>
public sealed class RetryTimingTests(NotifyingService service) : IClassFixture<NotifyingService>, IDisposable
{
    private readonly string _project = $"project-{Guid.NewGuid():N}";
    private readonly string _path = NotifyingService.NewPath();
    private HttpClient? _owner;

    private HttpClient Client => _owner ??= service.Client(_project);

    public void Dispose() => _owner?.Dispose();

    [Fact]
    public async Task by_default_there_are_15_attempts_over_180_seconds_and_then_it_has_failed()
    {
        var subscription = await Client.SubscribeTo("q", service.Sink.Answers(_path, SinkAnswer.Status(503)));
        await Client.Post("q", "hi");

        var waits = await Waits(subscription);

        // The first three retries are made at once, too quickly to be seen in between.
        waits.Should().Equal(new Dictionary<int, int>
        {
            [4] = 5, [5] = 5, [6] = 5, [7] = 5, [8] = 10, [9] = 15, [10] = 20, [11] = 25, [12] = 30, [13] = 30, [14] = 30,
        }.Select(wait => (wait.Key, TimeSpan.FromSeconds(wait.Value))));
        var failed = (await Client.Log("q", subscription))[0];
        (failed.Status, failed.Attempts, failed.LastStatus, failed.LastReason).Should().Be(("failed", 15, 503, "The subscriber answered 503."));
        failed.EndedAt.Should().Be(failed.LastAttemptAt);
        service.Sink.RequestsTo(_path).Should().HaveCount(15).And.OnlyContain(request => request.Body.SequenceEqual(service.Sink.RequestsTo(_path)[0].Body));
        (await Client.Subscription("q", subscription)).Status.Should().Be(200, "the subscription stays");
    }

    [Theory, InlineData("linear"), InlineData("arithmetic"), InlineData("geometric"), InlineData("exponential")]
    public async Task every_delay_is_the_formulas(string function)
    {
        var policy = $$"""
            {"retries_with_no_delay": 0, "minimum_delay_retries": 1, "minimum_delay": 20, "maximum_delay": 60, "maximum_delay_retries": 2,
            "retry_backoff_function": "{{function}}"}
            """;
        var schedule = RetrySchedule.Of(null, policy);
        var subscription = await Client.SubscribeTo("q", service.Sink.Answers(_path, SinkAnswer.Status(500)),
            new { _retry_policy = System.Text.Json.JsonDocument.Parse(policy) });
        await Client.Post("q", "hi");

        var waits = await Waits(subscription);

        waits.Should().Equal(Enumerable.Range(1, schedule.Attempts - 1).Select(attempt => (attempt, schedule.DelayBefore(attempt + 1)!.Value)));
        service.Sink.RequestsTo(_path).Should().HaveCount(schedule.Attempts);
    }

    [Theory]
    [InlineData(null, null, 0), InlineData("{}", "{}", 0)]
    [InlineData("""{"minimum_delay": 100}""", null, 100), InlineData("""{"minimum_delay": 100}""", "{}", 100)]
    [InlineData("""{"minimum_delay": 100}""", """{"minimum_delay": 200}""", 200), InlineData(null, """{"minimum_delay": 200}""", 200)]
    [InlineData("""{"minimum_delay": 100, "ignore_subscription_override": true}""", """{"minimum_delay": 200}""", 100)]
    [InlineData("""{"minimum_delay": 100}""", """{"minimum_delay": 200, "ignore_subscription_override": true}""", 100)]
    public async Task the_policy_is_the_subscriptions_unless_it_is_empty_or_overruled(string? queue, string? own, int seconds)
    {
        if (queue is not null)
            (await Client.Put("/v2/queues/q", $$"""{"_retry_policy": {{Full(queue)}} }""")).Status.Should().Be(201);
        var subscription = await Client.SubscribeTo("q", service.Sink.Answers(_path, SinkAnswer.Status(500), SinkAnswer.Status(404)),
            own is null ? null : new { _retry_policy = System.Text.Json.JsonDocument.Parse(Full(own)) });

        await Client.Post("q", "hi");

        var tried = await Client.Delivery("q", subscription, entry => entry.Attempts == (seconds == 0 ? 2 : 1), "it was tried");
        if (seconds > 0)
            tried.Wait.Should().Be(TimeSpan.FromSeconds(seconds));

        // An empty one stays empty.
        static string Full(string policy) =>
            policy == "{}" ? policy : policy.Replace("{", """{"retries_with_no_delay": 0, "maximum_delay": 900, """, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_policy_that_is_changed_meanwhile_holds_for_the_next_retry()
    {
        var subscription = await Client.SubscribeTo("q", service.Sink.Answers(_path, SinkAnswer.Status(500)),
            new { _retry_policy = new { retries_with_no_delay = 0, minimum_delay = 100, maximum_delay = 900 } });
        await Client.Post("q", "hi");
        (await Client.Delivery("q", subscription, entry => entry.Attempts == 1, "it was tried")).Wait.Should().Be(TimeSpan.FromSeconds(100));

        await Client.Patch($"/v2/queues/q/subscriptions/{subscription}",
            """{"options": {"_retry_policy": {"retries_with_no_delay": 0, "minimum_delay": 300, "maximum_delay": 900}}}""");
        await MoveOn(subscription, TimeSpan.FromSeconds(100));

        (await Client.Delivery("q", subscription, entry => entry.Attempts == 2, "it was tried")).Wait.Should().Be(TimeSpan.FromSeconds(300));
    }

    [Fact]
    public async Task what_is_due_is_tried_also_when_the_word_of_it_was_lost()
    {
        var subscription = await Client.SubscribeTo("q", service.Sink.Answers(_path, SinkAnswer.Status(500), SinkAnswer.Status(200)),
            new { _retry_policy = new { retries_with_no_delay = 0, minimum_delay = 600, maximum_delay = 900 } });
        await Client.Post("q", "hi");
        await Client.Delivery("q", subscription, entry => entry.Attempts == 1, "it was tried");

        // The word is scheduled by another clock, which nobody moves.
        service.Advance(TimeSpan.FromSeconds(604));

        (await Client.Delivery("q", subscription, entry => entry.Attempts == 2, "it was tried again")).Status.Should().Be("delivered");
    }

    [Fact]
    public async Task one_that_waits_lets_those_behind_it_pass_and_comes_when_it_is_due()
    {
        await Client.SubscribeTo("q", service.Sink.Answers(_path, SinkAnswer.Status(500), SinkAnswer.Status(200)),
            new { _retry_policy = new { retries_with_no_delay = 0, minimum_delay = 600, maximum_delay = 900 } });

        var subscription = await Client.SubscribeTo("other", service.Sink.At(_path + "/other"));
        await Client.Post("q", 1, 2, 3);
        await Eventually.Is(() => service.Sink.RequestsTo(_path).Count == 3, "all are tried");
        service.Advance(TimeSpan.FromSeconds(604));
        await Eventually.Is(() => service.Sink.RequestsTo(_path).Count == 4, "the first is tried again");

        service.Sink.RequestsTo(_path).Select(request => request.Text.Split(", ")[1]).Should().Equal("\"body\": 1", "\"body\": 2", "\"body\": 3", "\"body\": 1");
        (await Client.Log("other", subscription)).Should().BeEmpty();
    }

    /// <summary>Moves the clock from attempt to attempt until the delivery ends.</summary>
    /// <returns>The attempts that were seen, and how long after each the next was to be.</returns>
    private async Task<IReadOnlyList<(int Attempt, TimeSpan Wait)>> Waits(Guid subscription)
    {
        var waits = new List<(int, TimeSpan)>();
        for (var seen = 0; ;)
        {
            var entry = await Client.Delivery("q", subscription,
                entry => entry.EndedAt is not null || (entry.Attempts > seen && entry.Wait > TimeSpan.Zero), $"there is an attempt after {seen}");
            if (entry.EndedAt is not null)
                return waits;

            waits.Add((entry.Attempts, entry.Wait!.Value));
            seen = entry.Attempts;
            await MoveOn(subscription, entry.Wait.Value);
        }
    }

    private ValueTask MoveOn(Guid subscription, TimeSpan by)
    {
        service.Advance(by);
        return service.Services.GetRequiredService<IDeliveryWake>().Wake(_project, subscription);
    }
}
