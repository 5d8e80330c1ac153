using System.Text;
using FluentAssertions;
using Xunit;
using Zaqar.Api.Json;
using Zaqar.Domain;

namespace Zaqar.Unit.Json;

public class PurgeBodyTests
{
    [Theory]
    [InlineData("", true, true)]
    [InlineData("""{"resource_types":["messages","subscriptions"]}""", true, true)]
    [InlineData("""{"resource_types":["subscriptions","messages","messages"]}""", true, true)]
    [InlineData("""{"resource_types":["messages"]}""", true, false)]
    [InlineData("""{"resource_types":["subscr\u0069ptions"],"x":[1]}""", false, true)]
    [InlineData("""{"resource_types":[]}""", false, false)]
    [InlineData("""{"resource_types":5,"resource_types":["messages"]}""", true, false)]
    public void the_named_kinds_are_purged(string json, bool messages, bool subscriptions) =>
        PurgeBody.Read(Encoding.UTF8.GetBytes(json), 512).Should().Be(new PurgeBody(messages, subscriptions));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"resource_types":["queues"]}""")]
    [InlineData("""{"resource_types":["messages","Messages"]}""")]
    [InlineData("""{"resource_types":["messages",1]}""")]
    [InlineData("""{"resource_types":["messages",["messages"]]}""")]
    [InlineData("""{"resource_types":[{"messages":"messages"}]}""")]
    [InlineData("""{"resource_types":[null]}""")]
    [InlineData("""{"resource_types":"messages"}""")]
    [InlineData("""{"resource_types":{"messages":1}}""")]
    [InlineData("""{"resource_types":null}""")]
    [InlineData("""{"resource_types":["messages"],"resource_types":1}""")]
    public void a_missing_key_and_other_kinds_make_an_invalid_request(string json) => Refusal(json).Kind.Should().Be(ErrorKind.InvalidRequest);

    [Theory]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("""["messages"]""")]
    [InlineData("""{"resource_types":["messages"}""")]
    [InlineData("""{"resource_types":["messages"],"x":NaN}""")]
    public void what_is_no_object_is_an_invalid_body(string json) => Refusal(json).Kind.Should().Be(ErrorKind.InvalidBody);

    private static BodyInvalid Refusal(string json)
    {
        var reading = () => PurgeBody.Read(Encoding.UTF8.GetBytes(json), 512);
        return reading.Should().Throw<BodyInvalid>().Which;
    }
}
