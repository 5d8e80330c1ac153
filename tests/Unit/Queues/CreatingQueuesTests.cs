using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Queues;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Queues;

public class CreatingQueuesTests
{
    [Fact]
    public void a_new_queue_stores_its_metadata() =>
        Given().When(Create("""{"colour":"red"}""")).Then(Created("""{"colour":"red"}""")).Answering(true);

    [Fact]
    public void an_existing_queue_and_its_metadata_stay_as_they_are() =>
        Given(Created("""{"colour":"red"}"""), Posted(1)).When(Create("""{"colour":"blue"}""")).ThenNothing().Answering(false);

    [Fact]
    public void a_deleted_queue_is_made_anew_as_its_next_incarnation() =>
        Given(Created("""{"colour":"red"}"""), Posted(1), new QueueDeleted(Dawn, Client)).When(Create("{}"))
            .Then(Created(incarnation: 2)).Answering(true)
            .LeavingQueue(queue => (queue.NextNumber, queue.Total, queue.Frontier, queue.Segment, queue.Version).Should().Be((1, 0, 1, 1, 1)));

    [Fact]
    public void incarnations_count_on() =>
        Given(Created(), new QueueDeleted(Dawn, Client), Created(incarnation: 2), new QueueDeleted(Dawn, Client)).When(Create("{}"))
            .Then(Created(incarnation: 3));

    private static Func<QueueState, DateTimeOffset, Decision<bool>> Create(string metadata) =>
        (queue, now) => QueueDecider.Create(queue, QueueMetadata.Parse(metadata), Client, now);
}
