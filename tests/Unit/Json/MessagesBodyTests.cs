using System.Runtime.InteropServices;
using System.Text;
using FluentAssertions;
using Xunit;
using Zaqar.Api.Json;
using Zaqar.Domain;
using Zaqar.Domain.Messages;

namespace Zaqar.Unit.Json;

public class MessagesBodyTests
{
    [Theory]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("5")]
    [InlineData("false")]
    [InlineData("[]")]
    [InlineData("""{ "z" : 1.0 ,"a":"\u0000\u00e9é\/", "z": -0}""")]
    [InlineData("""[[["deep"]], {"messages":[{"body":1}]} ]""")]
    public void a_body_is_the_clients_bytes(string body) =>
        Text(Read($$"""{"messages": [ {"body" : {{body}} , "ttl":60} ]}""").Single()).Should().Be(body);

    [Fact]
    public void a_body_is_a_slice_of_the_request()
    {
        var request = """{"messages":[{"body":"x"}]}"""u8.ToArray();

        var body = MessagesBody.Read(request, 512, withChecksum: false).Single().Body;

        MemoryMarshal.TryGetArray(body, out var segment).Should().BeTrue();
        segment.Array.Should().BeSameAs(request);
    }

    [Fact]
    public void messages_keep_their_order() =>
        Read("""{"messages":[{"body":1},{"body":2},{"body":3}]}""").Select(Text).Should().Equal("1", "2", "3");

    [Fact]
    public void many_messages_get_different_random_bits()
    {
        var drafts = Read($$"""{"messages":[{{string.Join(',', Enumerable.Repeat("""{"body":1}""", 500))}}]}""");

        drafts.Should().HaveCount(500);
        drafts.Select(draft => draft.Nonce).Should().OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData("""{"body":1}""", null)]
    [InlineData("""{"body":1,"ttl":60}""", 60L)]
    [InlineData("""{"ttl":-5,"body":1}""", -5L)]
    [InlineData("""{"body":1,"ttl":0}""", 0L)]
    [InlineData("""{"body":1,"ttl":9223372036854775807}""", long.MaxValue)]
    [InlineData("""{"body":1,"ttl":true}""", 1L)]
    [InlineData("""{"body":1,"ttl":false}""", 0L)]
    [InlineData("""{"body":1,"ttl":"x","ttl":60}""", 60L)]
    [InlineData("""{"body":1,"t\u0074l":60}""", 60L)]
    public void a_ttl_is_an_integer_or_absent(string message, long? ttl) => Read($$"""{"messages":[{{message}}]}""").Single().Ttl.Should().Be(ttl);

    [Theory]
    [InlineData("null")]
    [InlineData("60.0")]
    [InlineData("6e1")]
    [InlineData("\"60\"")]
    [InlineData("[60]")]
    [InlineData("{}")]
    public void any_other_ttl_is_refused(string ttl) =>
        Refusal($$"""{"messages":[{"body":1,"ttl":{{ttl}}}]}""").Kind.Should().Be(ErrorKind.InvalidBody);

    [Theory]
    [InlineData("5", 5L)]
    [InlineData("-1", -1L)]
    [InlineData("true", 1L)]
    [InlineData("null", null)]
    [InlineData("5.0", null)]
    [InlineData("\"5\"", null)]
    [InlineData("[5]", null)]
    [InlineData("{\"a\":5}", null)]
    public void a_delay_of_any_type_is_left_to_the_queue_to_judge(string delay, long? seconds) =>
        Read($$"""{"messages":[{"delay":{{delay}},"body":1}]}""").Single().Delay.Should().Be(new DraftDelay(seconds));

    [Fact]
    public void without_a_delay_there_is_none() => Read("""{"messages":[{"body":1}]}""").Single().Delay.Should().BeNull();

    [Fact]
    public void unknown_fields_are_dropped_at_each_level() =>
        Read("""{"x":{"messages":5},"messages":[{"a":{"body":2,"ttl":"x"},"body":1,"href":[{"ttl":null}]}],"y":[]}""")
            .Select(Text).Should().Equal("1");

    [Fact]
    public void the_last_of_repeated_keys_wins_at_each_level() =>
        Read("""{"messages":5,"messages":[{"body":1},7],"messages":[{"body":2,"delay":1,"body":{"body":3},"delay":2}]}""")
            .Should().SatisfyRespectively(draft => (Text(draft), draft.Delay).Should().Be(("{\"body\":3}", new DraftDelay(2))));

    [Fact]
    public void the_last_of_repeated_keys_wins_also_when_it_is_wrong() =>
        Refusal("""{"messages":[{"body":1}],"messages":5}""").Kind.Should().Be(ErrorKind.InvalidBody);

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""[]""")]
    [InlineData("""[{"body":1}]""")]
    [InlineData("""[{"messages":[{"body":1}]}]""")]
    [InlineData("""{"Messages":[{"body":1}]}""")]
    [InlineData("""{"messages":[]}""")]
    [InlineData("""{"messages":[{"body":1}],"messages":[]}""")]
    public void without_messages_the_request_is_invalid(string json) => Refusal(json).Kind.Should().Be(ErrorKind.InvalidRequest);

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("\"messages\"")]
    [InlineData("""{"messages":null}""")]
    [InlineData("""{"messages":{}}""")]
    [InlineData("""{"messages":{"body":1}}""")]
    [InlineData("""{"messages":"x"}""")]
    [InlineData("""{"messages":["a"]}""")]
    [InlineData("""{"messages":[null]}""")]
    [InlineData("""{"messages":[[]]}""")]
    [InlineData("""{"messages":[[{"body":1}]]}""")]
    [InlineData("""{"messages":[{}]}""")]
    [InlineData("""{"messages":[{"ttl":60}]}""")]
    [InlineData("""{"messages":[{"body":1},{"ttl":60}]}""")]
    [InlineData("""{"messages":[{"body":1},5]}""")]
    [InlineData("""{"messages":[{"body":1}]}]""")]
    [InlineData("""{"messages":[{"body":1}]""")]
    [InlineData("""{"messages":[{"body":}]}""")]
    [InlineData("""{"messages":[{"body":NaN}]}""")]
    [InlineData("""{"messages":[{"body":1e400}]}""")]
    [InlineData("""{"messages":[{"body":9223372036854775808}]}""")]
    [InlineData("""{"messages":[{"body":"\ud800"}]}""")]
    [InlineData("""{"messages":[{"body":1}],"x":"\ud800"}""")]
    [InlineData("""{"messages":[],"x":1e400}""")]
    public void anything_else_is_an_invalid_body(string json) => Refusal(json).Kind.Should().Be(ErrorKind.InvalidBody);

    [Fact]
    public void depth_counts_from_the_outermost_bracket()
    {
        string Nested(int levels) => $$"""{"messages":[{"body":{{new string('[', levels)}}{{new string(']', levels)}}}]}""";

        Read(Nested(509)).Should().HaveCount(1);
        Refusal(Nested(510)).Kind.Should().Be(ErrorKind.InvalidBody);
    }

    [Fact]
    public void checksums_are_made_only_when_asked_for_and_never_of_null()
    {
        const string Json = """{"messages":[{"body":1},{"body":null}]}""";

        Read(Json).Select(draft => draft.Checksum).Should().Equal(null, null);
        Read(Json, withChecksum: true).Select(draft => draft.Checksum).Should().Equal("MD5:c4ca4238a0b923820dcc509a6f75849b", null);
    }

    private static IReadOnlyList<MessageDraft> Read(string json, bool withChecksum = false) =>
        MessagesBody.Read(Encoding.UTF8.GetBytes(json), 512, withChecksum);

    private static string Text(MessageDraft draft) => Encoding.UTF8.GetString(draft.Body.Span);

    private static BodyInvalid Refusal(string json)
    {
        var reading = () => Read(json);
        return reading.Should().Throw<BodyInvalid>().Which;
    }
}
