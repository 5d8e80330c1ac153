using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Claims;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Messages;

public class DelayingMessagesTests
{
    private const string Delaying = """{"_default_message_delay":30}""";

    [Fact]
    public void a_message_without_a_delay_waits_as_long_as_its_queue_says() =>
        Given(Created(Delaying))
            .When((queue, now) => Post(queue, now, null))
            .Then(Posted(1, delay: 30));

    [Theory, InlineData(0), InlineData(10), InlineData(900)]
    public void a_message_with_a_delay_waits_as_long_as_it_says(long delay) =>
        Given(Created(Delaying))
            .When((queue, now) => Post(queue, now, new DraftDelay(delay)))
            .Then(Posted(1, delay: delay));

    [Theory, InlineData(-1), InlineData(901), InlineData(long.MaxValue)]
    public void a_delay_outside_its_bounds_is_rejected(long delay) =>
        Given(Created(Delaying))
            .When((queue, now) => Post(queue, now, new DraftDelay(delay)))
            .ThenRejected<DelayOutOfRange>(ErrorKind.InvalidRequest);

    [Fact]
    public void a_delay_that_is_no_whole_number_is_rejected() =>
        Given(Created(Delaying))
            .When((queue, now) => Post(queue, now, new DraftDelay(null)))
            .ThenRejected<DelayNotInteger>(ErrorKind.InvalidBody);

    [Theory, InlineData("{}"), InlineData("""{"_default_message_delay":0}"""), InlineData("""{"_default_message_delay":null}""")]
    public void a_queue_without_a_delay_drops_what_a_message_says(string metadata) =>
        Given(Created(metadata))
            .When((queue, now) => Post(queue, now, new DraftDelay(30)))
            .Then(Posted(1));

    [Theory, InlineData(-1L), InlineData(901L), InlineData(null)]
    public void a_queue_without_a_delay_does_not_judge_what_a_message_says(long? delay) =>
        Given(Created())
            .When((queue, now) => Post(queue, now, new DraftDelay(delay)))
            .Then(Posted(1));

    [Fact]
    public void the_configured_delay_is_only_for_show() =>
        Given(Created())
            .When((queue, now) => MessageDecider.Post(queue, [Draft(1)], 1, Bounds with { DefaultMessageDelay = 50 }, Client, now))
            .Then(Posted(1));

    [Fact]
    public void the_end_of_life_counts_from_the_post_not_from_the_delay() =>
        Given(Created(Delaying))
            .When((queue, now) => Post(queue, now, null))
            .LeavingQueue(queue => queue.Messages[1].ExpiresAt.Should().Be(At(3600)));

    [Fact]
    public void a_claim_passes_over_what_still_waits() =>
        Given(Created(Delaying), Posted(1, delay: 30), Posted(2)).At(29.999)
            .When((queue, now) => ClaimDecider.Claim(queue, Mine, 10, 300, 60, Bounds, Client, now))
            .ThatAnswers(claimed => claimed.Select(message => message.Number).Should().Equal(2));

    [Fact]
    public void a_claim_takes_a_message_from_the_instant_its_delay_is_over() =>
        Given(Created(Delaying), Posted(1, delay: 30), Posted(2)).At(30)
            .When((queue, now) => ClaimDecider.Claim(queue, Mine, 10, 300, 60, Bounds, Client, now))
            .ThatAnswers(claimed => claimed.Select(message => message.Number).Should().Equal(1, 2));

    [Fact]
    public void a_pop_passes_over_what_still_waits() =>
        Given(Created(Delaying), Posted(1, delay: 30), Posted(2)).At(29.999)
            .When((queue, now) => MessageDecider.Pop(queue, 10, Client, now))
            .Then(Deleted([2], at: 29.999, popped: true));

    [Fact]
    public void a_message_keeps_its_delay_when_the_queue_loses_its_own() =>
        Given(Created(Delaying), Posted(1, delay: 30), new QueueMetadataChanged("{}", Dawn, Client)).At(10)
            .When((queue, now) => MessageDecider.Pop(queue, 10, Client, now))
            .ThenNothing();

    [Fact]
    public void a_delayed_message_can_be_deleted() =>
        Given(Created(Delaying), Posted(1, delay: 30)).At(10)
            .When((queue, now) => MessageDecider.Delete(queue, IdOf(1), null, Client, now))
            .Then(Deleted([1], at: 10));

    private static Decision<IReadOnlyList<MessageId>> Post(QueueState queue, DateTimeOffset now, DraftDelay? delay) =>
        MessageDecider.Post(queue, [Draft(1, delay: delay)], 100, Bounds, Client, now);
}
