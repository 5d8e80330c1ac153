using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Queues;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Queues;

public class DeletingQueuesTests
{
    private static readonly Past _past =
        Given(Created("""{"_default_message_ttl":60}"""), Posted(1), Posted(2), Claimed(Theirs, [1]));

    [Fact]
    public void a_deleted_queue_takes_its_messages_claims_and_metadata_along() =>
        _past.When(Delete).Then(new QueueDeleted(Dawn, Client)).Answering(true)
            .LeavingQueue(queue =>
            {
                (queue.Exists, queue.Total, queue.Messages.Count, queue.Claims.Count).Should().Be((false, 0, 0, 0));
                queue.Metadata.Should().Be(QueueMetadata.Empty);
                queue.Line.Should().BeEmpty();
                queue.HolderOf(1, Dawn).Should().BeNull();
            });

    [Fact]
    public void deleting_a_missing_queue_is_no_error() => Given().When(Delete).ThenNothing().Answering(false);

    [Fact]
    public void deleting_it_twice_is_no_error() =>
        Given(Created(), new QueueDeleted(Dawn, Client)).When(Delete).ThenNothing().Answering(false);

    private static Decision<bool> Delete(QueueState queue, DateTimeOffset now) => QueueDecider.Delete(queue, Client, now);
}
