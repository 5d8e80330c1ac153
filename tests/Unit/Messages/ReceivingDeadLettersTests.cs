using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Messages;

public class ReceivingDeadLettersTests
{
    private static readonly MessageId _id = MessageId.For(7, 70);

    private static readonly KnownMessage _letter =
        new(7, _id, BodyOf(7), 500, At(0), At(30), At(500), 2, "MD5:1");

    [Fact]
    public void a_dead_letter_comes_last_and_keeps_its_id_body_age_and_claim_count() =>
        Given(Created(), Posted(1)).At(100)
            .When((queue, now) => MessageDecider.Receive(queue, Letters(null), Client, now))
            .Then(new MessagePosted(2, _id, BodyOf(7), 500, At(0), At(0), At(500), 2, "MD5:1", "orders", At(100), Client));

    [Fact]
    public void a_dead_letter_lives_on_from_now_when_its_queue_said_how_long() =>
        Given(Created()).At(100)
            .When((queue, now) => MessageDecider.Receive(queue, Letters(1000), Client, now))
            .Then(new MessagePosted(1, _id, BodyOf(7), 1000, At(0), At(0), At(1100), 2, "MD5:1", "orders", At(100), Client));

    [Fact]
    public void a_missing_target_is_made() =>
        Given().At(100)
            .When((queue, now) => MessageDecider.Receive(queue, Letters(null), Client, now))
            .Then(new Domain.Queues.QueueCreated(1, "{}", At(100), Client),
                new MessagePosted(1, _id, BodyOf(7), 500, At(0), At(0), At(500), 2, "MD5:1", "orders", At(100), Client));

    [Fact]
    public void a_dead_letter_is_unclaimed_and_waits_for_nothing() =>
        Given(Created("""{"_default_message_delay":30}""")).At(100)
            .When((queue, now) => MessageDecider.Receive(queue, Letters(null), Client, now))
            .LeavingQueue(queue => queue.Line.Single().IsVisible(At(100)).Should().BeTrue());

    [Fact]
    public void a_dead_letter_is_found_by_the_id_it_always_had() =>
        Given(Created(), Posted(1)).At(100)
            .When((queue, now) => MessageDecider.Receive(queue, Letters(null), Client, now))
            .LeavingQueue(queue => queue.Find(_id)!.Number.Should().Be(2));

    [Fact]
    public void a_dead_letter_stays_its_posters_whoever_claimed_it_last() =>
        Given()
            .When((queue, now) => MessageDecider.Receive(
                queue, new("orders", "dead", null, [_letter with { Client = "poster" }]), Client with { ClientId = "claimer" }, now))
            .LeavingQueue(queue => queue.Messages[1].Client.Should().Be("poster"));

    private static DeadLetters Letters(long? ttl) => new("orders", "dead", ttl, [_letter]);
}
