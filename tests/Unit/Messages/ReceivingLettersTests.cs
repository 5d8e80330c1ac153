using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Messages;

/// <summary>Dead letters that come from another database come in letters, each of which may come again.</summary>
public class ReceivingLettersTests
{
    private static readonly Guid _first = new("11111111-0000-0000-0000-000000000001");
    private static readonly Guid _second = new("22222222-0000-0000-0000-000000000002");

    [Fact]
    public void a_letters_messages_come_last_and_keep_their_ids_bodies_age_and_claim_counts() =>
        Given(Created(), Posted(1)).At(100)
            .When((queue, now) => MessageDecider.Receive(queue, [LetterOf(_first, Message(7))], now))
            .Then(Received(_first), Moved(2, 7, 500, At(500)))
            .Answering(1);

    [Fact]
    public void a_letters_messages_live_on_from_its_arrival_when_their_queue_said_how_long() =>
        Given(Created()).At(600)
            .When((queue, now) => MessageDecider.Receive(queue, [LetterOf(_first, 1000, Message(7))], now))
            .Then(Received(_first, 600), Moved(1, 7, 1000, At(1600), 600));

    [Fact]
    public void a_letter_moves_messages_as_a_move_within_a_database_does()
    {
        DeadLetters letters = new("orders", "dead", 900, [Message(7) with { Client = "poster" }, Message(8)]);
        var here = Given(Created(), Posted(1)).At(100).When((queue, now) => MessageDecider.Receive(queue, letters, Client, now));

        Given(Created(), Posted(1)).At(100)
            .When((queue, now) => new Decision<int>(0,
                [.. MessageDecider.Receive(queue, [new(_first, letters, Client)], now).Events.Where(@event => @event is not LettersReceived)]))
            .ThatDecides(events => here.Then([.. events]));
    }

    [Fact]
    public void letters_are_taken_in_their_order_into_a_queue_that_is_made_for_the_first() =>
        Given().At(100)
            .When((queue, now) => MessageDecider.Receive(queue, [LetterOf(_first, Message(7), Message(8)), LetterOf(_second, Message(3))], now))
            .Then(new QueueCreated(1, "{}", At(100), Client),
                Received(_first), Moved(1, 7, 500, At(500)), Moved(2, 8, 500, At(500)),
                Received(_second), Moved(3, 3, 500, At(500)))
            .Answering(2);

    [Fact]
    public void a_letter_that_comes_again_changes_nothing() =>
        Given(Created(), Received(_first), Moved(1, 7, 500, At(500))).At(100)
            .When((queue, now) => MessageDecider.Receive(queue, [LetterOf(_first, Message(7))], now))
            .ThenNothing().Answering(0);

    [Fact]
    public void a_letter_that_comes_again_changes_nothing_when_its_messages_are_gone() =>
        Given(Created(), Received(_first), Moved(1, 7, 500, At(500)), Deleted([1])).At(100)
            .When((queue, now) => MessageDecider.Receive(queue, [LetterOf(_first, Message(7))], now))
            .ThenNothing();

    [Fact]
    public void a_letter_that_comes_again_changes_nothing_when_its_queue_is_gone() =>
        Given(Created(), Received(_first), Moved(1, 7, 500, At(500)), new QueueDeleted(At(90), Client)).At(100)
            .When((queue, now) => MessageDecider.Receive(queue, [LetterOf(_first, Message(7))], now))
            .ThenNothing();

    [Fact]
    public void of_letters_that_come_together_only_the_new_ones_are_taken() =>
        Given(Created(), Received(_first), Moved(1, 7, 500, At(500))).At(100)
            .When((queue, now) => MessageDecider.Receive(queue, [LetterOf(_first, Message(7)), LetterOf(_second, Message(8))], now))
            .Then(Received(_second), Moved(2, 8, 500, At(500)))
            .Answering(1);

    [Fact]
    public void what_ran_out_on_the_way_is_recorded_and_gone() =>
        Given(Created()).At(500)
            .When((queue, now) => MessageDecider.Receive(queue, [LetterOf(_first, Message(7), Message(8) with { ExpiresAt = At(501) })], now))
            .Then(new LettersReceived(_first, "orders", [Message(7).Id.Value], At(500), Client), Moved(1, 8, 500, At(501), 500));

    [Fact]
    public void a_letter_is_taken_once_when_nothing_in_it_is_alive() =>
        Given().At(500)
            .When((queue, now) => MessageDecider.Receive(queue, [LetterOf(_first, Message(7))], now))
            .Then(new QueueCreated(1, "{}", At(500), Client), new LettersReceived(_first, "orders", [Message(7).Id.Value], At(500), Client))
            .LeavingQueue(queue => (queue.Total, queue.HasReceived(_first)).Should().Be((0, true)));

    private static KnownMessage Message(long number) =>
        new(number, IdOf(number), BodyOf(number), 500, At(0), At(30), At(500), 2, "MD5:1");

    private static Letter LetterOf(Guid id, params KnownMessage[] messages) => LetterOf(id, null, messages);

    private static Letter LetterOf(Guid id, long? ttl, params KnownMessage[] messages) => new(id, new("orders", "dead", ttl, messages), Client);

    private static LettersReceived Received(Guid letter, double at = 100) => new(letter, "orders", [], At(at), Client);

    private static MessagePosted Moved(long number, long before, long ttl, DateTimeOffset expires, double at = 100) =>
        new(number, IdOf(before), BodyOf(before), ttl, At(0), At(0), expires, 2, "MD5:1", "orders", At(at), Client);
}
