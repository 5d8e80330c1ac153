using System.Text;
using FluentAssertions;
using Xunit;
using Zaqar.Api.Json;
using Zaqar.Domain;
using Zaqar.Domain.Subscriptions;

namespace Zaqar.Unit.Json;

public class SubscriptionBodyTests
{
    [Theory]
    [InlineData("""{"subscriber":"http://x"}""", null, "{}")]
    [InlineData("""{"subscriber":5,"subscriber":"http:\/\/x","ttl":60,"options":{ "a" : 1 }}""", 60L, """{ "a" : 1 }""")]
    [InlineData("""{"subscriber":"http://x","ttl":true,"options":null,"confirmed":7,"x":{"ttl":"y"}}""", 1L, "{}")]
    [InlineData("""{"subscriber":"http://x","ttl":"x","ttl":0}""", 0L, "{}")]
    public void a_creation_names_a_subscriber_and_perhaps_the_rest(string json, long? ttl, string options) =>
        SubscriptionBody.ReadForCreation(Bytes(json), 512).Should().BeEquivalentTo(new { Subscriber = "http://x", Ttl = ttl, Options = new { Json = options } });

    [Theory]
    [InlineData(""), InlineData("{}"), InlineData("""{"subscriber":null}"""), InlineData("""{"subscriber":""}"""), InlineData("""{"subscriber":5}""")]
    [InlineData("""{"subscriber":["http://x"]}"""), InlineData("""{"subscriber":"http://x","subscriber":{}}""")]
    [InlineData("""{"subscriber":"http://x","ttl":null}"""), InlineData("""{"subscriber":"http://x","ttl":60.0}"""), InlineData("""{"subscriber":"http://x","ttl":"60"}""")]
    [InlineData("""{"subscriber":"http://x","options":[]}"""), InlineData("""{"subscriber":"http://x","options":0}"""), InlineData("""{"subscriber":"http://x","options":""}""")]
    [InlineData("""{"subscriber":"http://x","options":false}"""), InlineData("""{"subscriber":"http://x","options":{"_retry_policy":[1]}}""")]
    public void fields_of_the_wrong_type_make_an_invalid_request(string json) =>
        Refusal(() => SubscriptionBody.ReadForCreation(Bytes(json), 512)).Should().Be(ErrorKind.InvalidRequest);

    [Theory]
    [InlineData("["), InlineData("[]"), InlineData("null"), InlineData("5"), InlineData("\"x\""), InlineData("""{"subscriber":"\ud800"}""")]
    [InlineData("""{"subscriber":"http://x","ttl":9223372036854775808}"""), InlineData("""{"subscriber":"http://x","x":NaN}"""), InlineData("""{"subscriber":"http://x"}{}""")]
    public void what_is_no_object_is_an_invalid_body(string json)
    {
        Refusal(() => SubscriptionBody.ReadForCreation(Bytes(json), 512)).Should().Be(ErrorKind.InvalidBody);
        Refusal(() => SubscriptionBody.ReadForChange(Bytes(json), 512)).Should().Be(ErrorKind.InvalidBody);
        Refusal(() => SubscriptionBody.ReadForConfirmation(Bytes(json), 512)).Should().Be(ErrorKind.InvalidBody);
    }

    [Fact]
    public void a_change_takes_null_for_absent() =>
        SubscriptionBody.ReadForChange(Bytes("""{"subscriber":null,"ttl":90,"options":null}"""), 512)
            .Should().Be(new SubscriptionChange(null, 90, null));

    [Theory]
    [InlineData(""), InlineData("{}"), InlineData("""{"subscriber":null,"ttl":null,"options":null}"""), InlineData("""{"confirmed":true}""")]
    public void a_change_of_nothing_is_refused(string json) =>
        Refusal(() => SubscriptionBody.ReadForChange(Bytes(json), 512)).Should().Be(ErrorKind.NothingToUpdate);

    [Theory]
    [InlineData("""{"subscriber":""}"""), InlineData("""{"subscriber":5}"""), InlineData("""{"ttl":60.0}"""), InlineData("""{"ttl":[]}""")]
    [InlineData("""{"options":[]}"""), InlineData("""{"options":"x","ttl":60}""")]
    public void a_change_of_the_wrong_type_is_an_invalid_request(string json) =>
        Refusal(() => SubscriptionBody.ReadForChange(Bytes(json), 512)).Should().Be(ErrorKind.InvalidRequest);

    [Theory, InlineData("""{"confirmed":true}""", true), InlineData("""{"confirmed":1,"confirmed":false,"x":2}""", false)]
    public void a_confirmation_says_true_or_false(string json, bool confirmed) =>
        SubscriptionBody.ReadForConfirmation(Bytes(json), 512).Should().Be(confirmed);

    [Theory, InlineData(""), InlineData("{}"), InlineData("""{"confirmed":null}"""), InlineData("""{"confirmed":1}"""), InlineData("""{"confirmed":"true"}""")]
    public void a_confirmation_that_says_neither_is_an_invalid_request(string json) =>
        Refusal(() => SubscriptionBody.ReadForConfirmation(Bytes(json), 512)).Should().Be(ErrorKind.InvalidRequest);

    private static byte[] Bytes(string json) => Encoding.UTF8.GetBytes(json);

    private static ErrorKind Refusal(Action reading) => reading.Should().Throw<RejectedException>().Which.Kind;
}
