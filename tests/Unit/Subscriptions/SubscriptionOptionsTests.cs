using System.Text;
using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Subscriptions;
using static Zaqar.Unit.Subscriptions.SubscriptionStory;

namespace Zaqar.Unit.Subscriptions;

public class SubscriptionOptionsTests
{
    [Theory]
    [InlineData("{}"), InlineData(""" { "b" : 1.50e0 , "a":"\u00e9é\u0000" , "b":[null ] } """), InlineData("""{"secrets": "x", "a": {"secret": "y"}}""")]
    public void are_kept_and_shown_byte_for_byte(string json)
    {
        Options(json).Json.Should().Be(json);
        Options(json).Shown().Should().Be(json);
    }

    [Theory]
    [InlineData("""{"secret": "abc"}""", """{"secret": "***"}""")]
    [InlineData("""{"é":1,"s\u0065cret" : "a\"b\\" ,"z": 2}""", """{"é":1,"s\u0065cret" : "***" ,"z": 2}""")]
    [InlineData("""{"secret":"a","x":{"secret":"b"},"secret":"c"}""", """{"secret":"***","x":{"secret":"b"},"secret":"***"}""")]
    [InlineData("""{"secret": {"odd": [1]}}""", """{"secret": "***"}""")]
    [InlineData("""{"secret": null}""", """{"secret": null}""")]
    public void a_secret_is_never_shown(string json, string shown) => Options(json).Shown().Should().Be(shown);

    [Theory]
    [InlineData("""{"a": 1}""", """{"a": 1}""")]
    [InlineData("""{"secret": "new"}""", """{"secret": "new"}""")]
    [InlineData("""{"x":"é","secret": "***","y":2}""", """{"x":"é","secret": "o\u006cd","y":2}""")]
    [InlineData("""{"secret":"***","secret":"\u002a**"}""", """{"secret":"o\u006cd","secret":"o\u006cd"}""")]
    public void a_mask_stands_for_the_secret_that_is_stored(string given, string kept) =>
        Options(given).KeepingSecretOf(Options("""{"secret": "first", "secret": "o\u006cd"}""")).Json.Should().Be(kept);

    [Theory, InlineData("{}"), InlineData("""{"secret": null}""")]
    public void a_mask_needs_a_secret_to_stand_for(string stored) =>
        FluentActions.Invoking(() => Options("""{"secret": "***"}""").KeepingSecretOf(Options(stored)))
            .Should().Throw<SubscriptionOptionsInvalid>();

    [Fact]
    public void a_secret_that_does_not_fit_beside_the_rest_is_not_kept()
    {
        var stored = Options($$"""{"secret": "{{new string('s', 40_000)}}"}""");
        var given = Options($$"""{"secret": "***", "rest": "{{new string('r', 40_000)}}"}""");

        FluentActions.Invoking(() => given.KeepingSecretOf(stored)).Should().Throw<SubscriptionOptionsInvalid>();
    }

    [Theory]
    [InlineData("{}", """{"trust_id": "t1"}"""), InlineData(" { } ", """ { "trust_id": "t1"} """), InlineData("""{"a":"}"}""", """{"a":"}", "trust_id": "t1"}""")]
    [InlineData("""{"trust_id":null, "a": {"trust_id": 1}}""", """{"trust_id":"t1", "a": {"trust_id": 1}}""")]
    [InlineData("""{"trust\u005fid": "old","secret": "***", "trust_id": 5 }""", """{"trust\u005fid": "t1","secret": "***", "trust_id": "t1" }""")]
    public void a_trust_takes_the_place_of_what_there_was_of_one(string given, string kept)
    {
        Options(given).WithTrust("t1").Json.Should().Be(kept);
        Options(given).WithTrust("t1").TrustId.Should().Be("t1");
    }

    [Fact]
    public void a_trust_fits_beside_the_rest_or_not() =>
        FluentActions.Invoking(() => Options($$"""{"a": "{{new string('x', 65_536 - 9)}}"}""").WithTrust("t1")).Should().Throw<SubscriptionOptionsInvalid>();

    [Theory, InlineData("[]"), InlineData("1"), InlineData("null"), InlineData("\"x\""), InlineData("true")]
    public void are_an_object(string json) => Refusal(json).Kind.Should().Be(ErrorKind.InvalidRequest);

    [Theory]
    [InlineData("""{"_retry_policy": 5}"""), InlineData("""{"_retry_policy": {"minimum_delay": 25, "maximum_delay": 30}}""")]
    [InlineData("""{"_retry_policy": {}, "_retry_policy": {"retries_with_no_delay": "x"}}""")]
    public void a_retry_policy_keeps_to_its_rules(string json) => Refusal(json).Kind.Should().Be(ErrorKind.InvalidRequest);

    [Fact]
    public void have_at_most_64_kibibytes()
    {
        var longest = $$"""{"a": "{{new string('é', (65_536 - 9) / 2)}}"}""";
        Encoding.UTF8.GetByteCount(longest).Should().BeInRange(65_535, 65_536);

        Options(longest).Json.Should().Be(longest);
        Refusal(longest.Insert(1, "  ")).Kind.Should().Be(ErrorKind.InvalidRequest);
    }

    [Fact]
    public void print_as_nothing() => $"{Options("""{"secret": "abc"}""")}".Should().NotContain("abc");

    private static SubscriptionOptionsInvalid Refusal(string json) =>
        FluentActions.Invoking(() => Options(json)).Should().Throw<SubscriptionOptionsInvalid>().Which;
}
