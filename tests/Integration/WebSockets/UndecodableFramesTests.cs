using System.Text;
using FluentAssertions;
using MessagePack;
using Xunit;

namespace Zaqar.Integration.WebSockets;

/// <summary>Frames that say nothing that could be read: each is answered, and the connection goes on.</summary>
[Collection(WebSocketCollection.Name)]
public sealed class UndecodableFramesTests(WebSocketService service)
{
    private const string NoRequest = """{"action": null, "body": {}, "headers": {}, "api": "v2"}""";

    [Theory]
    [InlineData(""), InlineData(" "), InlineData("{"), InlineData("nope"), InlineData("{'action': 1}"), InlineData("""{"action": "queue_list",}"""), InlineData("""{"action": "queue_list"} {}""")]
    [InlineData("""{"action": "queue_list" /* */}"""), InlineData("""{"a": NaN}"""), InlineData("""{"a": Infinity}"""), InlineData("""{"a": -Infinity}"""), InlineData("""{"a": 1e400}""")]
    [InlineData("""{"a": 9223372036854775808}"""), InlineData("""{"a": -9223372036854775809}"""), InlineData("""{"a": 01}"""), InlineData("""{"a": "\ud800"}"""), InlineData("""{"\udc00": 1}""")]
    [InlineData("""{"a": "\ud834\u0041"}"""), InlineData("{\"a\": \"\n\"}"), InlineData("""{"a": "\x"}"""), InlineData("\uFEFF{}")]
    public async Task text_that_is_no_json(string frame)
    {
        await using var socket = await service.Connect();

        await socket.Send(FrameKind.Text, Encoding.UTF8.GetBytes(frame));

        await IsUndecodable(socket, FrameKind.Text, "text");
    }

    [Theory, InlineData("[", "]"), InlineData("""{"a":""", "}")]
    public async Task text_that_is_too_deep(string open, string close)
    {
        await using var socket = await service.Connect();
        var deep = string.Concat(Enumerable.Repeat(open, 10_000)) + "1" + string.Concat(Enumerable.Repeat(close, 10_000));

        await socket.Send(FrameKind.Text, Encoding.UTF8.GetBytes($$"""{"action": "queue_list", "body": {"a": {{deep}}} }"""));

        await IsUndecodable(socket, FrameKind.Text, "text");
    }

    [Theory]
    [InlineData("")] // Nothing.
    [InlineData("c1")] // The one code that is never used.
    [InlineData("81")] // A map without its member.
    [InlineData("81a161")] // A member without its value.
    [InlineData("81a16101ff")] // A byte too many.
    [InlineData("8080")] // Two values.
    [InlineData("dfffffffff")] // A map of four thousand million members.
    [InlineData("81a161ddffffffff01")] // An array of as many items.
    [InlineData("81a161dbffffffff61")] // A string of as many bytes.
    [InlineData("81a161c6ffffffff00")] // Binary data of as many.
    [InlineData("81a161a2c328")] // A string that is no UTF-8.
    [InlineData("81a161a3eda080")] // A lone surrogate in UTF-8's clothes.
    [InlineData("81a161c40161")] // Binary data.
    [InlineData("81a161d40161")] // An extension.
    [InlineData("81a161d6ff00000001")] // A timestamp.
    [InlineData("81a161c7000a")] // An extension of no bytes.
    [InlineData("810101")] // A number for a key.
    [InlineData("81c001")] // Nil for a key.
    [InlineData("81c4016101")] // Binary data for a key.
    [InlineData("819001")] // An array for a key.
    [InlineData("81a161cb7ff8000000000000")] // Not a number.
    [InlineData("81a161cbfff0000000000000")] // Minus infinity.
    [InlineData("81a161ca7fc00000")] // Not a number, in single precision.
    [InlineData("81a161cf8000000000000000")] // One more than the largest integer.
    [InlineData("81a161cfffffffffffffffff")] // The largest unsigned one.
    public async Task binary_data_that_is_no_message_pack_or_no_json(string hex)
    {
        await using var socket = await service.Connect();

        await socket.Send(FrameKind.Binary, Convert.FromHexString(hex));

        await IsUndecodable(socket, FrameKind.Binary, "binary");
    }

    [Theory, InlineData(0x91), InlineData(0x81)]
    public async Task binary_data_that_is_too_deep(byte open)
    {
        await using var socket = await service.Connect();
        byte[] level = open == 0x81 ? [open, 0xa1, 0x61] : [open];

        await socket.Send(FrameKind.Binary, new byte[] { 0x81, 0xa1, 0x61 }.Concat(Enumerable.Repeat(level, 30_000).SelectMany(bytes => bytes)).Append((byte)1).ToArray());

        await IsUndecodable(socket, FrameKind.Binary, "binary");
    }

    [Fact]
    public async Task every_truncation_of_a_request()
    {
        await using var socket = await service.Connect(kind: FrameKind.Binary);
        var whole = MessagePackJson.FromJson(socket.Request("message_post", """{"queue_name": "q", "messages": [{"body": [1.5, "é", 70000, null]}]}"""));

        for (var length = 0; length < whole.Length; length++)
        {
            await socket.Send(FrameKind.Binary, whole.AsMemory(0, length));
            (await socket.Receive()).ShouldRefuse(400);
        }

        await socket.Send(FrameKind.Binary, whole);
        (await socket.Receive()).ShouldBe(201);
    }

