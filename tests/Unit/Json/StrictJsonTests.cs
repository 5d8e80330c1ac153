using System.Diagnostics;
using System.Text;
using System.Text.Json;
using FluentAssertions;
using Xunit;
using Zaqar.Api.Json;
using Zaqar.Domain;

namespace Zaqar.Unit.Json;

public class StrictJsonTests
{
    private const int MaxDepth = 512;

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData(" \t\r\n{ } \n")]
    [InlineData("""["\u0000", "\ud83d\ude00", "\uD83D\uDE00", "é😀", "\/\b\f\n\r\t\"\\"]""")]
    [InlineData("""["\\ud800", "\\\\ud800", "\u0041\ud83d\ude00\u0041"]""")]
    [InlineData("""{"a":1,"a":2,"\u0000":3,"":4}""")]
    [InlineData("[9223372036854775807, -9223372036854775808, 0, -0, 1e2, 1E+2, 1.50, -0.0, 0e0]")]
    [InlineData("[1.7976931348623157e308, 5e-324, 1e-400, 0e99999999999, 1e-99999999999, 123456789012345678901234567890.0]")]
    [InlineData("[true, false, null]")]
    public void well_formed_documents_pass(string json) => Refusal(json).Should().BeNull();

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("[1")]
    [InlineData("[1,]")]
    [InlineData("{\"a\":1,}")]
    [InlineData("[,1]")]
    [InlineData("{\"a\"}")]
    [InlineData("{a:1}")]
    [InlineData("{'a':1}")]
    [InlineData("{1:1}")]
    [InlineData("[1 2]")]
    [InlineData("[] []")]
    [InlineData("{}x")]
    [InlineData("[1]]")]
    [InlineData("[}")]
    [InlineData("[//\n]")]
    [InlineData("[/* */]")]
    [InlineData("[] // end")]
    [InlineData("[NaN]")]
    [InlineData("[Infinity]")]
    [InlineData("[-Infinity]")]
    [InlineData("[nul]")]
    [InlineData("[True]")]
    [InlineData("[01]")]
    [InlineData("[+1]")]
    [InlineData("[.5]")]
    [InlineData("[1.]")]
    [InlineData("[1e]")]
    [InlineData("[-]")]
    [InlineData("[0x10]")]
    [InlineData("[\"a]")]
    [InlineData("[\"\\x41\"]")]
    [InlineData("[\"\\u12\"]")]
    [InlineData("[\"\\u12g4\"]")]
    [InlineData("[\"\n\"]")]
    [InlineData("[\"\u0000\"]")]
    [InlineData("[]\u0000")]
    [InlineData("\ufeff[]")]
    public void malformed_documents_are_refused(string json) => Refusal(json).Should().NotBeNull();

    [Theory, InlineData("1"), InlineData("\"a\""), InlineData("true"), InlineData("null")]
    public void a_document_is_an_object_or_an_array(string json) => Refusal(json).Should().NotBeNull();

    [Theory]
    [InlineData("""["\ud800"]""")]
    [InlineData("""["\udc00"]""")]
    [InlineData("""["\ud800x"]""")]
    [InlineData("""["\ud800\n"]""")]
    [InlineData("""["\ud800\u0041"]""")]
    [InlineData("""["\ud800\ud800"]""")]
    [InlineData("""["\ude00\ud83d"]""")]
    [InlineData("""["\ud83d\ude00\ude00"]""")]
    [InlineData("""["\\\ud800"]""")]
    [InlineData("""{"\uD800":1}""")]
    [InlineData("""{"a":{"b":["\uDFFF"]}}""")]
    public void lone_surrogates_are_refused_in_values_and_names(string json) => Refusal(json).Should().NotBeNull();

    [Theory]
    [InlineData("[9223372036854775808]")]
    [InlineData("[-9223372036854775809]")]
    [InlineData("""{"a":[{"b":123456789012345678901234567890}]}""")]
    public void integers_beyond_64_bits_are_refused(string json) => Refusal(json).Should().NotBeNull();

    [Theory, InlineData("[1e400]"), InlineData("[-1e400]"), InlineData("[1.8e308]"), InlineData("[1e99999999999999999999]")]
    public void numbers_beyond_a_double_are_refused(string json) => Refusal(json).Should().NotBeNull();

    [Fact]
    public void a_float_of_very_many_digits_beyond_a_double_is_refused() =>
        Refusal($"[{new string('9', 400)}.0]").Should().NotBeNull();

    [Theory]
    [InlineData(new byte[] { 0x80 })]
    [InlineData(new byte[] { 0xC3 })]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xFF })]
    public void what_is_no_utf8_is_refused(byte[] inString) =>
        Refusal([.. "[\""u8, .. inString, .. "\"]"u8]).Should().NotBeNull();

    [Fact]
    public void the_deepest_nesting_passes_and_one_more_does_not()
    {
        Refusal(new string('[', MaxDepth) + new string(']', MaxDepth)).Should().BeNull();
        Refusal(new string('[', MaxDepth + 1) + new string(']', MaxDepth + 1)).Should().NotBeNull();
        Refusal(string.Concat(Enumerable.Repeat("{\"a\":", MaxDepth)) + "1" + new string('}', MaxDepth)).Should().BeNull();
        Refusal(string.Concat(Enumerable.Repeat("{\"a\":", MaxDepth + 1)) + "1" + new string('}', MaxDepth + 1)).Should().NotBeNull();
    }

    [Fact]
    public void a_refusal_never_quotes_the_body()
    {
        foreach (var json in (string[])["[secret]", "[\"secret\\x\"]", "{\"secret\" 1}", "[\"secret\\ud800\"]", "[secret", "[1] secret"])
            Refusal(json)!.Message.Should().NotContain("secret").And.NotContain("'");
    }

    [Fact]
    public void the_kind_of_document_is_answered()
    {
        StrictJson.Validate("{}"u8, MaxDepth).Should().Be(JsonTokenType.StartObject);
        StrictJson.Validate(" [1]"u8, MaxDepth).Should().Be(JsonTokenType.StartArray);
    }

    /// <summary>
    /// Each of these is a megabyte, judged in milliseconds. What takes quadratic time takes minutes, so a generous bound tells.
    /// </summary>
    [Theory]
    [InlineData("digits")]
    [InlineData("fraction")]
    [InlineData("exponent")]
    [InlineData("long string")]
    [InlineData("escapes")]
    [InlineData("surrogates")]
    [InlineData("nesting")]
    [InlineData("members")]
    [InlineData("spaces")]
    public void hostile_documents_are_judged_in_linear_time(string kind)
    {
        const int Size = 1_000_000;
        var json = kind switch
        {
            "digits" => $"[{new string('9', Size)}]",
            "fraction" => $"[0.{new string('9', Size)}]",
            "exponent" => $"[1e{new string('9', Size)}]",
            "long string" => $"[\"{new string('a', Size)}\"]",
            "escapes" => $"[\"{string.Concat(Enumerable.Repeat("\\n", Size / 2))}\"]",
            "surrogates" => $"[\"{string.Concat(Enumerable.Repeat("\\ud83d\\ude00", Size / 12))}\"]",
            "nesting" => new string('[', Size),
            "members" => $"{{{string.Join(',', Enumerable.Repeat("\"a\":0", Size / 6))}}}",
            _ => new string(' ', Size) + "[]",
        };

        var start = Stopwatch.GetTimestamp();
        Refusal(json);

        Stopwatch.GetElapsedTime(start).Should().BeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void judging_allocates_nothing_however_large_the_document()
    {
        var json = Encoding.UTF8.GetBytes(
            $$"""{"a":["{{new string('x', 100_000)}}",1.5e3,"\ud83d\ude00",{"b":[{{string.Join(',', Enumerable.Range(0, 10_000))}}]}]}""");
        StrictJson.Validate(json, MaxDepth);

        var before = GC.GetAllocatedBytesForCurrentThread();
        StrictJson.Validate(json, MaxDepth);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(200);
    }

    private static BodyInvalid? Refusal(string json) => Refusal(Encoding.UTF8.GetBytes(json));

    private static BodyInvalid? Refusal(byte[] json)
    {
        try
        {
            StrictJson.Validate(json, MaxDepth);
            return null;
        }
        catch (BodyInvalid refused)
        {
            refused.Kind.Should().Be(ErrorKind.InvalidBody);
            return refused;
        }
    }
}
