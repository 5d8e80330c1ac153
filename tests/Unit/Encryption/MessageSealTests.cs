using System.Security.Cryptography;
using System.Text;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using Zaqar.Application.Encryption;
using Zaqar.Application.Messages;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Encryption;
using static Zaqar.Unit.Story;

namespace Zaqar.Unit.Encryption;

public class MessageSealTests
{
    private const string Checksum = "MD5:c4ca4238a0b923820dcc509a6f75849b";

    private static readonly byte[] _key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private readonly MessageSeal _seal = With(_key);

    [Theory, InlineData("{}"), InlineData("null"), InlineData("\"\u00e9\""), InlineData("1"), InlineData(" [1]"), InlineData("-0.5")]
    public void a_sealed_message_opens_as_it_was_posted(string body)
    {
        var posted = Posted(1) with { Body = Encoding.UTF8.GetBytes(body), Checksum = Checksum };

        var stored = _seal.Seal(Orders, posted);

        MessageSeal.IsSealed(posted.Body).Should().BeFalse();
        MessageSeal.IsSealed(stored.Body).Should().BeTrue();
        stored.Checksum.Should().BeNull("a checksum tells of the body");
        var opened = _seal.Open(Orders, stored);
        Encoding.UTF8.GetString(opened.Body.Span).Should().Be(body);
        opened.Should().Be(posted with { Body = opened.Body });
    }

    // Made by another implementation: see KeyRingTests.
    [Fact]
    public void it_is_bound_to_project_queue_and_message()
    {
        const string made =
            "01026b316465666768696a6b6c6d6e6f6c569a53438a62fd5f566ddbe2045a9f7bf03532b95c9711c4e49c719a95c37fa1d174f92e23876598340a49731d897152b13bdba984";
        var stored = Posted(7) with
        {
            Id = new(Guid.Parse("00000000-0000-0007-1122-334455667788")), Body = Convert.FromHexString(made),
        };

        var opened = _seal.Open(new("p\u00e9", "birds"), stored);

        (Encoding.UTF8.GetString(opened.Body.Span), opened.Checksum).Should().Be(("1", Checksum));
    }

    [Theory, InlineData("project-1", "order"), InlineData("project-1", "ordersx"), InlineData("project-2", "orders"), InlineData("project-1orders", "")]
    [InlineData("project-1\0\0\0\u0006orders", "")]
    public void it_does_not_open_in_another_project_or_queue(string project, string queue)
    {
        var stored = _seal.Seal(Orders, Posted(1));

        _seal.Invoking(seal => seal.Open(new QueueId(project, queue), stored)).Should().Throw<MessageUnreadable>();
    }

    [Fact]
    public void it_does_not_open_as_another_message() =>
        _seal.Invoking(seal => seal.Open(Orders, seal.Seal(Orders, Posted(1)) with { Id = IdOf(2) }))
            .Should().Throw<MessageUnreadable>().Which.Should().Match<MessageUnreadable>(refusal =>
                refusal.Kind == ErrorKind.Unavailable && refusal.Message.Contains(IdOf(2).ToString(), StringComparison.Ordinal));

    [Fact]
    public void a_change_of_any_byte_is_noticed_or_leaves_no_ciphertext_to_be_shown()
    {
        var stored = _seal.Seal(Orders, Posted(1));
        for (var at = 0; at < stored.Body.Length; at++)
        {
            var changed = stored.Body.ToArray();
            changed[at] ^= 0x10;
            _seal.Invoking(seal => seal.Open(Orders, stored with { Body = changed })).Should().Throw<MessageUnreadable>($"byte {at} was changed");
        }
    }

    [Fact]
    public void what_was_never_sealed_is_left_alone()
    {
        var posted = Posted(1);
        MessageView[] views = [ViewOf(posted)];

        _seal.Open(Orders, posted).Should().BeSameAs(posted);
        _seal.Open(Orders, views).Should().BeSameAs(views);
        _seal.OpenFirst(Orders, views).Should().BeSameAs(views);
        _seal.OpenFirst(Orders, []).Should().BeEmpty();
    }

    [Fact]
    public void what_is_sealed_is_not_sealed_again()
    {
        var stored = _seal.Seal(Orders, Posted(1));

        _seal.Seal(Orders, stored).Should().BeSameAs(stored);
    }

    [Fact]
    public void sealed_and_plain_messages_stand_side_by_side()
    {
        MessageView[] views = [ViewOf(Posted(1)), ViewOf(_seal.Seal(Orders, Posted(2))), ViewOf(Posted(3))];

        _seal.Open(Orders, views).Select(TextOf).Should().Equal("""{"n":1}""", """{"n":2}""", """{"n":3}""");
    }

