using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Messages;

public class PostingMessagesTests
{
    [Fact]
    public void a_message_takes_the_next_number() =>
        Given(Created(), Posted(1), Posted(2))
            .When((queue, now) => Post(queue, now, Draft(3)))
            .Then(Posted(3))
            .Answering([IdOf(3)]);

    [Fact]
    public void messages_of_one_post_keep_their_order() =>
        Given(Created())
            .When((queue, now) => Post(queue, now, Draft(1), Draft(2), Draft(3)))
            .Then(Posted(1), Posted(2), Posted(3))
            .Answering([IdOf(1), IdOf(2), IdOf(3)]);

    [Fact]
    public void a_post_to_a_missing_queue_makes_it_without_metadata() =>
        Given()
            .When((queue, now) => Post(queue, now, Draft(1)))
            .Then(Created(), Posted(1));

    [Fact]
    public void a_post_to_a_deleted_queue_makes_its_next_incarnation_which_counts_from_1() =>
        Given(Created("""{"_default_message_ttl":60}"""), Posted(1), Posted(2), new QueueDeleted(Dawn, Client))
            .When((queue, now) => Post(queue, now, Draft(1)))
            .Then(Created(incarnation: 2), Posted(1));

    [Fact]
    public void numbers_go_on_when_messages_are_gone() =>
        Given(Created(), Posted(1), Posted(2), Deleted([1, 2]))
            .When((queue, now) => Post(queue, now, Draft(3)))
            .Then(Posted(3));

    [Fact]
    public void a_message_says_when_it_was_posted_and_by_whom() =>
        Given(Created()).At(40)
            .When((queue, now) => Post(queue, now, Draft(1)))
            .Then(Posted(1, at: 40));

    [Fact]
    public void a_message_without_a_ttl_lives_an_hour() =>
        Given(Created())
            .When((queue, now) => Post(queue, now, Draft(1)))
            .Then(Posted(1, ttl: 3600));

    [Fact]
    public void a_message_without_a_ttl_lives_as_long_as_its_queue_says() =>
        Given(Created("""{"_default_message_ttl":300}"""))
            .When((queue, now) => Post(queue, now, Draft(1)))
            .Then(Posted(1, ttl: 300));

    [Fact]
    public void a_message_with_a_ttl_lives_as_long_as_it_says() =>
        Given(Created("""{"_default_message_ttl":300}"""))
            .When((queue, now) => Post(queue, now, Draft(1, ttl: 77)))
            .Then(Posted(1, ttl: 77));

    [Theory, InlineData(60), InlineData(1_209_600)]
    public void a_ttl_at_its_bounds_is_accepted(long ttl) =>
        Given(Created())
            .When((queue, now) => Post(queue, now, Draft(1, ttl)))
            .Then(Posted(1, ttl));

    [Theory, InlineData(59), InlineData(1_209_601), InlineData(0), InlineData(-1), InlineData(long.MaxValue), InlineData(long.MinValue)]
    public void a_ttl_outside_its_bounds_is_rejected(long ttl) =>
        Given(Created())
            .When((queue, now) => Post(queue, now, Draft(1, ttl)))
            .ThenRejected<TtlOutOfRange>(ErrorKind.InvalidRequest);

    [Fact]
    public void one_bad_draft_rejects_the_whole_post() =>
        Given()
            .When((queue, now) => Post(queue, now, Draft(1), Draft(2, ttl: 1)))
            .ThenRejected<TtlOutOfRange>(ErrorKind.InvalidRequest);

    [Fact]
    public void a_post_as_large_as_the_queue_allows_is_accepted() =>
        Given(Created("""{"_max_messages_post_size":100}"""))
            .When((queue, now) => MessageDecider.Post(queue, [Draft(1)], 100, Bounds, Client, now))
            .Then(Posted(1));

    [Fact]
    public void a_post_larger_than_the_queue_allows_is_rejected() =>
        Given(Created("""{"_max_messages_post_size":100}"""))
            .When((queue, now) => MessageDecider.Post(queue, [Draft(1)], 101, Bounds, Client, now))
            .ThenRejected<PostTooLarge>(ErrorKind.InvalidRequest);

    [Fact]
    public void a_checksum_is_kept() =>
        Given(Created())
            .When((queue, now) => Post(queue, now, Draft(1) with { Checksum = "MD5:1" }))
            .Then(Posted(1) with { Checksum = "MD5:1" })
            .LeavingQueue(queue => queue.Messages[1].Checksum.Should().Be("MD5:1"));

    private static Decision<IReadOnlyList<MessageId>> Post(QueueState queue, DateTimeOffset now, params MessageDraft[] drafts) =>
        MessageDecider.Post(queue, drafts, 100, Bounds, Client, now);
}