    [Theory, InlineData("[]"), InlineData("1"), InlineData("-1.5"), InlineData("\"queue_list\""), InlineData("null"), InlineData("true"), InlineData("""[{"action": "queue_list"}]""")]
    public async Task a_frame_that_is_no_object(string json)
    {
        foreach (var kind in new[] { FrameKind.Text, FrameKind.Binary })
        {
            await using var socket = await service.Connect(kind: kind);

            var reply = await socket.AskJson(json);

            reply.Kind.Should().Be(kind);
            reply.ShouldRefuse(400);
            reply.Body.GetProperty("error").GetString().Should().NotContain("queue_list");
            reply.Request.GetProperty("action").ValueKind.Should().Be(System.Text.Json.JsonValueKind.Null);
            await socket.ShouldGoOn();
        }
    }

    [Fact]
    public async Task every_way_to_write_a_value_in_message_pack_is_read()
    {
        await using var socket = await service.Connect(kind: FrameKind.Binary);

        // Map 32 and 16, strings 8, 16 and 32, arrays 16 and 32, integers of every width, and a single-precision float.
        var frame = Frame(socket, (ref MessagePackWriter writer) => writer.WriteRaw(Convert.FromHexString(
            "de0002" + "d90a71756575655f6e616d65" + "da000171" + "db000000086d65737361676573" + "dd00000001" + "df00000001" + "a4626f6479"
            + "dc000f" + "00" + "7f" + "e0" + "ff" + "ccff" + "cdffff" + "ceffffffff" + "cf7fffffffffffffff" + "d080" + "d18000" + "d280000000" + "d38000000000000000"
            + "ca3fc00000" + "cb3fb999999999999a" + "c2")));
        await socket.Send(FrameKind.Binary, frame);

        (await socket.Receive()).ShouldBe(201);
        (await socket.Ask("message_list", new { queue_name = "q", echo = true })).Body.GetProperty("messages")[0].GetProperty("body").ShouldEqual(
            "[0, 127, -32, -1, 255, 65535, 4294967295, 9223372036854775807, -128, -32768, -2147483648, -9223372036854775808, 1.5, 0.1, false]");
    }

    [Fact]
    public async Task a_name_is_the_same_however_it_is_escaped()
    {
        await using var socket = await service.Connect();

        var reply = await socket.AskJson($$"""
            {"\u0061ction": "queue\u005fcreate", "h\u0065aders": {"Client\u002dID": "{{socket.ClientId}}", "X-Project-\u0049D": "{{socket.Project}}"}, "bod\u0079": {"queue\u005fname": "\u0071"} }
            """);

        reply.ShouldBe(201).Request.GetProperty("action").GetString().Should().Be("queue_create");
        reply.Request.GetProperty("body").ShouldEqual("""{"queue_name": "q"}""");
        (await socket.Ask("queue_list")).Body.ShouldEqual("""{"queues": [{"name": "q"}]}""");
    }

    [Fact]
    public async Task what_is_repeated_is_judged_by_the_last_alone()
    {
        await using var socket = await service.Connect();
        var headers = $$"""{"Client-ID": "{{socket.ClientId}}", "X-Project-ID": "{{socket.Project}}"}""";

        (await socket.AskJson($$"""{"action": "queue_list", "headers": {{headers}}, "headers": 5}""")).ShouldRefuse(400, "Schema validation failed.");
        (await socket.AskJson($$"""{"action": "queue_list", "headers": {{headers}}, "headers": {} }""")).ShouldRefuse(400, "Schema validation failed.");
        (await socket.AskJson($$"""{"action": "queue_list", "action": "nonsense", "headers": {{headers}}}""")).ShouldRefuse(400, "nonsense is not a valid action");
        (await socket.AskJson($$"""{"action": 5, "headers": [], "action": "queue_create", "body": {"queue_name": "a"}, "headers": {{headers}}, "body": {"queue_name": "b"} }""")).ShouldBe(201);

        (await socket.Ask("queue_list")).Body.ShouldEqual("""{"queues": [{"name": "b"}]}""");
    }

    [Fact]
    public async Task of_repeated_keys_the_last_counts()
    {
        await using var socket = await service.Connect();

        (await socket.Ask("queue_create", """{"queue_name": 5, "queue_name": "text"}""")).ShouldBe(201);
        await socket.Send(FrameKind.Binary, Frame(socket, (ref MessagePackWriter writer) =>
        {
            writer.WriteMapHeader(2);
            writer.Write("queue_name");
            writer.Write(5);
            writer.Write("queue_name");
            writer.Write("binary");
        }, "queue_create"));
        (await socket.Receive()).ShouldBe(201);

        (await socket.Ask("queue_list")).Body.ShouldEqual("""{"queues": [{"name": "binary"}, {"name": "text"}]}""");
    }

    private delegate void Writing(ref MessagePackWriter writer);

    private static byte[] Frame(SocketClient socket, Writing body, string action = "message_post")
    {
        var frame = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(frame);
        writer.WriteMapHeader(3);
        writer.Write("action");
        writer.Write(action);
        writer.Write("headers");
        writer.WriteMapHeader(2);
        writer.Write("Client-ID");
        writer.Write(socket.ClientId);
        writer.Write("X-Project-ID");
        writer.Write(socket.Project);
        writer.Write("body");
        body(ref writer);
        writer.Flush();
        return frame.WrittenSpan.ToArray();
    }

    private static async Task IsUndecodable(SocketClient socket, FrameKind kind, string name)
    {
        var reply = await socket.Receive();
        reply.Kind.Should().Be(kind);
        reply.ShouldRefuse(400);
        reply.Error.Should().ContainEquivalentOf(name, "it names the frame's kind");
        reply.Request.ShouldEqual(NoRequest);
        await socket.ShouldGoOn();
    }
}
