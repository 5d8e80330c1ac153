using System.Diagnostics;
using System.Net.WebSockets;
using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.WebSockets;

/// <summary>Clients that do not read what they are sent: what waits for them is bounded, and so is the patience with them.</summary>
public sealed class SlowReadersTests(SlowReadersTests.Service service) : IClassFixture<SlowReadersTests.Service>
{
    private const int PolicyViolation = 1008;
    private static readonly TimeSpan _slowAfter = TimeSpan.FromSeconds(2);
    private static readonly string _long = new('x', 250_000);

    [Fact]
    public async Task who_reads_nothing_is_let_go_and_the_others_hear_everything()
    {
        await using var reader = await service.Connect();
        using var slow = await Subscribed(reader);
        using var rest = service.Client(reader.Project);
        await reader.Subscribe("q");

        for (var n = 0; n < 30; n++)
            await rest.Post("q", $"{n}{_long}");

        (await reader.Told(30)).Select(frame => frame.Json.GetProperty("body").GetString()!.Length).Should().HaveCount(30).And.OnlyContain(length => length > 250_000);
        await Eventually.Holds(() => rest.Subscriptions("q"), left => left.Length == 1, "the slow one is subscribed no more");
        await rest.Post("q", "more");
        (await reader.Told()).Json.GetProperty("body").GetString().Should().Be("more");
    }

    [Fact]
    public async Task who_reads_on_too_late_hears_why_it_is_let_go()
    {
        await using var poster = await service.Connect();
        using var slow = await Subscribed(poster);
        for (var n = 0; n < 20; n++)
            await poster.Post("q", _long);

        // It is judged once a second, and cut after as long again.
        var stuck = Stopwatch.StartNew();
        await Eventually.Is(() => stuck.Elapsed > _slowAfter + TimeSpan.FromSeconds(1.2), "it has been judged");

        (await slow.CloseCode()).Should().Be(PolicyViolation);
    }

    [Fact]
    public async Task who_reads_on_in_time_misses_nothing()
    {
        await using var poster = await service.Connect();
        using var slow = await Subscribed(poster);
        for (var n = 0; n < 20; n++)
            await poster.Post("q", $"{n:00}{_long}");

        var heard = new List<string>();
        while (heard.Count < 20 && await slow.Read() is { Opcode: RawSocket.Text } frame)
            heard.Add(new Frame(FrameKind.Text, frame.Payload).Json.GetProperty("body").GetString()![..2]);

        heard.Should().Equal(Enumerable.Range(0, 20).Select(n => $"{n:00}"));
    }

    [Fact]
    public async Task more_replies_than_may_wait_all_come_in_their_order()
    {
        await using var socket = await service.Connect();
        var requests = Enumerable.Range(0, 300).Select(n => socket.Request("queue_get", $$"""{"queue_name": "q", "n": {{n}}, "much": "{{new string('x', 20_000)}}"}""")).ToList();

        var replies = await socket.AskAll(requests);

        replies.Select(reply => reply.Request.GetProperty("body").GetProperty("n").GetInt32()).Should().Equal(Enumerable.Range(0, 300));
    }

    [Theory, InlineData(FrameKind.Text), InlineData(FrameKind.Binary)]
    public async Task a_reply_that_is_longer_than_may_wait_comes_whole(FrameKind kind)
    {
        await using var socket = await service.Connect(kind: kind);
        for (var n = 0; n < 20; n++)
            await socket.Post("q", _long);

        var replies = await socket.AskAll([.. Enumerable.Range(0, 3).Select(_ => socket.Request("message_list", new { queue_name = "q", echo = true, limit = 20 }))]);

        replies.Should().OnlyContain(reply => reply.Body.GetProperty("messages").EnumerateArray().Count(message => message.GetProperty("body").GetString() == _long) == 20);
    }

    [Fact]
    public async Task a_connection_subscribes_itself_to_so_many_queues_and_no_more()
    {
        await using var socket = await service.Connect();
        await socket.Subscribe("a");
        await socket.Subscribe("b");
        var third = await socket.Subscribe("c");

        (await socket.Ask("subscription_create", new { queue_name = "d" })).Status.Should().BeInRange(400, 499);
        (await socket.Ask("subscription_create", new { queue_name = "d", subscriber = "http://example.com" })).ShouldBe(201);
        (await socket.Ask("subscription_delete", new { queue_name = "c", subscription_id = third })).ShouldBe(204);
        await socket.Subscribe("d");

        await socket.Post("d", 1);
        (await socket.ToldNumbers(1)).Should().Equal(1);
    }

