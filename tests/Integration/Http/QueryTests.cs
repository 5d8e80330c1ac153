using FluentAssertions;
using Xunit;
using Zaqar.Api.Errors;
using Zaqar.Api.Requests;

namespace Zaqar.Integration.Http;

/// <summary>Reading query strings, without a service.</summary>
public sealed class QueryTests
{
    [Theory]
    [InlineData("?ids=a,b"), InlineData("?ids=a&ids=b"), InlineData("?x=1&ids=a&y&ids=,,b,&ids="), InlineData("?i%64s=a&id%73=%62")]
    public void repeated_keys_and_comma_lists_build_the_same_list(string raw) => new Query(raw).List("ids").Should().Equal("a", "b");

    [Fact]
    public void an_encoded_comma_is_part_of_its_value() => new Query("?ids=a%2Cb,c").List("ids").Should().Equal("a,b", "c");

    [Theory, InlineData("?n=1&n=2"), InlineData("?n=1,2"), InlineData("?n=2&n="), InlineData("?n=2,"), InlineData("?n=1&m=3&n=2")]
    public void of_several_values_the_last_that_is_not_blank_wins(string raw) => new Query(raw).Text("n").Should().Be("2");

    [Theory, InlineData(null), InlineData(""), InlineData("?"), InlineData("?n"), InlineData("?n="), InlineData("?n=,"), InlineData("?N=1"), InlineData("?=1&&&nn=2")]
    public void blank_is_absent(string? raw)
    {
        var query = new Query(raw);

        query.Text("n").Should().BeNull();
        query.Integer("n").Should().BeNull();
        query.Boolean("n").Should().BeNull();
        query.List("n").Should().BeEmpty();
    }

    [Theory]
    [InlineData("?n=a+b", "a b"), InlineData("?n=a%2Bb", "a+b"), InlineData("?n=%C3%A9", "é"), InlineData("?n=%zz%4", "%zz%4"), InlineData("?n=%", "%")]
    [InlineData("?n=%FF", "\uFFFD"), InlineData("?n=a=b", "a=b"), InlineData("?n=%ED%A0%80", "\uFFFD\uFFFD\uFFFD"), InlineData("?n=é%41", "éA")]
    public void values_are_percent_decoded_and_what_is_no_encoding_stays(string raw, string value) => new Query(raw).Text("n").Should().Be(value);

    [Theory]
    [InlineData("10", 10), InlineData("+10", 10), InlineData("-1", -1), InlineData("%20%207%20", 7), InlineData("007", 7), InlineData("+7+", 7)]
    [InlineData("9223372036854775807", long.MaxValue), InlineData("99999999999999999999", long.MaxValue), InlineData("-99999999999999999999", long.MinValue)]
    public void whole_numbers_may_have_a_sign_and_spaces(string text, long value)
    {
        // A plus in a query is a space, so a sign is spelled %2B.
        var raw = $"?n={(text == "+10" ? "%2B10" : text)}";

        new Query(raw).Integer("n").Should().Be(value);
    }

    [Theory, InlineData("x"), InlineData("1.0"), InlineData("1e3"), InlineData("0x10"), InlineData("1_0"), InlineData("-"), InlineData("%2B"), InlineData("--1"), InlineData("1%202"), InlineData("%D9%A1"), InlineData("+")]
    public void anything_else_is_no_whole_number(string text) =>
        FluentActions.Invoking(() => new Query($"?n={text}").Integer("n")).Should().Throw<ParameterInvalid>();

    [Theory]
    [InlineData("true", true), InlineData("True", true), InlineData("t", true), InlineData("yes", true), InlineData("y", true), InlineData("1", true), InlineData("on", true)]
    [InlineData("false", false), InlineData("False", false), InlineData("f", false), InlineData("no", false), InlineData("n", false), InlineData("0", false), InlineData("off", false)]
    public void booleans_have_these_spellings(string text, bool value) => new Query($"?b={text}").Boolean("b").Should().Be(value);

    [Theory, InlineData("TRUE"), InlineData("None"), InlineData("2"), InlineData("Yes"), InlineData("T"), InlineData("%20true")]
    public void anything_else_is_no_boolean(string text) =>
        FluentActions.Invoking(() => new Query($"?b={text}").Boolean("b")).Should().Throw<ParameterInvalid>();

    [Fact]
    public void a_nul_is_in_no_value() =>
        FluentActions.Invoking(() => new Query("?n=a%00b").Text("n")).Should().Throw<ParameterInvalid>();

    [Fact]
    public void a_limit_is_10_when_absent_and_within_its_bounds()
    {
        new Query("").Limit(20).Should().Be(10);
        new Query("").Limit(5).Should().Be(5);
        new Query("?limit=20").Limit(20).Should().Be(20);
        foreach (var outside in new[] { "0", "-1", "21", "1000000000", "99999999999999999999" })
            FluentActions.Invoking(() => new Query($"?limit={outside}").Limit(20)).Should().Throw<ParameterOutOfRange>();
    }

    [Fact]
    public void what_is_not_known_is_left_over_with_its_last_value_in_order_of_appearance() =>
        new Query("?b=1&limit=3&a=2&b=%33&c&d=").Others(["limit"]).Should().Equal(
            new KeyValuePair<string, string>("b", "3"), new KeyValuePair<string, string>("a", "2"));
}
