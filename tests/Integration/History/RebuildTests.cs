using System.Net.Http.Json;
using System.Text;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;
using Zaqar.Infrastructure.History;
using Zaqar.Infrastructure.Queues;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.History;

/// <summary>Each has a service to itself: a rebuild needs every node stopped.</summary>
public sealed class RebuildTests
{
    [Fact]
    public async Task a_rebuild_gives_the_same_rows() => await InAServiceOfItsOwn(async service =>
    {
        await LiveALittle(service);

        var (before, after) = await Rebuild(service);

        before["queue"].Should().NotBeEmpty();
        before["message"].Should().NotBeEmpty();
        before["loose"].Should().NotBeEmpty();
        before["claim"].Should().NotBeEmpty();
        before["subscription"].Should().HaveCount(5);
        before["queue"].Should().Contain(row => row.Contains(",~long,", StringComparison.Ordinal));
        after.Should().BeEquivalentTo(before);
    });

    [Fact]
    public async Task a_rebuild_after_old_segments_were_dropped_gives_the_same_rows() => await InAServiceOfItsOwn(async service =>
    {
        await LiveALittle(service);
        service.Advance(TimeSpan.FromDays(15));
        using (var client = service.Client("p1"))
            await client.Post("long", "still here");
        await SweepExpired(service);
        (await service.Services.GetRequiredService<SegmentSweeper>().Sweep(default)).Should().BePositive();

        var (before, after) = await Rebuild(service);

        before["message"].Should().NotBeEmpty();
        after.Should().BeEquivalentTo(before);
    });

    // A rebuild leaves marks of how far it saw the log, which stand still from then on.
    [Fact]
    public async Task segments_that_are_filled_after_a_rebuild_are_dropped_like_others() => await InAServiceOfItsOwn(async service =>
    {
        await LiveALittle(service);
        await Rebuild(service);
        await service.StartNode();
        using (var client = service.Client("p1"))
        {
            for (var i = 0; i < 25; i++)
                await client.Post("later", i);
            service.Advance(TimeSpan.FromDays(15));
            await client.Post("later", "still here");
        }

        await SweepExpired(service);
        await service.RelayHasPassed();
        await service.Services.GetRequiredService<SegmentSweeper>().Sweep(default);

        await using var left = service.Database.CreateCommand("select count(*) from mt_streams where id = 'queue/later/1/1'");
        (await left.ExecuteScalarAsync()).Should().Be(0L);
    });

    [Fact]
    public async Task a_rebuild_is_refused_while_a_node_serves() => await InAServiceOfItsOwn(async service =>
    {
        var rebuild = () => service.Services.GetRequiredService<ReadModelRebuild>().Run(default);

        await rebuild.Should().ThrowAsync<NodesServingException>();
    });

    [Fact]
    public async Task a_rebuild_that_was_cut_off_is_not_served_from_until_it_is_run_again() => await InAServiceOfItsOwn(async service =>
    {
        await LiveALittle(service);
        await using (var cutOff = service.Database.CreateCommand("create table rebuilding ()"))
            await cutOff.ExecuteNonQueryAsync();
        await service.StopNodes();

        await service.Awaiting(node => node.StartNode()).Should().ThrowAsync<RebuildRunningException>();

        await Rebuild(service);
        await service.StartNode();
    });

