using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;
using Zaqar.Integration.Notifications;
using Zaqar.Integration.WebSockets;

namespace Zaqar.Integration.Pools;

/// <summary>Where queues are, and that nobody can tell by their answers.</summary>
public sealed class PlacementTests(PooledService service) : IClassFixture<PooledService>, IAsyncLifetime
{
    private readonly HttpClient _client = service.Client();

    public Task InitializeAsync() => PooledService.Western(_client);

    public Task DisposeAsync()
    {
        _client.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task a_queue_without_a_flavor_is_in_a_pool_without_one_and_one_with_a_flavor_in_a_pool_of_it()
    {
        (await _client.Put("/v2/queues/plain")).Status.Should().Be(201);
        (await _client.Put("/v2/queues/flavored", """{"_flavor": "western"}""")).Status.Should().Be(201);
        (await _client.Put("/v2/queues/flavored", """{"_flavor": "western"}""")).Status.Should().Be(204);

        (await service.QueuesIn("east", _client)).Should().Equal("plain");
        (await service.QueuesIn("west", _client)).Should().Equal("flavored");
        (await _client.Get("/v2/queues/flavored")).Json.GetProperty("_flavor").GetString().Should().Be("western");
    }

    [Fact]
    public async Task everything_of_a_queue_works_in_its_pool()
    {
        await _client.Put("/v2/queues/q", """{"_flavor": "western"}""");
        var ids = await _client.PostBodies("q", "1", "2", "3");

        (await _client.Get("/v2/queues/q/messages?echo=true")).Json.GetProperty("messages").GetArrayLength().Should().Be(3);
        var claim = await _client.Ask("POST", "/v2/queues/q/claims?limit=1", "{}");
        claim.Status.Should().Be(201);
        (await _client.Get(claim.Location!)).Status.Should().Be(200);
        (await _client.Patch(claim.Location!, "{}")).Status.Should().Be(204);
        (await _client.Delete(claim.Location!)).Status.Should().Be(204);
        (await _client.Delete($"/v2/queues/q/messages/{ids[0]}")).Status.Should().Be(204);
        (await _client.Delete("/v2/queues/q/messages?pop=1")).Json.GetProperty("messages")[0].GetProperty("body").GetInt32().Should().Be(2);
        (await _client.Get("/v2/queues/q/stats")).Json.GetProperty("messages").GetProperty("total").GetInt32().Should().Be(1);
        (await _client.Ask("POST", "/v2/queues/q/purge")).Status.Should().Be(204);
        (await _client.Delete("/v2/queues/q")).Status.Should().Be(204);
        (await service.QueuesIn("west", _client)).Should().BeEmpty();
    }

    [Fact]
    public async Task posting_and_subscribing_to_no_queue_places_and_makes_it()
    {
        await _client.PostBodies("posted", "1");
        (await _client.Ask("POST", "/v2/queues/subscribed/subscriptions", """{"subscriber": "http://127.0.0.1:9/"}""")).Status.Should().Be(201);

        (await service.QueuesIn("east", _client)).Should().Equal("posted", "subscribed");
    }

    [Fact]
    public async Task a_queue_that_was_never_made_answers_like_one_without_pools()
    {
        (await _client.Get("/v2/queues/missing/messages")).Text.Should().Be("""{"messages":[],"links":[]}""");
        (await _client.Get("/v2/queues/missing")).Status.Should().Be(200);
        (await _client.Head("/v2/queues/missing")).Status.Should().Be(404);
        (await _client.Ask("POST", "/v2/queues/missing/claims", "{}")).ShouldBeEmpty(204);
        (await _client.Delete("/v2/queues/missing/messages?pop=1")).Text.Should().Be("""{"messages":[]}""");
        (await _client.Delete("/v2/queues/missing")).Status.Should().Be(204);
    }

    [Fact]
    public async Task a_flavor_that_is_not_there_is_400_for_a_new_queue_and_404_for_one_that_is()
    {
        (await _client.Put("/v2/queues/q1", """{"_flavor": "none"}""")).ShouldBe(400, "Invalid API request");
        (await _client.Head("/v2/queues/q1")).Status.Should().Be(404);

        await _client.Put("/v2/queues/q2");
        (await _client.Patch("/v2/queues/q2", """[{"op": "add", "path": "/metadata/_flavor", "value": "none"}]""", HttpCalls.PatchType)).ShouldBe(404, "Not found");
        (await _client.Get("/v2/queues/q2")).Text.Should().NotContain("_flavor");
    }

    [Fact]
    public async Task a_listing_shows_the_queues_of_all_pools_in_one_order()
    {
        foreach (var name in new[] { "a", "c", "e" })
            await _client.Put($"/v2/queues/{name}");
        foreach (var name in new[] { "b", "d" })
            await _client.Put($"/v2/queues/{name}", """{"_flavor": "western"}""");

        var seen = new List<string>();
        var next = "/v2/queues?limit=2&with_count=true";
        while (true)
        {
            var page = (await _client.Get(next)).Json;
            if (page.GetProperty("queues").GetArrayLength() == 0)
                break;
            seen.AddRange(page.GetProperty("queues").EnumerateArray().Select(queue => queue.GetProperty("name").GetString()!));
            page.GetProperty("count").GetInt32().Should().Be(5);
            next = page.GetProperty("links")[0].GetProperty("href").GetString()!;
        }

        seen.Should().Equal("a", "b", "c", "d", "e");
    }

    [Fact]
    public async Task a_queue_made_on_one_node_is_found_on_another_and_is_made_once()
    {
        using var other = service.Client(_client.DefaultRequestHeaders.GetValues("X-Project-ID").Single(), node: await service.StartNode());

        var made = await Task.WhenAll(_client.Put("/v2/queues/both"), other.Put("/v2/queues/both"));
        made.Select(answer => answer.Status).Should().BeEquivalentTo([201, 204]);
        await _client.PostBodies("both", "1");

        (await other.Get("/v2/queues/both/messages?echo=true")).Json.GetProperty("messages").GetArrayLength().Should().Be(1);
    }

    [Fact]
    public async Task subscribers_of_a_queue_in_a_pool_are_told()
    {
        var path = NotifyingService.NewPath();
        await _client.Put("/v2/queues/told", """{"_flavor": "western"}""");
        (await _client.Ask("POST", "/v2/queues/told/subscriptions", $$"""{"subscriber": "{{service.Sink.At(path)}}"}""")).Status.Should().Be(201);

        await _client.PostBodies("told", "\"news\"");

        await Eventually.Is(() => service.Sink.RequestsTo(path).Count == 1, "the subscriber is told once");
    }

    [Fact]
    public async Task a_connection_subscribes_itself_to_a_queue_in_a_pool()
    {
        await _client.Put("/v2/queues/watched", """{"_flavor": "western"}""");
        await using var socket = await SocketClient.Connect(service.WebSocketAddress, _client.DefaultRequestHeaders.GetValues("X-Project-ID").Single());
        (await socket.Ask("subscription_create", new { queue_name = "watched" })).Status.Should().Be(201);

        await _client.PostBodies("watched", "\"news\"");

        (await socket.Told()).Json.GetProperty("body").GetString().Should().Be("news");
    }
}
