using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Pools;

/// <summary>A service that keeps in its own database what no pool takes.</summary>
public sealed class VirtualPoolTests(VirtualPoolTests.Service service) : IClassFixture<VirtualPoolTests.Service>, IDisposable
{
    private readonly HttpClient _client = service.Client();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task queues_are_made_without_a_pool_and_stay_where_they_are_when_there_is_one()
    {
        await _client.PostBodies("before", "1");
        (await _client.Get("/v2/pools", PooledService.Admin)).Text.Should().Be("""{"pools":[],"links":[]}""");

        (await PooledService.Put(_client, "east", PooledService.UriOf(service.East))).ShouldBeEmpty(201);
        await _client.PostBodies("before", "2");
        await _client.PostBodies("after", "1");

        (await service.QueuesIn("east", _client)).Should().Equal("after");
        (await _client.Get("/v2/queues/before/messages?echo=true")).Json.GetProperty("messages").GetArrayLength().Should().Be(2);
        (await _client.Get("/v2/queues")).Json.GetProperty("queues").EnumerateArray().Select(queue => queue.GetProperty("name").GetString())
            .Should().Equal("after", "before");
    }

    public sealed class Service : PooledService
    {
        protected override IReadOnlyList<string> Settings => [.. base.Settings, "--Zaqar:PoolingCatalog:EnableVirtualPool=true"];

        protected override Task AddPools() => Task.CompletedTask;
    }
}
