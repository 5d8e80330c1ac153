using System.Text;
using FluentAssertions;
using Xunit;
using Zaqar.Api.Json;
using Zaqar.Domain;

namespace Zaqar.Unit.Json;

public class ShareBodyTests
{
    [Theory]
    [InlineData("{}"), InlineData("""{"paths":null,"methods":null,"expires":null}"""), InlineData("""{"paths":[],"methods":[]}""")]
    [InlineData("""{"paths":["messages"],"methods":["GET"]}"""), InlineData("""{"paths":7,"methods":{},"expires":1,"paths":[],"methods":[],"expires":null}""")]
    public void what_is_left_out_is_reading_messages(string json)
    {
        var share = Read(json);

        share.Collections.Should().Equal("messages");
        share.Methods.Should().Equal("GET");
        share.Expires.Should().BeNull();
    }

    [Fact]
    public void all_that_can_be_said_is_read()
    {
        var share = Read("""{"methods":["POST","get","NO-SUCH"],"paths":["subscriptions","messages","cl\u0061ims","messages"],"expires":"2030-01-01T00:00:00"}""");

        share.Collections.Should().Equal("subscriptions", "messages", "claims", "messages");
        share.Methods.Should().Equal("POST", "get", "NO-SUCH");
        share.Expires.Should().Be(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    [Theory]
    [InlineData("""{"project_id":"p2"}"""), InlineData("""{"Paths":[]}"""), InlineData("""{"x":{"paths":[]}}""")]
    [InlineData("""{"paths":["stats"]}"""), InlineData("""{"paths":["messages","Messages"]}"""), InlineData("""{"paths":"messages"}"""), InlineData("""{"paths":{}}""")]
    [InlineData("""{"paths":[null]}"""), InlineData("""{"paths":[["messages"]]}"""), InlineData("""{"paths":0}"""), InlineData("""{"paths":false}""")]
    [InlineData("""{"methods":"GET"}"""), InlineData("""{"methods":[1]}"""), InlineData("""{"methods":["GET",{}]}"""), InlineData("""{"methods":{"GET":1}}""")]
    [InlineData("""{"expires":1893456000}"""), InlineData("""{"expires":"1893456000"}"""), InlineData("""{"expires":""}"""), InlineData("""{"expires":true}""")]
    [InlineData("""{"expires":["2030-01-01"]}"""), InlineData("""{"expires":"soon"}""")]
    public void anything_else_is_an_invalid_request(string json) => Refusal(json).Kind.Should().Be(ErrorKind.InvalidRequest);

    [Theory, InlineData(""), InlineData("[]"), InlineData("5"), InlineData("null"), InlineData("{"), InlineData("""[{"paths":[]}]"""), InlineData("""{"paths":[NaN]}""")]
    public void what_is_no_object_is_an_invalid_body(string json) => Refusal(json).Kind.Should().Be(ErrorKind.InvalidBody);

    [Theory]
    [InlineData("2030-01-02", "2030-01-02T00:00:00"), InlineData("2030-01", "2030-01-01T00:00:00"), InlineData("2030-1-2", "2030-01-02T00:00:00")]
    [InlineData("2030-01-02T03:04:05", "2030-01-02T03:04:05"), InlineData("2030-01-02 03:04", "2030-01-02T03:04:00"), InlineData("2030-01-02T03", "2030-01-02T03:00:00")]
    [InlineData("2030-01-02T03:04:05Z", "2030-01-02T03:04:05"), InlineData("2030-01-02T03:04:05.999999", "2030-01-02T03:04:05")]
    [InlineData("2030-01-02T03:04:05,5+02:00", "2030-01-02T01:04:05"), InlineData("2030-01-02T03:04:05-0230", "2030-01-02T05:34:05")]
    [InlineData("2030-01-02T03:04:05+02", "2030-01-02T01:04:05"), InlineData("20300102T030405Z", "2030-01-02T03:04:05"), InlineData("2028-02-29", "2028-02-29T00:00:00")]
    public void an_expiry_is_any_iso_date(string text, string utc)
    {
        IsoInstant.TryRead(text, out var instant).Should().BeTrue();
        UrlSignature.Expires(instant!.Value).Should().Be(utc);
    }

    [Theory]
    [InlineData("2030"), InlineData("20300102"), InlineData("2030-13-01"), InlineData("2030-02-29"), InlineData("2030-00-01"), InlineData("2030-01-02T24:00:00")]
    [InlineData("2030-01-02T03:04:60"), InlineData("2030-01-02T"), InlineData("2030-01T03:00"), InlineData("2030-01-02T03:04:05+24:00"), InlineData("2030-01-02T03:04:05 Z")]
    [InlineData("0000-01-01"), InlineData("9999-12-31T23:59:59-01:00"), InlineData("0001-01-01T00:00:00+01:00"), InlineData("2030-01-02\n"), InlineData("٢٠٣٠-01-02")]
    [InlineData("tomorrow"), InlineData("P1D"), InlineData("2030-01-02T03:04:05zulu"), InlineData("2030/01/02")]
    public void anything_else_is_none(string text) => IsoInstant.TryRead(text, out _).Should().BeFalse();

    private static ShareBody Read(string json) => ShareBody.Read(Encoding.UTF8.GetBytes(json), 512);

    private static BodyInvalid Refusal(string json) => FluentActions.Invoking(() => Read(json)).Should().Throw<BodyInvalid>().Which;
}
