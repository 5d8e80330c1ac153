using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Queues;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Queues;

public class PurgingQueuesTests
{
    [Fact]
    public void unclaimed_messages_go_and_claimed_ones_stay() =>
        Given(Created(), Posted(1), Posted(2), Posted(3), Claimed(Theirs, [2])).When(Purge())
            .Then(new QueuePurged([1, 3], Dawn, Client)).Answering(2)
            .LeavingQueue(queue => (queue.Messages.Keys.Single(), queue.Total, queue.Claims.Count).Should().Be((2, 1, 1)));

    [Fact]
    public void delayed_messages_go_too() =>
        Given(Created("""{"_default_message_delay":30}"""), Posted(1, delay: 30)).When(Purge()).Then(new QueuePurged([1], Dawn, Client));

    [Fact]
    public void messages_whose_claim_is_over_go_too() =>
        Given(Created(), Posted(1), Claimed(Theirs, [1])).At(300).When(Purge()).Then(new QueuePurged([1], At(300), Client))
            .LeavingQueue(queue => queue.Claims[Theirs].Numbers.Should().BeEmpty());

    [Fact]
    public void metadata_stays() =>
        Given(Created("""{"a":1}"""), Posted(1)).When(Purge()).LeavingQueue(queue => queue.Metadata.Json.Should().Be("""{"a":1}"""));

    [Fact]
    public void what_was_posted_after_the_purge_began_stays() =>
        Given(Created(), Posted(1), Posted(2), Posted(3)).When(Purge(upTo: 2)).Then(new QueuePurged([1, 2], Dawn, Client));

    [Fact]
    public void what_is_over_by_the_clock_is_gone_already() =>
        Given(Created(), Posted(1, ttl: 60), Posted(2, ttl: 300)).At(60).When(Purge()).Then(new QueuePurged([2], At(60), Client)).Answering(1);

    [Fact]
    public void a_purge_of_many_goes_in_chunks() =>
        Given([Created(), .. Many(QueueDecider.PurgeChunk + 5, number => Posted(number))]).When(Purge())
            .Answering(QueueDecider.PurgeChunk)
            .LeavingQueue(queue =>
            {
                queue.Messages.Keys.Should().BeEquivalentTo([1001, 1002, 1003, 1004, 1005]);
                Purge()(queue, Dawn).Answer.Should().Be(5);
            });

    [Fact]
    public void an_empty_queue_has_nothing_to_purge() => Given(Created()).When(Purge()).ThenNothing().Answering(0);

    [Fact]
    public void a_missing_queue_has_nothing_to_purge() => Given().When(Purge()).ThenNothing().Answering(0);

    private static Func<QueueState, DateTimeOffset, Decision<int>> Purge(long upTo = long.MaxValue) =>
        (queue, now) => QueueDecider.Purge(queue, upTo, Client, now);
}
