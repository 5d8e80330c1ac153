using CsCheck;
using FluentAssertions;
using Xunit;
using Zaqar.Domain.Messages;

namespace Zaqar.Unit.Messages;

public class MessageIdTests
{
    [Fact]
    public void an_id_carries_its_number_and_reads_back() =>
        Gen.Select(Gen.Long[1, long.MaxValue], Gen.Long).Sample((number, nonce) =>
        {
            var id = MessageId.For(number, nonce);
            MessageId.TryParse(id.ToString(), out var read).Should().BeTrue();
            (read, read.Number).Should().Be((id, number));
        });

    [Fact]
    public void ids_of_one_number_differ_by_their_random_half() =>
        MessageId.For(1, 1).Should().NotBe(MessageId.For(1, 2));

    [Fact]
    public void an_id_looks_like_a_uuid() =>
        MessageId.For(5, 255).ToString().Should().Be("00000000-0000-0005-0000-0000000000ff");

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("00000000000000050000000000000001")]
    [InlineData("{00000000-0000-0005-0000-000000000001}")]
    [InlineData("00000000-0000-0005-0000-00000000000g")]
    [InlineData("00000000-0000-0000-0000-000000000001")]
    [InlineData("ffffffff-ffff-ffff-0000-000000000001")]
    public void anything_else_is_no_id(string text) => MessageId.TryParse(text, out _).Should().BeFalse();
}