    private static async Task InAServiceOfItsOwn(Func<ShortSegmentsService, Task> test)
    {
        var service = new ShortSegmentsService();
        await service.InitializeAsync();
        try
        {
            await test(service);
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    // Something of everything: segments, delays, claims taken, renewed, released, expired, dead letters, deletions, a queue made anew.
    private static async Task LiveALittle(ShortSegmentsService service)
    {
        using var client = service.Client("p1");
        using var neighbour = service.Client("p2");
        for (var i = 0; i < 6; i++)
        {
            await client.Post("long", 1, 2, 3, 4, 5, 6, 7);
            await neighbour.Post("long", "other");
        }

        var kept = (await client.Claim("long", limit: 3, ttl: 20000))!;
        await client.Delete(kept.Messages[0]);
        var released = (await client.Claim("long", limit: 4))!;
        await client.DeleteAsync($"/v2/queues/long/claims/{released.Id}");
        await client.Claim("long", limit: 2, ttl: 60);
        await client.PatchAsJsonAsync($"/v2/queues/long/claims/{kept.Id}", new { ttl = 30000, grace = 100 });

        await client.PutAsJsonAsync("/v2/queues/delayed", new { _default_message_delay = 600, colour = "blå" });
        await client.Post("delayed", 1, 2, 3);
        await client.PutAsJsonAsync("/v2/queues/careful", new { _max_claim_count = 1, _dead_letter_queue = "dead" });
        await client.Post("careful", 1, 2);
        await client.Claim("careful", limit: 1, ttl: 60);
        await client.Post("gone", 1, 2, 3);
        await client.DeleteAsync("/v2/queues/gone");
        await client.Post("gone", "again");
        await client.Post("purged", 1, 2, 3);
        await client.Claim("purged", limit: 1);
        await client.PostAsync("/v2/queues/purged/purge", new StringContent("{}", Encoding.UTF8, "application/json"));
        await client.DeleteAsync("/v2/queues/long/messages?pop=2");

        await SubscribeALittle(client, neighbour);
        await PublishALittle(client);

        service.Advance(TimeSpan.FromSeconds(61));
        await client.Subscribe("long", "http://example.com/brief", ttl: 30000);
        await client.Claim("careful");
        await client.Claim("long", limit: 1, ttl: 30000);
    }

    // Subscribers that go from one to another, too, which a replay meets all at once.
    private static async Task SubscribeALittle(HttpClient client, HttpClient neighbour)
    {
        const string all = "/v2/queues/long/subscriptions";
        await client.Subscribe("long", "http://example.com/brief", ttl: 60);
        var first = await client.Subscribe("long", "http://example.com/1", ttl: 2_000_000, options: """{"secret": "s", "å": 1.0}""");
        var second = await client.Subscribe("long", "http://example.com/2", ttl: 2_000_000);
        await client.Confirm("long", first);
        await client.PatchAsJsonAsync($"{all}/{first}", new { subscriber = "http://example.com/3", options = new { secret = "***" } });
        await client.PatchAsJsonAsync($"{all}/{second}", new { subscriber = "http://example.com/1", ttl = 3_000_000 });
        await client.Subscribe("long", "http://example.com/1");
        var third = await client.Subscribe("long", "http://example.com/2");
        await client.DeleteAsync($"{all}/{third}");
        await neighbour.Subscribe("long", "http://example.com/1", ttl: 2_000_000);
        await neighbour.Subscribe("purged", "http://example.com/1");
        await neighbour.PostAsync("/v2/queues/purged/purge", null);
    }

    // A topic beside a queue of its name, through several segments, and one that is made anew.
    private static async Task PublishALittle(HttpClient client)
    {
        const string topic = "/v2/topics/long";
        await client.Put(topic, """{"colour": "blå"}""");
        for (var i = 0; i < 6; i++)
            (await client.Ask("POST", $"{topic}/messages", """{"messages": [{"body": 1}, {"body": 2}, {"body": 3}, {"body": 4}, {"body": 5}]}""")).Status.Should().Be(201);
        (await client.Ask("DELETE", $"{topic}/messages?pop=2")).Status.Should().Be(200);
        (await client.Ask("POST", $"{topic}/subscriptions", """{"subscriber": "http://example.com/topic", "ttl": 2000000}""")).Status.Should().Be(201);
        (await client.Delete("/v2/topics/gone")).ShouldBeEmpty(204);
        (await client.Put("/v2/topics/gone")).ShouldBeEmpty(201);
        (await client.Delete("/v2/topics/gone")).ShouldBeEmpty(204);
        (await client.Put("/v2/topics/gone", """{"again": true}""")).ShouldBeEmpty(201);
    }

    private static async Task<(IReadOnlyDictionary<string, IReadOnlyList<string>> Before, IReadOnlyDictionary<string, IReadOnlyList<string>> After)>
        Rebuild(ShortSegmentsService service)
    {
        await service.StopNodes();
        return await service.Offline(async node =>
        {
            var database = node.GetRequiredService<NpgsqlDataSource>();
            while (await node.GetRequiredService<ExpirySweeper>().ClearGraves(default))
            {
            }

            var before = await ReadModels.Snapshot(database);
            await node.GetRequiredService<ReadModelRebuild>().Run(default);
            return (before, await ReadModels.Snapshot(database));
        });
    }

    private static async Task SweepExpired(ShortSegmentsService service)
    {
        while (await service.Services.GetRequiredService<ExpirySweeper>().Sweep(default))
        {
        }
    }
}
