using System.Diagnostics;
using System.Net.WebSockets;
using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.WebSockets;

/// <summary>A node that goes down while clients are connected.</summary>
public sealed class ShutdownTests : IAsyncLifetime
{
    private readonly HastyService _service = new();

    public Task InitializeAsync() => _service.InitializeAsync();

    public Task DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task clients_are_told_that_the_service_goes_and_leave_no_subscriptions_behind()
    {
        var project = $"project-{Guid.NewGuid():N}";
        await using var idle = await _service.Connect(project);
        await using var subscribed = await _service.Connect(project, at: WebSocketService.SocketOf(_service.Address), kind: FrameKind.Binary);
        await subscribed.Subscribe("q");

        var stopping = _service.StopNodes();

        (await idle.Closed()).Code.Should().Be(WebSocketCloseStatus.EndpointUnavailable);
        (await subscribed.Closed()).Code.Should().Be(WebSocketCloseStatus.EndpointUnavailable);
        await stopping;

        await _service.StartNode();
        using var rest = _service.Client(project);
        (await rest.Subscriptions("q")).Should().BeEmpty();
    }

    [Fact]
    public async Task what_was_asked_before_is_answered_or_was_never_done()
    {
        var socket = await _service.Connect();
        var answered = 0;
        var asking = Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    (await socket.Ask("message_post", new { queue_name = "q", messages = new[] { new { body = 1, ttl = 3600 } } })).ShouldBe(201);
                    Interlocked.Increment(ref answered);
                }
            }
            catch (Exception ended) when (ended is InvalidOperationException or WebSocketException)
            {
                // The service has said goodbye.
            }
        });
        await Eventually.Is(() => answered > 20, "requests are answered");

        var stopping = _service.StopNodes();
        await asking;
        await socket.DisposeAsync();
        await stopping;

        await _service.StartNode();
        using var rest = _service.Client(socket.Project);
        var kept = (await rest.Get("/v2/queues/q/stats")).Json.GetProperty("messages").GetProperty("total").GetInt32();
        kept.Should().BeInRange(answered, answered + 1, "the last may have been done without an answer");
    }

    [Fact]
    public async Task a_client_that_does_not_say_goodbye_does_not_hold_the_service_up()
    {
        using var silent = await RawSocket.Connect(_service.WebSocketAddress);
        using var unread = await RawSocket.Connect(_service.WebSocketAddress, room: 4096);
        await using var like = await _service.Connect();
        await unread.SendText(like.Request("subscription_create", new { queue_name = "q" }));
        new Frame(FrameKind.Text, (await unread.Read())!.Value.Payload).ShouldBe(201);
        for (var n = 0; n < 20; n++)
            await like.Post("q", new string('x', 250_000));
        await like.DisposeAsync();

        var took = Stopwatch.StartNew();
        await _service.StopNodes();

        took.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(10));
    }

    /// <summary>Has little patience.</summary>
    private sealed class HastyService : WebSocketService
    {
        protected override IReadOnlyList<string> Settings => [.. base.Settings, "--Zaqar:WebSocket:SlowAfter=00:00:01"];
    }
}
