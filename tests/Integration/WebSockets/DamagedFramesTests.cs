using System.Text;
using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.WebSockets;

/// <summary>Requests that were damaged on their way, in ways that nobody thought of.</summary>
[Collection(WebSocketCollection.Name)]
public sealed class DamagedFramesTests(WebSocketService service)
{
    private const int Frames = 1_000;

    [Theory, InlineData(FrameKind.Text, 1), InlineData(FrameKind.Text, 2), InlineData(FrameKind.Binary, 3), InlineData(FrameKind.Binary, 4), InlineData(FrameKind.Binary, 5)]
    public async Task each_is_answered_and_none_is_the_services_fault(FrameKind kind, int seed)
    {
        await using var socket = await service.Connect(kind: kind);
        var random = new Random(seed);
        var whole = Requests(socket).Select(request => kind == FrameKind.Text ? Encoding.UTF8.GetBytes(request) : MessagePackJson.FromJson(request)).ToArray();
        var frames = Enumerable.Range(0, Frames).Select(_ => Damaged(whole[random.Next(whole.Length)], kind, random)).ToList();
        var sending = SendAll();

        foreach (var frame in frames)
            (await ReplyTo(frame)).Status.Should().BeInRange(200, 499, "of {0}", Convert.ToHexString(frame));

        await sending;
        await socket.ShouldGoOn();

        async Task SendAll()
        {
            foreach (var frame in frames)
                await socket.Send(kind, frame);
        }

        async Task<Frame> ReplyTo(byte[] frame)
        {
            try
            {
                return await socket.Reply();
            }
            catch (InvalidOperationException closed)
            {
                throw new InvalidOperationException($"{Convert.ToHexString(frame)} was not answered. {closed.Message}", closed);
            }
        }
    }

    private static IEnumerable<string> Requests(SocketClient socket) =>
    [
        socket.Request("message_post", """{"queue_name": "q", "messages": [{"body": {"a": [1.5, null, true, "text", 70000, -1]}, "ttl": 60}, {"body": 2}]}"""),
        socket.Request("message_list", """{"queue_name": "q", "marker": "x", "limit": 5, "echo": true, "include_claimed": true}"""),
        socket.Request("claim_create", """{"queue_name": "q", "limit": 1, "ttl": 60, "grace": 60}"""),
        socket.Request("message_delete_many", """{"queue_name": "q", "message_ids": ["a", "b"]}"""),
        socket.Request("subscription_create", """{"queue_name": "q", "subscriber": "http://example.com/x", "ttl": 60, "options": {"a": 1}}"""),
        socket.Request("queue_create", """{"queue_name": "q", "metadata": {"_default_message_ttl": 60, "_retry_policy": {}}}"""),
    ];

    // One to four bytes are replaced, left out or doubled; a text stays ASCII, for what is no UTF-8 ends the connection.
    private static byte[] Damaged(byte[] whole, FrameKind kind, Random random)
    {
        var bytes = whole.ToList();
        for (var damage = random.Next(1, 5); damage > 0; damage--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(3))
            {
                case 0:
                    bytes[at] = (byte)random.Next(kind == FrameKind.Text ? 128 : 256);
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                default:
                    bytes.Insert(at, bytes[at]);
                    break;
            }
        }

        return [.. bytes];
    }
}
