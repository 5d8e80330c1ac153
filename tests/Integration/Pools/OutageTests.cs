using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Pools;

/// <summary>A pool that is down is down alone.</summary>
public sealed class OutageTests(PooledService service) : IClassFixture<PooledService>
{
    [Fact]
    public async Task its_queues_are_503_all_others_go_on_and_it_comes_back_by_itself()
    {
        using var western = service.Client();
        using var eastern = service.Client();
        await PooledService.Western(western);
        await western.Put("/v2/queues/w", """{"_flavor": "western"}""");
        var ids = await western.PostBodies("w", "1");
        await eastern.PostBodies("e", "1");

        await service.West.StopImmediately();

        await Eventually.Holds(() => western.Get("/v2/queues/w/messages?echo=true"), answer => answer.Status == 503, "reads are refused");
        (await western.Ask("POST", "/v2/queues/w/messages", """{"messages": [{"body": 2}]}""")).ShouldBe(503, "Service temporarily unavailable");
        (await western.Get("/v2/queues/w/messages")).Header("Retry-After").Should().NotBeNull();
        (await western.Get("/v2/queues")).Status.Should().Be(503);

        await eastern.PostBodies("e", "2");
        (await eastern.Get("/v2/queues/e/messages?echo=true")).Json.GetProperty("messages").GetArrayLength().Should().Be(2);
        (await eastern.Get("/v2/queues")).Json.GetProperty("queues").GetArrayLength().Should().Be(1);
        (await eastern.Put("/v2/queues/new")).Status.Should().Be(201);
        (await eastern.Get("/v2/ping")).Status.Should().Be(204);

        // A node that starts meanwhile serves what there is.
        using var late = service.Client(eastern.DefaultRequestHeaders.GetValues("X-Project-ID").Single(), node: await service.StartNode());
        (await late.Get("/v2/queues/e/messages?echo=true")).Status.Should().Be(200);

        await service.West.Start();

        await Eventually.Holds(() => western.Get($"/v2/queues/w/messages/{ids[0]}"), answer => answer.Status == 200, "the queue is back");
        await Eventually.Holds(() => western.Ask("POST", "/v2/queues/w/messages", """{"messages": [{"body": 3}]}"""), answer => answer.Status == 201, "it takes posts again");
        using var lateWestern = service.Client(western.DefaultRequestHeaders.GetValues("X-Project-ID").Single(), node: await service.StartNode());
        (await lateWestern.Get($"/v2/queues/w/messages/{ids[0]}")).Status.Should().Be(200);
    }
}
