using System.Text.Json;
using FluentAssertions;

namespace Zaqar.Integration.WebSockets;

/// <summary>The requests that most tests make over a socket, and what they say of replies.</summary>
internal static class SocketCalls
{
    /// <summary>A connection to the first node, unless another address is given.</summary>
    /// <param name="project">A fresh project unless given.</param>
    public static Task<SocketClient> Connect(
        this ZaqarService service, string? project = null, string? clientId = null, FrameKind kind = FrameKind.Text, Uri? at = null) =>
        SocketClient.Connect(at ?? service.WebSocketAddress, project, clientId, kind);

    /// <summary>Says that it has this status; answers it.</summary>
    public static Frame ShouldBe(this Frame reply, int status)
    {
        reply.Status.Should().Be(status, "of {0}", reply);
        return reply;
    }

    /// <summary>Says that it refuses with this status and a sentence.</summary>
    public static void ShouldRefuse(this Frame reply, int status, string? error = null)
    {
        reply.ShouldBe(status);
        reply.Body.ValueKind.Should().Be(JsonValueKind.Object, "of {0}", reply);
        if (error is null)
            reply.Error.Should().NotBeNullOrEmpty("of {0}", reply);
        else
            reply.Error.Should().Be(error, "of {0}", reply);
    }

    /// <summary>Says that two documents are equal, whatever the order of members and the spelling.</summary>
    public static void ShouldEqual(this JsonElement seen, string json)
    {
        using var expected = JsonDocument.Parse(json);
        JsonElement.DeepEquals(seen, expected.RootElement).Should().BeTrue("{0} was expected, and {1} came", json, seen);
    }

    /// <summary>Says that the connection still answers.</summary>
    public static async Task ShouldGoOn(this SocketClient socket) => (await socket.Ask("queue_list")).ShouldBe(200);

    /// <summary>Posts one message per body.</summary>
    public static async Task<IReadOnlyList<string>> Post(this SocketClient socket, string queue, params object[] bodies)
    {
        var reply = await socket.Ask("message_post", new { queue_name = queue, messages = bodies.Select(body => new { body, ttl = 3600 }) });
        return [.. reply.ShouldBe(201).Body.GetProperty("message_ids").EnumerateArray().Select(id => id.GetString()!)];
    }

    /// <summary>Subscribes the connection itself; answers the subscription's id.</summary>
    public static async Task<string> Subscribe(this SocketClient socket, string queue, int ttl = 3600) =>
        (await socket.Ask("subscription_create", new { queue_name = queue, ttl })).ShouldBe(201).Body.GetProperty("subscription_id").GetString()!;

    /// <summary>Bodies of the next notifications, which are numbers.</summary>
    public static async Task<IReadOnlyList<int>> ToldNumbers(this SocketClient socket, int count) =>
        [.. (await socket.Told(count)).Select(frame => frame.Json.GetProperty("body").GetInt32())];
}
