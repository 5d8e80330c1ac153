using FluentAssertions;
using Xunit;
using Zaqar.Api.Settings;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Pools;

/// <summary>A pool that is deleted leaves its database as it is.</summary>
public sealed class DeletedPoolTests(PooledService service) : IClassFixture<PooledService>, IDisposable
{
    private readonly HttpClient _client = service.Client();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task its_queues_are_in_no_pool_and_are_back_when_it_is_put_again()
    {
        var uri = PooledService.UriOf(service.East, "third");
        (await PooledService.Put(_client, "third", uri, flavor: "third")).ShouldBeEmpty(201);
        (await PooledService.Put(_client, "spare", PooledService.UriOf(service.East, "spare"), weight: 0, flavor: "third")).ShouldBeEmpty(201);
        (await _client.Ask("PUT", "/v2/flavors/third", """{"pool_list": ["third", "spare"]}""", "application/json", PooledService.Admin)).ShouldBeEmpty(201);
        await _client.Put("/v2/queues/kept", """{"_flavor": "third"}""");
        var ids = await _client.PostBodies("kept", "1");

        (await _client.Ask("DELETE", "/v2/pools/third", null, null, PooledService.Admin)).ShouldBeEmpty(204);

        (await _client.Get("/v2/queues/kept/messages?echo=true")).Json.GetProperty("messages").GetArrayLength().Should().Be(0);
        (await _client.Get("/v2/queues")).Json.GetProperty("queues").GetArrayLength().Should().Be(0);
        (await _client.Ask("DELETE", "/v2/pools/spare", null, null, PooledService.Admin)).ShouldBe(403, "Unable to delete");

        (await PooledService.Put(_client, "third", uri, flavor: "third")).ShouldBeEmpty(201);

        (await _client.Get($"/v2/queues/kept/messages/{ids[0]}")).Status.Should().Be(200);
    }

    [Fact]
    public async Task a_node_without_pools_does_not_start_beside_queues_in_them()
    {
        await _client.Put("/v2/queues/here");

        await service.Awaiting(one => one.StartNode("--Zaqar:Pooling=false")).Should().ThrowAsync<SettingInvalidException>().WithMessage("*Pooling*");
    }

    [Fact]
    public async Task a_database_is_one_pools_and_never_the_services_own()
    {
        var others = PooledService.UriOf(service.East).Replace("host=", "application_name=x&host=", StringComparison.Ordinal);
        (await PooledService.Put(_client, "twin", others)).ShouldBe(409, "Resource conflict");
        (await PooledService.Put(_client, "own", service.OwnUri())).ShouldBe(400, "Invalid request body");
        (await PooledService.Put(_client, "redis", "redis://127.0.0.1:6379")).ShouldBe(400, "Invalid request body");
        (await PooledService.Put(_client, "nowhere", "postgresql://nobody@127.0.0.1:1/x")).ShouldBe(400, "Invalid request body");
    }
}