    [Theory, InlineData("its time is over"), InlineData("it was deleted over REST"), InlineData("its queue's subscriptions were purged")]
    public async Task a_subscription_that_has_ended_leaves_its_place_to_another(string end)
    {
        await using var socket = await service.Connect();
        using var rest = service.Client(socket.Project);
        await socket.Subscribe("a");
        await socket.Subscribe("b");
        var third = await socket.Subscribe("c", ttl: 60);

        if (end == "its time is over")
            service.Advance(TimeSpan.FromSeconds(61));
        else if (end == "it was deleted over REST")
            (await rest.Delete($"/v2/queues/c/subscriptions/{third}")).ShouldBeEmpty(204);
        else
            (await socket.Ask("queue_purge", new { queue_name = "c" })).ShouldBe(204);

        await socket.Subscribe("d");
    }

    // A connection that has subscribed itself to "q" and has next to no room for what it does not read.
    private async Task<RawSocket> Subscribed(SocketClient like)
    {
        var socket = await RawSocket.Connect(service.WebSocketAddress, room: 4096);
        await socket.SendText(like.Request("subscription_create", new { queue_name = "q" }));
        new Frame(FrameKind.Text, (await socket.Read())!.Value.Payload).ShouldBe(201);
        return socket;
    }

    /// <summary>Has little room and little patience.</summary>
    public sealed class Service : WebSocketService
    {
        protected override IReadOnlyList<string> Settings =>
            [.. base.Settings, "--Zaqar:WebSocket:MaxPendingBytes=65536", $"--Zaqar:WebSocket:SlowAfter={_slowAfter}", "--Zaqar:WebSocket:MaxSubscriptions=3"];
    }
}

/// <summary>Clients that are gone, and nobody has said so.</summary>
public sealed class SilentClientsTests(SilentClientsTests.Service service) : IClassFixture<SilentClientsTests.Service>
{
    [Fact]
    public async Task an_idle_client_is_pinged_and_stays_for_as_long_as_it_answers()
    {
        using var socket = await RawSocket.Connect(service.WebSocketAddress);

        for (var ping = 0; ping < 3; ping++)
        {
            var (opcode, payload) = (await socket.Read())!.Value;
            opcode.Should().Be(RawSocket.Ping);
            await socket.Send(RawSocket.Pong, payload);
        }

        await socket.SendText("{}");
        (await socket.Read())!.Value.Opcode.Should().Be(RawSocket.Text);
    }

    [Fact]
    public async Task a_client_that_does_not_answer_is_gone()
    {
        var project = $"project-{Guid.NewGuid():N}";
        using var rest = service.Client(project);
        using var socket = await RawSocket.Connect(service.WebSocketAddress);
        await socket.SendText(SocketClient.RequestOf(project, Guid.NewGuid().ToString(), "subscription_create", new { queue_name = "q" }));
        await Eventually.Holds(() => rest.Subscriptions("q"), left => left.Length == 1, "it is subscribed");

        await Eventually.Holds(() => rest.Subscriptions("q"), left => left.Length == 0, "it is subscribed no more");
    }

    /// <summary>Asks often whether its clients live.</summary>
    public sealed class Service : WebSocketService
    {
        protected override IReadOnlyList<string> Settings =>
            [.. base.Settings, "--Zaqar:WebSocket:KeepAliveInterval=00:00:00.5", "--Zaqar:WebSocket:KeepAliveTimeout=00:00:00.5"];
    }
}

/// <summary>A service that takes few connections.</summary>
public sealed class FullServiceTests(FullServiceTests.Service service) : IClassFixture<FullServiceTests.Service>
{
    [Fact]
    public async Task one_connection_too_many_is_refused_until_another_goes()
    {
        await using var first = await service.Connect();
        var second = await service.Connect(at: WebSocketService.SocketOf(service.Address));

        using (var third = await RawSocket.Connect(service.WebSocketAddress))
            third.Handshake.Should().StartWith("HTTP/1.1 503 ");
        await first.ShouldGoOn();
        await second.DisposeAsync();

        await using var again = await Eventually.Holds(async () =>
        {
            try
            {
                return await service.Connect();
            }
            catch (WebSocketException)
            {
                return null;
            }
        }, socket => socket is not null, "there is a place");
        await again!.ShouldGoOn();
    }

    /// <summary>Takes two.</summary>
    public sealed class Service : WebSocketService
    {
        protected override IReadOnlyList<string> Settings => [.. base.Settings, "--Zaqar:WebSocket:MaxConnections=2"];
    }
}
