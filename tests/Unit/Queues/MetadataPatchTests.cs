using System.Text;
using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Unit.Queues;

/// <summary>What a patch's body means, and which bodies are refused.</summary>
public class MetadataPatchTests
{
    [Fact]
    public void operations_are_read_in_order_with_their_values_as_they_are_spelled() =>
        Parsed("""[{"op":"add","path":"/metadata/a","value":{"x": [1.0]}},{"op":"replace","path":"/metadata/b","value":null},{"op":"remove","path":"/metadata/c"}]""")
            .Should().Equal(
                new MetadataOperation(MetadataOperationKind.Add, "a", """{"x": [1.0]}"""),
                new MetadataOperation(MetadataOperationKind.Replace, "b", "null"),
                new MetadataOperation(MetadataOperationKind.Remove, "c", null));

    [Fact]
    public void no_operations_are_legal() => Parsed("[]").Should().BeEmpty();

    [Theory]
    [InlineData("/metadata/a", "a")]
    [InlineData("/METADATA/a", "a")]
    [InlineData("/ metadata / a ", "a")]
    [InlineData("/metadata/a~1b", "a/b")]
    [InlineData("/metadata/a~0b", "a~b")]
    [InlineData("/metadata/~01", "~1")]
    [InlineData("/meta~0data/a", null)]
    [InlineData("/metadata/é", "é")]
    [InlineData("/metadata/a b", "a b")]
    [InlineData("metadata/a", null)]
    [InlineData("", null)]
    [InlineData("/", null)]
    [InlineData("/metadata", null)]
    [InlineData("/metadata/", null)]
    [InlineData("/metadata/a/", null)]
    [InlineData("/metadata/a/b", null)]
    [InlineData("/metadata//a", null)]
    [InlineData("//metadata/a", null)]
    [InlineData("/other/a", null)]
    [InlineData("/metadata/a~", null)]
    [InlineData("/metadata/a~2", null)]
    [InlineData("/metadata/~~", null)]
    public void a_path_points_to_a_key_or_is_refused(string path, string? key)
    {
        var body = $$"""[{"op":"add","path":"{{path}}","value":1}]""";

        if (key is null)
            Refusal(body).Kind.Should().Be(ErrorKind.InvalidBody);
        else
            Parsed(body).Single().Key.Should().Be(key);
    }

    [Fact]
    public void the_root_of_a_remove_is_not_looked_at() =>
        Parsed("""[{"op":"remove","path":"/whatever/a"}]""").Single().Key.Should().Be("a");

    [Fact]
    public void the_value_of_a_remove_is_dropped() =>
        Parsed("""[{"op":"remove","path":"/metadata/a","value":5}]""").Single().ValueJson.Should().BeNull();

    [Fact]
    public void unknown_members_are_dropped_and_the_last_of_repeated_ones_wins() =>
        Parsed("""[{"from":{"op":1},"op":7,"op":"add","path":"x","path":"/metadata/a","value":1,"v\u0061lue":2}]""")
            .Should().Equal(new MetadataOperation(MetadataOperationKind.Add, "a", "2"));

    [Theory]
    [InlineData("{}")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("[null]")]
    [InlineData("[[]]")]
    [InlineData("[{}]")]
    [InlineData("""[{"path":"/metadata/a","value":1}]""")]
    [InlineData("""[{"op":"move","path":"/metadata/a","value":1}]""")]
    [InlineData("""[{"op":"Add","path":"/metadata/a","value":1}]""")]
    [InlineData("""[{"op":null,"path":"/metadata/a","value":1}]""")]
    [InlineData("""[{"op":["add"],"path":"/metadata/a","value":1}]""")]
    [InlineData("""[{"op":"add","value":1}]""")]
    [InlineData("""[{"op":"add","path":5,"value":1}]""")]
    [InlineData("""[{"op":"add","path":["/metadata/a"],"value":1}]""")]
    [InlineData("""[{"op":"add","path":"/metadata/a"}]""")]
    [InlineData("""[{"op":"replace","path":"/metadata/a"}]""")]
    [InlineData("""[{"op":"add","path":"/metadata/a","value":1},{}]""")]
    public void anything_else_is_refused(string body) => Refusal(body).Kind.Should().Be(ErrorKind.InvalidBody);

    [Fact]
    public void a_key_that_needs_escapes_is_stored_with_them() =>
        QueueMetadata.Empty.Patch(Parsed("""[{"op":"add","path":"/metadata/\u0000\"\u00e9","value":1}]"""), ofTopic: false, Story.Bounds).Json
            .Should().Be("""{"\u0000\"é":1}""");

    private static IReadOnlyList<MetadataOperation> Parsed(string body) => MetadataPatch.Parse(Encoding.UTF8.GetBytes(body));

    private static MetadataPatchInvalid Refusal(string body)
    {
        var parsing = () => Parsed(body);
        return parsing.Should().Throw<MetadataPatchInvalid>().Which;
    }
}
