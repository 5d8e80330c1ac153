using System.Security.Cryptography;
using System.Text;
using FluentAssertions;
using Xunit;
using Zaqar.Application.Encryption;
using Zaqar.Infrastructure.Encryption;

namespace Zaqar.Unit.Encryption;

public class KeyRingTests
{
    private static readonly byte[] _bound = "bound"u8.ToArray();
    private static readonly byte[] _key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private readonly KeyRing _ring = new(new Dictionary<string, byte[]> { ["k1"] = _key }, "k1");

    [Theory, InlineData(0), InlineData(1), InlineData(15), InlineData(16), InlineData(300_000)]
    public void what_is_sealed_opens_again(int length)
    {
        var clear = RandomNumberGenerator.GetBytes(length);

        _ring.Open(_ring.Seal(clear, _bound), _bound).Should().Equal(clear);
    }

    // Made by another implementation: Python's cryptography, with AESGCM(key).encrypt(nonce, text, header + bound).
    [Fact]
    public void the_form_is_version_key_nonce_ciphertext_tag()
    {
        var text = Convert.FromHexString("01026b316465666768696a6b6c6d6e6f293bad031a9b33ea5eaa34c8eda53acd78b8e05305d41732");

        Encoding.ASCII.GetString(_ring.Open(text, _bound)).Should().Be("a secret");
        var mine = _ring.Seal("a secret"u8, _bound);
        mine.Should().HaveSameCount(text);
        mine[..4].Should().Equal(text[..4]);
    }

    [Fact]
    public void no_two_seals_are_alike() =>
        Enumerable.Range(0, 1_000).Select(_ => Convert.ToHexString(_ring.Seal("same"u8, _bound))).Should().OnlyHaveUniqueItems();

    [Fact]
    public void nothing_of_the_text_or_the_key_shows() =>
        Encoding.Latin1.GetString(_ring.Seal("a text that shows"u8, _bound)).Should().NotContain("text").And.NotContain(Encoding.Latin1.GetString(_key, 8, 8));

    [Fact]
    public void a_change_of_any_bit_is_noticed()
    {
        var text = _ring.Seal("a secret"u8, _bound);

        for (var bit = 0; bit < text.Length * 8; bit++)
        {
            var changed = text.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            _ring.Invoking(ring => ring.Open(changed, _bound)).Should().Throw<NotOpenedException>($"bit {bit} was changed");
        }
    }

    [Fact]
    public void a_text_that_was_cut_off_or_added_to_does_not_open()
    {
        var text = _ring.Seal("a secret"u8, _bound);

        for (var length = 0; length < text.Length; length++)
            _ring.Invoking(ring => ring.Open(text.AsSpan(0, length), _bound)).Should().Throw<NotOpenedException>();
        _ring.Invoking(ring => ring.Open([.. text, 0], _bound)).Should().Throw<NotOpenedException>();
    }

    [Theory, InlineData(""), InlineData("boun"), InlineData("bound\0"), InlineData("Bound")]
    public void what_is_bound_to_something_else_does_not_open(string other) =>
        _ring.Invoking(ring => ring.Open(ring.Seal("a secret"u8, _bound), Encoding.ASCII.GetBytes(other)))
            .Should().Throw<NotOpenedException>().Which.Key.Should().Be("k1");

    [Fact]
    public void each_text_opens_with_the_key_that_sealed_it_while_that_is_there()
    {
        var old = _ring.Seal("old"u8, _bound);
        var both = new KeyRing(new Dictionary<string, byte[]> { ["k1"] = _key, ["k2"] = RandomNumberGenerator.GetBytes(32) }, "k2");
        var without = new KeyRing(new Dictionary<string, byte[]> { ["k2"] = RandomNumberGenerator.GetBytes(32) }, "k2");

        both.Open(old, _bound).Should().Equal("old"u8.ToArray());
        both.Seal("new"u8, _bound)[..4].Should().Equal(1, 2, (byte)'k', (byte)'2');
        without.Invoking(ring => ring.Open(old, _bound)).Should().Throw<NotOpenedException>().Which.Key.Should().Be("k1");
    }

    [Fact]
    public void another_key_of_the_same_id_does_not_open()
    {
        var other = new KeyRing(new Dictionary<string, byte[]> { ["k1"] = RandomNumberGenerator.GetBytes(32) }, "k1");

        other.Invoking(ring => ring.Open(_ring.Seal("a secret"u8, _bound), _bound)).Should().Throw<NotOpenedException>().Which.Key.Should().Be("k1");
    }

    [Fact]
    public void without_keys_nothing_is_sealed_or_opened()
    {
        KeyRing.Empty.CanSeal.Should().BeFalse();
        KeyRing.Empty.Invoking(ring => ring.Seal("x"u8, _bound)).Should().Throw<InvalidOperationException>();
        KeyRing.Empty.Invoking(ring => ring.Open(_ring.Seal("x"u8, _bound), _bound)).Should().Throw<NotOpenedException>();
    }

    [Fact]
    public void several_threads_may_share_it() =>
        Parallel.For(0, 2_000, i => _ring.Open(_ring.Seal(BitConverter.GetBytes(i), _bound), _bound).Should().Equal(BitConverter.GetBytes(i)));
}
