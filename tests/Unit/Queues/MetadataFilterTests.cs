using FluentAssertions;
using Xunit;
using Zaqar.Domain.Queues;

namespace Zaqar.Unit.Queues;

/// <summary>Which queues a listing's metadata filter lets through.</summary>
public class MetadataFilterTests
{
    [Theory]
    [InlineData("""{"k":"red"}""", "k", "red", true)]
    [InlineData("""{"k":"r\u0065d"}""", "k", "red", true)]
    [InlineData("""{"\u006b":"red"}""", "k", "red", true)]
    [InlineData("""{"k":"red"}""", "k", "Red", false)]
    [InlineData("""{"k":"red"}""", "k", "re", false)]
    [InlineData("""{"k":"red"}""", "K", "red", false)]
    [InlineData("""{"k":5}""", "k", "5", true)]
    [InlineData("""{"k":5}""", "k", "05", true)]
    [InlineData("""{"k":"5"}""", "k", "5", true)]
    [InlineData("""{"k":"05"}""", "k", "5", false)]
    [InlineData("""{"k":-5}""", "k", "-5", false)]
    [InlineData("""{"k":5.0}""", "k", "5", false)]
    [InlineData("""{"k":5}""", "k", "99999999999999999999", false)]
    [InlineData("""{"k":true}""", "k", "1", false)]
    [InlineData("""{"k":true}""", "k", "true", false)]
    [InlineData("""{"k":null}""", "k", "", false)]
    [InlineData("""{"k":""}""", "k", "", true)]
    [InlineData("""{"k":[1]}""", "k", "1", false)]
    [InlineData("""{"a":{"k":1}}""", "k", "1", false)]
    [InlineData("{}", "_default_message_ttl", "3600", false)]
    public void matches(string metadata, string key, string value, bool isMatch) =>
        QueueMetadata.Parse(metadata).Has(key, value).Should().Be(isMatch);
}
