using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Pools;

/// <summary>Moves that nodes and servers do not live through.</summary>
public sealed class RestartedMoveTests(PooledService service) : IClassFixture<PooledService>, IAsyncLifetime
{
    private const string ToWest = """[{"op": "add", "path": "/metadata/_flavor", "value": "western"}]""";

    private readonly string _project = $"project-{Guid.NewGuid():N}";

    public async Task InitializeAsync()
    {
        using var client = service.Client(_project);
        await PooledService.Western(client);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task the_next_node_ends_what_the_last_one_began()
    {
        string[] ids;
        using (var client = service.Client(_project))
        {
            await client.Put("/v2/queues/long");
            ids = await client.PostBodies("long", [.. Enumerable.Range(0, 400).Select(n => $"{n}")]);
            (await client.Patch("/v2/queues/long", ToWest, HttpCalls.PatchType)).Status.Should().Be(200);
        }

        await service.StopNodes();
        await service.StartNode();

        using var later = service.Client(_project);
        await Eventually.Holds(() => service.QueuesIn("west", later), queues => queues.Contains("long"), "the queue has arrived");
        var total = await Eventually.Holds(() => later.Get("/v2/queues/long/stats"), answer => answer.Status == 200, "it is served");
        total.Json.GetProperty("messages").GetProperty("total").GetInt32().Should().Be(400);
        (await later.Get($"/v2/queues/long/messages/{ids[^1]}")).Status.Should().Be(200);
        await Eventually.Holds(
            () => later.Ask("POST", "/v2/queues/long/messages", """{"messages": [{"body": 400}]}"""), answer => answer.Status == 201, "it can be posted to");
    }

    [Fact]
    public async Task a_queue_whose_new_pool_is_away_stays_in_use_where_it_is()
    {
        using var client = service.Client(_project);
        await client.PostBodies("staying", "1");
        await service.West.StopImmediately();
        try
        {
            (await client.Patch("/v2/queues/staying", ToWest, HttpCalls.PatchType)).Status.Should().Be(200);

            await Eventually.Holds(
                async () => (await client.Get("/v2/moves?limit=20", PooledService.Admin)).Json.GetProperty("moves").EnumerateArray()
                    .Where(move => move.GetProperty("project").GetString() == _project && move.GetProperty("queue").GetString() == "staying")
                    .Select(move => move.GetProperty("state").GetString()).ToArray(),
                states => states.Any(state => state is "failing" or "failed"), "the move is called off");
            await Eventually.Holds(
                () => client.Ask("POST", "/v2/queues/staying/messages", """{"messages": [{"body": 2}]}"""), answer => answer.Status == 201, "the queue is in use");
            (await client.Get("/v2/queues/staying/messages?echo=true")).Json.GetProperty("messages").GetArrayLength().Should().Be(2);
        }
        finally
        {
            await service.West.Start();
        }
    }
}
