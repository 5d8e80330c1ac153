using CsCheck;
using FluentAssertions;
using Xunit;
using Zaqar.Application;
using Zaqar.Domain.Queues;

namespace Zaqar.Unit.Queues;

/// <summary>A topic is a queue that no queue's name can name.</summary>
public class TopicIdTests
{
    private static readonly Gen<string> _names = Gen.Char["abcxyzABCXYZ0129_-."].Array[1, QueueId.MaxNameLength].Select(letters => new string(letters));

    [Fact]
    public void a_topic_and_a_queue_of_one_name_are_two() =>
        Gen.Select(_names, _names).Sample((one, other) =>
        {
            var (queue, topic) = (new QueueId("p", one), QueueId.OfTopic("p", other));

            topic.Should().NotBe(queue);
            topic.Key(1).Should().NotBe(queue.Key(1));
            StreamKey.OfQueue(topic.Name, 1, 1).Should().NotBe(StreamKey.OfQueue(queue.Name, 1, 1));
        });

    [Fact]
    public void each_knows_what_it_is_and_what_clients_call_it() => _names.Sample(name =>
    {
        var (queue, topic) = (new QueueId("p", name), QueueId.OfTopic("p", name));

        (queue.IsTopic, queue.ShownName, queue.Noun).Should().Be((false, name, "queue"));
        (topic.IsTopic, topic.ShownName, topic.Noun).Should().Be((true, name, "topic"));
    });

    [Fact]
    public void no_client_can_name_a_queue_as_a_topic_is_stored() => _names.Sample(name =>
    {
        var stored = QueueId.OfTopic("p", name).Name;

        QueueId.IsName(stored).Should().BeFalse();
        QueueId.IsStoredName(stored).Should().BeTrue();
        QueueId.IsStoredName(name).Should().BeTrue();
    });

    [Theory, InlineData("~"), InlineData("~~a"), InlineData("a~"), InlineData("~a b"), InlineData(""), InlineData("~a/b")]
    [InlineData("~01234567890123456789012345678901234567890123456789012345678901234")]
    public void a_tilde_stands_before_a_whole_name_or_it_is_none(string name) => QueueId.IsStoredName(name).Should().BeFalse();

    [Fact]
    public void all_queues_of_a_project_come_before_the_end_of_queues_and_all_topics_between_that_and_theirs() =>
        Gen.Select(_names, _names).Sample((queue, topic) =>
        {
            string.CompareOrdinal(queue, QueueId.EndOfQueues).Should().BeNegative();
            string.CompareOrdinal(QueueId.OfTopic("p", topic).Name, QueueId.EndOfQueues).Should().BePositive();
            string.CompareOrdinal(QueueId.OfTopic("p", topic).Name, QueueId.EndOfTopics).Should().BeNegative();
            new QueueId("p", queue).Should().BeLessThan(QueueId.OfTopic("p", topic));
        });

    [Fact]
    public void topics_are_ordered_as_their_names_are() => Gen.Select(_names, _names).Sample((one, other) =>
        Math.Sign(QueueId.OfTopic("p", one).CompareTo(QueueId.OfTopic("p", other))).Should().Be(Math.Sign(string.CompareOrdinal(one, other))));

    [Fact]
    public void a_stream_of_either_is_known_by_its_key() =>
        Gen.Select(_names, Gen.Bool, Gen.Int[1, 1_000_000], Gen.Int[1, 1_000_000]).Sample((name, isTopic, incarnation, segment) =>
        {
            var id = isTopic ? QueueId.OfTopic("p", name) : new("p", name);

            StreamKey.TryReadQueue(StreamKey.OfQueue(id.Name, incarnation, segment), out var read, out var itsIncarnation, out var itsSegment).Should().BeTrue();
            (read, itsIncarnation, itsSegment).Should().Be((id.Name, incarnation, segment));
        });

    [Theory]
    [InlineData("queue/~/1/1"), InlineData("queue/~~a/1/1"), InlineData("queue/a~/1/1"), InlineData("queue//1/1"), InlineData("queue/~a/1"), InlineData("queue/~a/1/x")]
    [InlineData("history/~a"), InlineData("subscription/~a"), InlineData("~a")]
    public void any_other_key_is_no_queues(string key) => StreamKey.TryReadQueue(key, out _, out _, out _).Should().BeFalse();
}
