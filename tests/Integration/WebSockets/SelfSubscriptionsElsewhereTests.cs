using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;
using Zaqar.Infrastructure.Committing;
using Zaqar.Infrastructure.Following;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.WebSockets;

/// <summary>Connections to one of several nodes on one database.</summary>
public sealed class SelfSubscriptionsAcrossNodesTests(WebSocketService service) : IClassFixture<WebSocketService>
{
    [Fact]
    public async Task what_is_posted_through_one_node_reaches_the_sockets_of_every_other()
    {
        var second = await service.StartNode();
        var third = await service.StartNode();
        await using var here = await service.Connect();
        await using var there = await service.Connect(here.Project, at: WebSocketService.SocketOf(second), kind: FrameKind.Binary);
        using var first = service.Client(here.Project);
        using var elsewhere = service.Client(here.Project, node: third);
        await here.Subscribe("q");
        await there.Subscribe("q");
        (await elsewhere.Subscriptions("q")).Should().HaveCount(2);

        for (var n = 0; n < 60; n++)
        {
            if (n % 4 == 0)
                await first.Post("q", n);
            else if (n % 4 == 1)
                await elsewhere.Post("q", n);
            else
                await (n % 4 == 2 ? here : there).Post("q", n);
        }

        (await here.ToldNumbers(60)).Should().Equal(Enumerable.Range(0, 60));
        (await there.ToldNumbers(60)).Should().Equal(Enumerable.Range(0, 60));
    }

    [Fact]
    public async Task a_subscription_made_on_one_node_counts_at_once_on_every_other()
    {
        var second = WebSocketService.SocketOf(await service.StartNode());
        for (var time = 0; time < 20; time++)
        {
            await using var here = await service.Connect();
            await using var there = await service.Connect(here.Project, at: second);

            // The queue is known here, and that nobody listens to it.
            await here.Post("q", -1);
            await there.Subscribe("q");
            await here.Post("q", time);

            (await there.ToldNumbers(1)).Should().Equal(time);
        }
    }

    [Fact]
    public async Task a_subscription_ends_on_every_node_when_its_connection_does()
    {
        var second = WebSocketService.SocketOf(await service.StartNode());
        await using var here = await service.Connect();
        using var rest = service.Client(here.Project);
        await using (var there = await service.Connect(here.Project, at: second))
        {
            await there.Subscribe("q");
            (await rest.Subscriptions("q")).Should().HaveCount(1);
        }

        await Eventually.Holds(() => rest.Subscriptions("q"), left => left.Length == 0, "it is gone");
    }

    [Fact]
    public async Task what_a_node_leaves_behind_that_has_died_is_ended_by_the_others_and_nothing_else()
    {
        var second = WebSocketService.SocketOf(await service.StartNode());
        await using var here = await service.Connect();
        await using var there = await service.Connect(here.Project, at: second);
        await using var orphan = await service.Connect(here.Project);
        using var rest = service.Client(here.Project);
        await here.Subscribe("q");
        await there.Subscribe("q");
        var orphaned = await orphan.Subscribe("q");

        // As if its node had been another, of which nobody has heard for long.
        await using (var die = service.Database.CreateCommand("update subscription set node = gen_random_uuid() where id = $1"))
        {
            die.Parameters.Add(new() { Value = Guid.Parse(orphaned) });
            (await die.ExecuteNonQueryAsync()).Should().Be(1);
        }

        await service.Services.GetServices<IHostedService>().OfType<NodeHeartbeat>().Single().Sweep(judgesOthers: true, CancellationToken.None);

        (await rest.Subscriptions("q")).Should().HaveCount(2).And.NotContain(orphaned);
        await here.Post("q", 1);
        (await here.ToldNumbers(1)).Should().Equal(1);
        (await there.ToldNumbers(1)).Should().Equal(1);
    }

    [Fact]
    public async Task a_subscription_may_be_deleted_through_another_node()
    {
        var second = WebSocketService.SocketOf(await service.StartNode());
        await using var here = await service.Connect();
        await using var there = await service.Connect(here.Project, at: second);
        var id = await there.Subscribe("q");
        await there.Subscribe("w");

        (await here.Ask("subscription_delete", new { queue_name = "q", subscription_id = id })).ShouldBe(204);
        await here.Post("q", 1);
        await here.Post("w", 2);

        (await there.ToldNumbers(1)).Should().Equal(2);
    }
}

/// <summary>A service that asks subscribers before it tells them anything.</summary>
public sealed class SelfSubscriptionsUnasked(SelfSubscriptionsUnasked.Service service) : IClassFixture<SelfSubscriptionsUnasked.Service>
{
    [Fact]
    public async Task a_connection_that_subscribes_itself_has_confirmed_by_that()
    {
        await using var socket = await service.Connect();
        var id = await socket.Subscribe("q");

        await socket.Post("q", 1);

        (await socket.ToldNumbers(1)).Should().Equal(1);
        (await socket.Ask("subscription_get", new { queue_name = "q", subscription_id = id })).Body.GetProperty("confirmed").GetBoolean().Should().BeTrue();
    }

    /// <summary>Confirmation is required.</summary>
    public sealed class Service : WebSocketService
    {
        protected override IReadOnlyList<string> Settings =>
            [.. base.Settings, "--Zaqar:Notification:RequireConfirmation=true", "--Zaqar:SignedUrl:SecretKey=a key of this test's own"];
    }
}

/// <summary>A queue whose books are closed every few messages.</summary>
public sealed class SelfSubscriptionsOverSegmentsTests(SelfSubscriptionsOverSegmentsTests.Service service) : IClassFixture<SelfSubscriptionsOverSegmentsTests.Service>
{
    [Fact]
    public async Task every_segment_is_told_of_in_order()
    {
        await using var socket = await service.Connect();
        await socket.Post("q", 1, 2, 3, 4, 5, 6, 7, 8, 9);
        await socket.Subscribe("q");

        for (var post = 0; post < 15; post++)
            await socket.Post("q", post * 3, (post * 3) + 1, (post * 3) + 2);

        (await socket.ToldNumbers(45)).Should().Equal(Enumerable.Range(0, 45));
    }

    [Fact]
    public async Task who_subscribes_while_segments_turn_misses_nothing_that_comes_after()
    {
        await using var poster = await service.Connect();
        for (var round = 0; round < 10; round++)
        {
            await using var socket = await service.Connect(poster.Project);
            await poster.Post("q", -1, -1, -1);
            await socket.Subscribe("q");
            await poster.AskAll([.. Enumerable.Range(0, 7).Select(n => poster.Request("message_post", $$"""{"queue_name": "q", "messages": [{"body": {{n}}}]}"""))]);

            (await socket.ToldNumbers(7)).Should().Equal(Enumerable.Range(0, 7));
        }
    }

    /// <summary>Closes the books after four messages.</summary>
    public sealed class Service : WebSocketService
    {
        protected override void Configure(IServiceCollection services) => services.AddSingleton(new CommitterSettings(SegmentLength: 4));
    }
}
