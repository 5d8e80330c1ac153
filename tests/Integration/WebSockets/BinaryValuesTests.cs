using System.Text.Json;
using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.WebSockets;

/// <summary>Values on their way between JSON and MessagePack.</summary>
[Collection(WebSocketCollection.Name)]
public sealed class BinaryValuesTests(WebSocketService service)
{
    [Theory]
    [InlineData("[1.0,-0.0,100000.0,0.1,1E+300,5E-324,1.7976931348623157E+308,1.2345678901234567E+19]", "[1.0,-0.0,1e5,0.1,1e300,5e-324,1.7976931348623157e308,12345678901234567890.5]")]
    [InlineData("[0,1,-1,127,128,255,256,65535,65536,4294967295,4294967296,9223372036854775807,-128,-129,-32768,-32769,-2147483648,-2147483649,-9223372036854775808]", null)]
    [InlineData("""["","\u0000","\u007F","\u0080","\u07FF","\u0800","\uFFFF","\uD83D\uDE00"]""", null)]
    [InlineData("""{"":{"":[]},"a":{"b":{"c":[[],[[]],{}]}},"null":null,"true":true,"false":false}""", null)]
    public async Task what_is_posted_in_one_kind_is_the_same_value_in_the_other(string body, string? spelled)
    {
        await using var text = await service.Connect();
        await using var binary = await service.Connect(text.Project, kind: FrameKind.Binary);

        await text.Ask("message_post", $$"""{"queue_name": "text", "messages": [{"body": {{spelled ?? body}}}]}""");
        await binary.Ask("message_post", $$"""{"queue_name": "binary", "messages": [{"body": {{body}}}]}""");

        // Integers stay integers, and all others floats.
        var expected = JsonSerializer.Serialize(JsonDocument.Parse(body).RootElement);
        JsonSerializer.Serialize(await Listed(binary, "text")).Should().Be(expected);
        JsonSerializer.Serialize(await Listed(binary, "binary")).Should().Be(expected);
        Kinds(await Listed(text, "binary")).Should().Equal(Kinds(JsonDocument.Parse(body).RootElement));
        (await Listed(text, "binary")).ShouldEqual(body);
    }

    [Theory, InlineData(15), InlineData(16), InlineData(31), InlineData(32), InlineData(255), InlineData(256), InlineData(65_535), InlineData(65_536)]
    public async Task strings_and_arrays_and_objects_may_be_of_any_length(int length)
    {
        await using var text = await service.Connect();
        await using var binary = await service.Connect(text.Project, kind: FrameKind.Binary);
        var array = $"[{string.Join(',', Enumerable.Repeat("1", Math.Min(length, 40_000)))}]";
        var map = $"{{{string.Join(',', Enumerable.Range(0, Math.Min(length, 15_000)).Select(n => $"\"{n}\":1"))}}}";
        var said = $"\"{new string('x', length)}\"";

        foreach (var body in new[] { array, map, said })
        {
            (await binary.Ask("message_post", $$"""{"queue_name": "q", "messages": [{"body": {{body}}}]}""")).ShouldBe(201)
                .Request.GetProperty("body").GetProperty("messages")[0].GetProperty("body").ShouldEqual(body);
            (await Listed(text, "q")).ShouldEqual(body);
            (await Listed(binary, "q")).ShouldEqual(body);
            await text.Ask("queue_delete", new { queue_name = "q" });
        }
    }

    [Theory, InlineData(FrameKind.Text), InlineData(FrameKind.Binary)]
    public async Task the_deepest_body_is_echoed_listed_and_told(FrameKind kind)
    {
        // As over HTTP: the request's body, its messages and the message are around it. The frame around these does not count.
        const int levels = 512 - 3;
        await using var socket = await service.Connect(kind: kind);
        await socket.Subscribe("q");
        var deep = string.Concat(Enumerable.Repeat("[", levels)) + string.Concat(Enumerable.Repeat("]", levels));

        var posted = await socket.Ask("message_post", $$"""{"queue_name": "q", "messages": [{"body": {{deep}}}]}""");

        JsonSerializer.Serialize(posted.ShouldBe(201).Request.GetProperty("body").GetProperty("messages")[0].GetProperty("body"), _deep).Should().Be(deep);
        JsonSerializer.Serialize(await Listed(socket, "q"), _deep).Should().Be(deep);
        JsonSerializer.Serialize((await socket.Told()).Json.GetProperty("body"), _deep).Should().Be(deep);
        (await socket.Ask("message_post", $$"""{"queue_name": "q", "messages": [{"body": [{{deep}}]}]}""")).ShouldBe(400);
        await socket.ShouldGoOn();
    }

    private static readonly JsonSerializerOptions _deep = new() { MaxDepth = 2_000 };

    private static async Task<JsonElement> Listed(SocketClient socket, string queue) =>
        (await socket.Ask("message_list", new { queue_name = queue, echo = true })).ShouldBe(200).Body.GetProperty("messages")[0].GetProperty("body");

    // Of the items of an array, whether they are integers.
    private static IEnumerable<bool> Kinds(JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && !item.GetRawText().AsSpan().ContainsAny(".eE"))
        : [];
}
