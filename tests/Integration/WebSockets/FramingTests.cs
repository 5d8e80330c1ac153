using System.Net.WebSockets;
using System.Text;
using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.WebSockets;

/// <summary>How frames may be cut, how long they may be, and what ends a connection.</summary>
[Collection(WebSocketCollection.Name)]
public sealed class FramingTests(WebSocketService service)
{
    private const int TooBig = 1009, ProtocolError = 1002, InvalidPayload = 1007;

    [Theory, InlineData(FrameKind.Text, 1), InlineData(FrameKind.Binary, 1), InlineData(FrameKind.Text, 7)]
    public async Task a_request_may_come_in_pieces_of_any_length(FrameKind kind, int length)
    {
        await using var socket = await service.Connect(kind: kind);
        var request = socket.Request("queue_create", """{"queue_name": "q", "metadata": {"a": "é\u2603𝄞"}}""");
        var bytes = kind == FrameKind.Text ? Encoding.UTF8.GetBytes(request) : MessagePackJson.FromJson(request);

        for (var at = 0; at < bytes.Length; at += length)
        {
            await socket.Send(kind, bytes.AsMemory(at, Math.Min(length, bytes.Length - at)), last: false);
            await socket.Send(kind, Array.Empty<byte>(), last: false);
        }

        await socket.Send(kind, Array.Empty<byte>(), last: true);

        (await socket.Receive()).ShouldBe(201);
        (await socket.Ask("queue_get", new { queue_name = "q" })).Body.GetProperty("a").GetString().Should().Be("é\u2603𝄞");
    }

    [Theory, InlineData(FrameKind.Text), InlineData(FrameKind.Binary)]
    public async Task the_first_pieces_of_a_request_may_be_empty(FrameKind kind)
    {
        await using var socket = await service.Connect(kind: kind);
        var request = socket.Request("queue_list");

        for (var piece = 0; piece < 3; piece++)
            await socket.Send(kind, Array.Empty<byte>(), last: false);
        await socket.Send(kind, kind == FrameKind.Text ? Encoding.UTF8.GetBytes(request) : MessagePackJson.FromJson(request));

        (await socket.Receive()).ShouldBe(200);
        await socket.ShouldGoOn();
    }

    [Fact]
    public async Task an_empty_frame_between_others_is_answered_in_its_turn()
    {
        await using var socket = await service.Connect();

        await socket.Send(socket.Request("queue_list"));
        await socket.Send(FrameKind.Text, Array.Empty<byte>());
        await socket.Send(socket.Request("queue_get", new { queue_name = "q" }));

        (await socket.Reply()).ShouldBe(200);
        (await socket.Reply()).ShouldBe(400);
        (await socket.Reply()).ShouldBe(200);
    }

    [Theory, InlineData(FrameKind.Text), InlineData(FrameKind.Binary)]
    public async Task the_longest_frame_is_read_and_one_byte_more_is_not(FrameKind kind)
    {
        await using var socket = await service.Connect(kind: kind);
        var max = Api.Settings.WebSocketSettings.MaxFrameBytes(new());
        var (plain, padding) = (Frame(0).Length, 0);

        await socket.Send(kind, Frame(padding = max - plain - (Frame(max - plain).Length - max)));
        (await socket.Receive()).ShouldBe(200);
        await socket.Send(kind, Frame(padding + 1));
        ((int?)(await socket.Closed()).Code).Should().Be(TooBig);

        byte[] Frame(int letters)
        {
            var request = socket.Request("queue_get", $$"""{"queue_name": "q", "x": "{{new string('x', letters)}}"}""");
            return kind == FrameKind.Text ? Encoding.UTF8.GetBytes(request) : MessagePackJson.FromJson(request);
        }
    }

    [Fact]
    public async Task an_empty_frame_says_nothing_and_is_refused()
    {
        await using var socket = await service.Connect();

        foreach (var kind in new[] { FrameKind.Text, FrameKind.Binary })
        {
            await socket.Send(kind, Array.Empty<byte>());
            var reply = await socket.Receive();
            reply.Kind.Should().Be(kind);
            reply.ShouldRefuse(400);
        }

        await socket.ShouldGoOn();
    }

    [Theory, InlineData(FrameKind.Text), InlineData(FrameKind.Binary)]
    public async Task the_longest_post_fits_into_a_frame(FrameKind kind)
    {
        await using var socket = await service.Connect(kind: kind);
        var body = new string('x', 262_144 - """[{"body":"","ttl":60}]""".Length - 100);

        (await socket.Ask("message_post", $$"""{"queue_name": "q", "messages": [{"body": "{{body}}", "ttl": 60}]}""")).ShouldBe(201);

        (await socket.Ask("message_list", new { queue_name = "q", echo = true })).Body.GetProperty("messages")[0].GetProperty("body").GetString().Should().Be(body);
    }

