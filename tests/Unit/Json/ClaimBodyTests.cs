using System.Text;
using FluentAssertions;
using Xunit;
using Zaqar.Api.Json;
using Zaqar.Domain;

namespace Zaqar.Unit.Json;

public class ClaimBodyTests
{
    [Theory]
    [InlineData("{}", null, null)]
    [InlineData("""{"ttl":100,"grace":70}""", 100L, 70L)]
    [InlineData("""{"grace":70}""", null, 70L)]
    [InlineData("""{"ttl":null,"grace":null}""", null, null)]
    [InlineData("""{"ttl":true,"grace":false}""", 1L, 0L)]
    [InlineData("""{"ttl":-1,"grace":9223372036854775807}""", -1L, long.MaxValue)]
    [InlineData("""{"limit":"x","ttl":100,"name":{"ttl":5,"grace":[]}}""", 100L, null)]
    [InlineData("""{"ttl":"x","ttl":100,"grace":5,"grace":null}""", 100L, null)]
    public void ttl_and_grace_are_integers_or_absent(string json, long? ttl, long? grace)
    {
        ClaimBody.ReadForCreation(Encoding.UTF8.GetBytes(json), 512).Should().Be(new ClaimBody(ttl, grace));
        ClaimBody.ReadForRenewal(Encoding.UTF8.GetBytes(json), 512).Should().Be(new ClaimBody(ttl, grace));
    }

    [Theory]
    [InlineData("[")]
    [InlineData("[]")]
    [InlineData("[{\"ttl\":100}]")]
    [InlineData("\"Try\"")]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("{\"ttl\":60.0}")]
    [InlineData("{\"ttl\":\"60\"}")]
    [InlineData("{\"ttl\":[]}")]
    [InlineData("{\"grace\":{}}")]
    [InlineData("{\"grace\":1.5}")]
    [InlineData("{\"ttl\":100,\"ttl\":\"x\"}")]
    [InlineData("{\"x\":1e400}")]
    [InlineData("{\"ttl\":9223372036854775808}")]
    public void anything_else_is_refused(string json)
    {
        var creation = () => ClaimBody.ReadForCreation(Encoding.UTF8.GetBytes(json), 512);
        var renewal = () => ClaimBody.ReadForRenewal(Encoding.UTF8.GetBytes(json), 512);

        creation.Should().Throw<BodyInvalid>().Which.Kind.Should().Be(ErrorKind.InvalidBody);
        renewal.Should().Throw<BodyInvalid>().Which.Kind.Should().Be(ErrorKind.InvalidBody);
    }

    [Fact]
    public void a_creation_needs_no_body() => ClaimBody.ReadForCreation(default, 512).Should().Be(default(ClaimBody));

    [Fact]
    public void a_renewal_needs_one()
    {
        var renewal = () => ClaimBody.ReadForRenewal(default, 512);

        renewal.Should().Throw<BodyInvalid>().Which.Kind.Should().Be(ErrorKind.InvalidBody);
    }
}
