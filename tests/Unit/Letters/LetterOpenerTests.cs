using FluentAssertions;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using Zaqar.Application.Encryption;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Encryption;
using Zaqar.Infrastructure.Letters;
using static Zaqar.Unit.Specification;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Letters;

/// <summary>What becomes of letters with messages that cannot be opened, or not be sealed.</summary>
public class LetterOpenerTests
{
    private const string Encrypting = """{"_enable_encrypt_messages":true}""";
    private const double Slack = 2 * 43_200;

    private static readonly QueueId _dead = Orders with { Name = "dead" };
    private static readonly Guid _first = new("11111111-0000-0000-0000-000000000001");
    private static readonly Guid _second = new("22222222-0000-0000-0000-000000000002");

    private readonly MessageSeal _seal = With(Ring("k1")), _lost = With(Ring("lost")), _none = With(KeyRing.Empty);

    [Fact]
    public void messages_are_sealed_for_the_queue_that_takes_them()
    {
        var decision = Receive(_seal, 100, LetterOf(_first, null, Sealed(_seal, 1)));

        var moved = decision.Events.OfType<MessagePosted>().Single();
        MessageSeal.IsSealed(moved.Body).Should().BeTrue();
        _seal.Open(_dead, moved).Body.ToArray().Should().Equal(BodyOf(1).ToArray());
    }

    [Fact]
    public void what_is_over_is_not_opened()
    {
        Unopened(499).Should().Throw<MessageUnreadable>();
        Unopened(500)().Should().Equal(IdOf(1).Value);

        Func<IReadOnlyList<Guid>> Unopened(double at) => () => Expired(Receive(_seal, at, LetterOf(_first, null, Sealed(_lost, 1))));
    }

    [Fact]
    public void a_new_life_is_given_to_what_cannot_be_opened_only_until_it_would_be_over_for_certain()
    {
        Unopened(500 + Slack).Should().Throw<MessageUnreadable>();
        Unopened(501 + Slack)().Should().Equal(IdOf(1).Value);

        Func<IReadOnlyList<Guid>> Unopened(double at) => () => Expired(Receive(_seal, at, LetterOf(_first, 1000, Sealed(_lost, 1))));
    }

    [Fact]
    public void what_is_in_the_same_letter_arrives()
    {
        var decision = Receive(_seal, 501 + Slack, LetterOf(_first, 1000, Sealed(_lost, 1), Sealed(_seal, 2)));

        Expired(decision).Should().Equal(IdOf(1).Value);
        decision.Events.OfType<MessagePosted>().Select(posted => posted.Id).Should().Equal(IdOf(2));
    }

    [Fact]
    public void letters_before_one_that_cannot_be_taken_are_taken()
    {
        var decision = Receive(_seal, 100, LetterOf(_first, null, Message(1)), LetterOf(_second, null, Sealed(_lost, 2)));

        decision.Answer.Should().Be(1);
        decision.Events.OfType<LettersReceived>().Select(received => received.Letter).Should().Equal(_first);
    }

    [Fact]
    public void a_letter_that_was_received_needs_no_key()
    {
        var state = Given(Created(), new LettersReceived(_first, Orders.Name, [], Dawn, Client)).StateOf(_dead);

        var decision = new LetterOpener(_seal, Bounds).Receive(state, [LetterOf(_first, null, Sealed(_lost, 1))], At(100));

        decision.Should().BeEquivalentTo(new { Answer = 1, Events = Array.Empty<object>() });
    }

    [Fact]
    public void without_a_key_a_queue_that_encrypts_takes_no_plain_message_that_lives()
    {
        var state = Given(Created(Encrypting)).StateOf(_dead);
        var letter = LetterOf(_first, null, Message(1));
        var opener = new LetterOpener(_none, Bounds);

        opener.Invoking(one => one.Receive(state, [letter], At(100))).Should().Throw<NothingToSealWith>();
        Expired(opener.Receive(state, [letter], At(500))).Should().Equal(IdOf(1).Value);
        new LetterOpener(_seal, Bounds).Receive(state, [letter], At(100)).Events.Should().HaveCount(2);
    }

    private static Domain.Decision<int> Receive(MessageSeal seal, double at, params Letter[] letters) =>
        new LetterOpener(seal, Bounds).Receive(Given(Created()).StateOf(_dead), letters, At(at));

    private static IReadOnlyList<Guid> Expired(Domain.Decision<int> decision) => decision.Events.OfType<LettersReceived>().Single().Expired;

    private static Letter LetterOf(Guid id, long? ttl, params KnownMessage[] messages) => new(id, new(Orders.Name, "dead", ttl, messages), Client);

    private static KnownMessage Message(long number) => new(number, IdOf(number), BodyOf(number), 500, At(0), At(0), At(500), 1, null);

    private static KnownMessage Sealed(MessageSeal seal, long number) =>
        Message(number) with { Body = seal.Seal(Orders, Posted(number)).Body };

    private static KeyRing Ring(string id) =>
        new(new Dictionary<string, byte[]> { [id] = [.. Enumerable.Range(0, 32).Select(i => (byte)i)] }, id);

    private static MessageSeal With(KeyRing ring) => new(ring, TimeProvider.System, NullLogger<MessageSeal>.Instance);
}
