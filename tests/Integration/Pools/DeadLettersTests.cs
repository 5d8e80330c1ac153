using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Pools;

/// <summary>A message that was claimed too often goes to its dead-letter queue, in whichever pool that is.</summary>
public sealed class DeadLettersTests(PooledService service) : IClassFixture<PooledService>, IAsyncLifetime
{
    private readonly HttpClient _client = service.Client();

    public Task InitializeAsync() => PooledService.Western(_client);

    public Task DisposeAsync()
    {
        _client.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task into_another_pool_once_with_its_id_and_body()
    {
        await _client.Put("/v2/queues/dead", """{"_flavor": "western"}""");
        await _client.Put("/v2/queues/q", """{"_dead_letter_queue": "dead", "_max_claim_count": 1}""");
        var ids = await _client.PostBodies("q", "\"poison\"");
        var claim = await _client.Ask("POST", "/v2/queues/q/claims", "{}");
        await _client.Delete(claim.Location!);

        (await _client.Ask("POST", "/v2/queues/q/claims", "{}")).ShouldBeEmpty(204);

        var arrived = await Eventually.Holds(() => _client.Get($"/v2/queues/dead/messages/{ids[0]}"), answer => answer.Status == 200, "the message has arrived");
        arrived.Json.GetProperty("body").GetString().Should().Be("poison");
        (await _client.Get("/v2/queues/dead/stats")).Json.GetProperty("messages").GetProperty("total").GetInt32().Should().Be(1);
        (await _client.Get("/v2/queues/q/stats")).Json.GetProperty("messages").GetProperty("total").GetInt32().Should().Be(0);
        (await service.QueuesIn("west", _client)).Should().Equal("dead");
    }

    [Fact]
    public async Task a_dead_letter_queue_that_was_never_made_is_made_beside_the_queue()
    {
        await _client.Put("/v2/queues/w", """{"_dead_letter_queue": "new", "_max_claim_count": 1, "_flavor": "western"}""");
        await _client.PostBodies("w", "1");
        await _client.Delete((await _client.Ask("POST", "/v2/queues/w/claims", "{}")).Location!);
        await _client.Ask("POST", "/v2/queues/w/claims", "{}");

        (await service.QueuesIn("west", _client)).Should().Contain("new");
        (await _client.Get("/v2/queues/new/stats")).Json.GetProperty("messages").GetProperty("total").GetInt32().Should().Be(1);
    }
}