    [Fact]
    public void readers_get_what_stands_before_a_message_that_cannot_be_read_and_are_refused_there()
    {
        var lost = With(RandomNumberGenerator.GetBytes(32));
        MessageView[] views = [ViewOf(_seal.Seal(Orders, Posted(1))), ViewOf(Posted(2)), ViewOf(lost.Seal(Orders, Posted(3))), ViewOf(Posted(4))];

        _seal.OpenFirst(Orders, views).Select(TextOf).Should().Equal("""{"n":1}""", """{"n":2}""");
        _seal.Invoking(seal => seal.OpenFirst(Orders, views[2..])).Should().Throw<MessageUnreadable>().WithMessage($"*{IdOf(3)}*");
        _seal.Invoking(seal => seal.Open(Orders, views)).Should().Throw<MessageUnreadable>().WithMessage($"*{IdOf(3)}*");
    }

    [Fact]
    public void a_message_that_moves_stays_sealed_and_is_bound_to_where_it_is()
    {
        var dead = Orders with { Name = "dead" };
        var stored = KnownOf(_seal.Seal(Orders, Posted(1) with { Checksum = Checksum }));

        var moved = _seal.Move(stored, Orders, dead);

        MessageSeal.IsSealed(moved.Body).Should().BeTrue();
        moved.Checksum.Should().BeNull();
        var view = MessageView.Of(moved, null, Dawn);
        _seal.Open(dead, [view]).Select(one => (TextOf(one), one.Checksum)).Should().Equal(("""{"n":1}""", Checksum));
        _seal.Invoking(seal => seal.Open(Orders, [view])).Should().Throw<MessageUnreadable>();
    }

    [Fact]
    public void a_plain_message_that_moves_stays_as_it_is()
    {
        var message = KnownOf(Posted(1));

        _seal.Move(message, Orders, Orders with { Name = "dead" }).Should().BeSameAs(message);
    }

    [Fact]
    public void without_a_key_queues_cannot_encrypt()
    {
        var none = new MessageSeal(KeyRing.Empty, TimeProvider.System, NullLogger<MessageSeal>.Instance);
        var wanted = QueueMetadata.Parse("""{"_enable_encrypt_messages":true}""");

        none.CanSeal.Should().BeFalse();
        none.Invoking(seal => seal.Check(wanted, ErrorKind.InvalidBody)).Should().Throw<MetadataInvalid>().Which.Kind.Should().Be(ErrorKind.InvalidBody);
        none.Invoking(seal => seal.Check(QueueMetadata.Empty, ErrorKind.InvalidBody)).Should().NotThrow();
        none.Invoking(seal => seal.Seal(Orders, Posted(1))).Should().Throw<NothingToSealWith>().Which.Kind.Should().Be(ErrorKind.Unavailable);
        _seal.Invoking(seal => seal.Check(wanted, ErrorKind.InvalidBody)).Should().NotThrow();
    }

    [Fact]
    public void the_log_complains_of_a_key_once_a_minute()
    {
        var (clock, log) = (new Clock(), new Lines());
        var seal = new MessageSeal(KeyRing.Empty, clock, log);
        var other = new MessageSeal(new KeyRing(new Dictionary<string, byte[]> { ["k2"] = _key }, "k2"), TimeProvider.System, NullLogger<MessageSeal>.Instance);

        for (var attempt = 0; attempt < 3; attempt++)
            Try(_seal);
        log.Count.Should().Be(1);
        Try(other);
        log.Count.Should().Be(2, "it is another key");
        clock.Seconds = 59;
        Try(_seal);
        log.Count.Should().Be(2);
        clock.Seconds = 60;
        Try(_seal);
        log.Count.Should().Be(3);

        void Try(MessageSeal by) => seal.Invoking(one => one.Open(Orders, by.Seal(Orders, Posted(1)))).Should().Throw<MessageUnreadable>();
    }

    private sealed class Clock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }

    private sealed class Lines : ILogger<MessageSeal>
    {
        public int Count { get; private set; }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Count++;
    }

    private static MessageSeal With(byte[] key) =>
        new(new KeyRing(new Dictionary<string, byte[]> { ["k1"] = key }, "k1"), TimeProvider.System, NullLogger<MessageSeal>.Instance);

    private static KnownMessage KnownOf(MessagePosted posted) => new(
        posted.Number, posted.Id, posted.Body, posted.Ttl, posted.PostedAt, posted.VisibleAt, posted.ExpiresAt, posted.ClaimCount, posted.Checksum);

    private static MessageView ViewOf(MessagePosted posted) => MessageView.Of(KnownOf(posted), null, Dawn);

    private static string TextOf(MessageView view) => Encoding.UTF8.GetString(view.Body.Span);
}
