using System.Text;
using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.WebSockets;

/// <summary>Connections that are many, or come and go.</summary>
[Collection(WebSocketCollection.Name)]
public sealed class ManySocketsTests(WebSocketService service)
{
    [Fact]
    public async Task two_hundred_sockets_at_once_each_get_their_own_answers()
    {
        var sockets = await Task.WhenAll(Enumerable.Range(0, 200).Select(n => service.Connect(kind: n % 2 == 0 ? FrameKind.Text : FrameKind.Binary)));

        var bodies = await Task.WhenAll(sockets.Select(async (socket, n) =>
        {
            await socket.Subscribe("q");
            await socket.Post("q", n);
            return ((await socket.Ask("message_list", new { queue_name = "q", echo = true })).Body.GetProperty("messages")[0].GetProperty("body").GetInt32(),
                (await socket.ToldNumbers(1))[0]);
        }));

        bodies.Should().Equal(Enumerable.Range(0, 200).Select(n => (n, n)));
        await Task.WhenAll(sockets.Select(socket => socket.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task a_client_that_comes_again_finds_all_as_it_was_but_its_subscriptions()
    {
        var project = $"project-{Guid.NewGuid():N}";
        for (var time = 0; time < 30; time++)
        {
            await using var socket = await service.Connect(project, kind: (FrameKind)(time % 2));
            await Eventually.Holds(async () => (await socket.Ask("subscription_list", new { queue_name = "q" })).Body.GetProperty("subscriptions").GetArrayLength(),
                left => left == 0, "the last connection's subscription is gone");
            await socket.Subscribe("q");
            await socket.Post("q", time);
            (await socket.ToldNumbers(1)).Should().Equal(time);
            (await socket.Ask("queue_get_stats", new { queue_name = "q" })).Body.GetProperty("messages").GetProperty("total").GetInt32().Should().Be(time + 1);
        }
    }

    [Theory, InlineData("a header"), InlineData("a payload"), InlineData("a fragment"), InlineData("nothing")]
    public async Task a_client_that_goes_in_the_middle_of_a_frame_leaves_nothing_behind(string middle)
    {
        await using var witness = await service.Connect();
        using (var socket = await RawSocket.Connect(service.WebSocketAddress))
        {
            await socket.SendText(witness.Request("subscription_create", new { queue_name = "q" }));
            (await socket.Read())!.Value.Opcode.Should().Be(RawSocket.Text);
            (await Subscriptions(witness)).Should().Be(1);
            var request = Encoding.UTF8.GetBytes(witness.Request("message_post", """{"queue_name": "q", "messages": [{"body": 1}]}"""));

            await (middle switch
            {
                "a header" => socket.SendBytes([0x81]),
                "a payload" => socket.Send(RawSocket.Text, request[..20], length: request.Length),
                "a fragment" => socket.Send(RawSocket.Text, request, final: false),
                _ => Task.CompletedTask,
            });
        }

        await Eventually.Holds(() => Subscriptions(witness), count => count == 0, "its subscription is gone");
        (await witness.Ask("queue_get_stats", new { queue_name = "q" })).Body.GetProperty("messages").GetProperty("total").GetInt32().Should().Be(0);
    }

    [Fact]
    public async Task a_client_that_goes_while_it_subscribes_is_not_subscribed()
    {
        await using var witness = await service.Connect();
        for (var time = 0; time < 40; time++)
        {
            var socket = await service.Connect(witness.Project);
            await socket.Send(socket.Request("subscription_create", new { queue_name = "q" }));
            if (time % 2 == 0)
                socket.Abort();
            else
                await socket.DisposeAsync();
        }

        // What was sent before a goodbye is carried out, so that there is something to end.
        await Eventually.Holds(async () => (await witness.Ask("queue_list")).Body.GetProperty("queues").GetArrayLength(), queues => queues == 1, "somebody subscribed");
        await Eventually.Holds(() => Subscriptions(witness), count => count == 0, "nobody is subscribed");
    }

    [Fact]
    public async Task a_client_that_goes_in_the_middle_of_its_requests_does_no_harm()
    {
        await using var witness = await service.Connect();
        for (var time = 0; time < 20; time++)
        {
            var socket = await service.Connect(witness.Project);
            await socket.Subscribe("q");
            for (var i = 0; i < 20; i++)
                await socket.Send(socket.Request("message_post", """{"queue_name": "q", "messages": [{"body": 1}]}"""));
            socket.Abort();
        }

        await Eventually.Holds(() => Subscriptions(witness), count => count == 0, "all subscriptions are gone");
        await witness.Subscribe("q");
        await witness.Post("q", 2);
        (await witness.Told(1))[0].Json.GetProperty("body").GetInt32().Should().BeOneOf(1, 2);
    }

    private static async Task<int> Subscriptions(SocketClient socket) =>
        (await socket.Ask("subscription_list", new { queue_name = "q", limit = 20 })).ShouldBe(200).Body.GetProperty("subscriptions").GetArrayLength();
}