    [Theory, InlineData(FrameKind.Text), InlineData(FrameKind.Binary)]
    public async Task a_frame_that_is_too_long_ends_the_connection(FrameKind kind)
    {
        await using var socket = await service.Connect(kind: kind);
        (await socket.Ask("queue_list")).ShouldBe(200);

        // Sent in pieces, for the server need not read to its end.
        var sending = Flood();

        ((int?)(await socket.Closed()).Code).Should().Be(TooBig);
        await sending;

        async Task Flood()
        {
            try
            {
                var piece = Encoding.ASCII.GetBytes(new string(' ', 64 * 1024));
                for (var sent = 0; sent < 64 << 20 && socket.State == WebSocketState.Open; sent += piece.Length)
                    await socket.Send(kind, piece, last: false);
            }
            catch (WebSocketException)
            {
                // The server has gone meanwhile.
            }
        }
    }

    [Fact]
    public async Task text_that_is_no_utf8_ends_the_connection_as_the_protocol_says()
    {
        using var socket = await RawSocket.Connect(service.WebSocketAddress);

        await socket.Send(RawSocket.Text, [.. """{"action": "queue_list", "x": """u8, .. "\""u8, 0xc3, 0x28, .. "\"}"u8]);

        await ShouldEnd(socket, InvalidPayload);
        await IsThere();
    }

    [Theory]
    [InlineData("an unmasked frame"), InlineData("a reserved bit"), InlineData("an opcode that is none"), InlineData("a continuation of nothing"), InlineData("a new frame within another")]
    [InlineData("a ping in pieces"), InlineData("a ping that is too long")]
    public async Task a_breach_of_the_protocol_ends_the_connection(string breach)
    {
        using var socket = await RawSocket.Connect(service.WebSocketAddress);
        byte[] request = [.. """{"action": "queue_list"}"""u8];

        await (breach switch
        {
            "an unmasked frame" => socket.Send(RawSocket.Text, request, masked: false),
            "a reserved bit" => socket.Send(RawSocket.Text, request, reserved: 0x40),
            "an opcode that is none" => socket.Send(3, request),
            "a continuation of nothing" => socket.Send(RawSocket.Continuation, request),
            "a ping in pieces" => socket.Send(RawSocket.Ping, request, final: false),
            "a ping that is too long" => socket.Send(RawSocket.Ping, new byte[126]),
            _ => Within(),
        });

        await ShouldEnd(socket, ProtocolError);
        await IsThere();

        async Task Within()
        {
            await socket.Send(RawSocket.Text, request, final: false);
            await socket.Send(RawSocket.Text, request);
        }
    }

    [Fact]
    public async Task a_ping_is_answered_even_between_the_pieces_of_a_request()
    {
        using var socket = await RawSocket.Connect(service.WebSocketAddress);

        await socket.Send(RawSocket.Text, [.. """{"action": """u8], final: false);
        await socket.Send(RawSocket.Ping, [1, 2, 3]);
        var pong = await socket.Read();
        await socket.Send(RawSocket.Continuation, [.. "\"nonsense\"}"u8]);

        pong!.Value.Opcode.Should().Be(RawSocket.Pong);
        pong.Value.Payload.Should().Equal(1, 2, 3);
        var reply = (await socket.Read())!.Value;
        Encoding.UTF8.GetString(reply.Payload).Should().Contain("nonsense is not a valid action");
    }

    [Fact]
    public async Task a_close_is_answered_with_its_code()
    {
        using var socket = await RawSocket.Connect(service.WebSocketAddress);

        await socket.Send(RawSocket.Close, [0x03, 0xe8, .. "bye"u8]);

        var answer = (await socket.Read())!.Value;
        answer.Opcode.Should().Be(RawSocket.Close);
        answer.Payload.AsSpan(0, 2).ToArray().Should().Equal(0x03, 0xe8);
        (await socket.Read()).Should().BeNull();
    }

    [Fact]
    public async Task replies_to_what_was_asked_come_before_the_answer_to_a_close()
    {
        await using var socket = await service.Connect();
        using var raw = await RawSocket.Connect(service.WebSocketAddress);

        for (var i = 0; i < 20; i++)
            await raw.SendText(socket.Request("message_post", $$"""{"queue_name": "q", "messages": [{"body": {{i}}}]}"""));
        await raw.Send(RawSocket.Close, [0x03, 0xe8]);

        var seen = new List<byte>();
        while (await raw.Read() is { } frame)
            seen.Add(frame.Opcode);
        seen.Should().Equal([.. Enumerable.Repeat(RawSocket.Text, 20), RawSocket.Close]);
        (await socket.Ask("queue_get_stats", new { queue_name = "q" })).Body.GetProperty("messages").GetProperty("total").GetInt32().Should().Be(20);
    }

    // Whoever broke the protocol may find the connection cut before it hears why.
    private static async Task ShouldEnd(RawSocket socket, int code) => (await socket.CloseCode() ?? code).Should().Be(code);

    private async Task IsThere()
    {
        await using var socket = await service.Connect();
        await socket.ShouldGoOn();
    }
}
