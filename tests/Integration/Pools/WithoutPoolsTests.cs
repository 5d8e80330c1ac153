using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Pools;

/// <summary>Pooling is on and no pool takes a queue.</summary>
public sealed class WithoutPoolsTests(WithoutPoolsTests.Service service) : IClassFixture<WithoutPoolsTests.Service>, IDisposable
{
    private readonly HttpClient _client = service.Client();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task no_queue_can_be_made_and_what_is_missing_answers_as_ever()
    {
        (await _client.Put("/v2/queues/q")).ShouldBe(503, "Service temporarily unavailable");
        (await _client.Ask("POST", "/v2/queues/q/messages", """{"messages": [{"body": 1}]}""")).ShouldBe(503, "Service temporarily unavailable");
        (await _client.Ask("POST", "/v2/queues/q/subscriptions", """{"subscriber": "http://127.0.0.1:9/"}""")).ShouldBe(503, "Service temporarily unavailable");

        (await _client.Get("/v2/queues/q/messages")).Text.Should().Be("""{"messages":[],"links":[]}""");
        (await _client.Ask("POST", "/v2/queues/q/claims", "{}")).ShouldBeEmpty(204);
        (await _client.Get("/v2/queues")).Text.Should().Be("""{"queues":[],"links":[]}""");
    }

    public sealed class Service : ZaqarService
    {
        protected override IReadOnlyList<string> Settings => ["--Zaqar:AdminMode=true", "--Zaqar:Pooling=true"];
    }
}
