using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Http;

/// <summary>What each operation does to a queue that is not there.</summary>
[Collection(HttpCollection.Name)]
public sealed class LazyQueuesTests(ZaqarService service) : IDisposable
{
    private const string Queue = "/v2/queues/missing";
    private const string SomeId = "00000000-0000-0001-1111-111111111111";

    private readonly HttpClient _client = service.Client();

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("GET", "", 200), InlineData("HEAD", "", 404), InlineData("DELETE", "", 204), InlineData("GET", "/stats", 200)]
    [InlineData("GET", "/messages", 200), InlineData("GET", $"/messages?ids={SomeId}", 404), InlineData("GET", $"/messages/{SomeId}", 404)]
    [InlineData("DELETE", $"/messages/{SomeId}", 204), InlineData("DELETE", $"/messages?ids={SomeId}", 204), InlineData("DELETE", "/messages?pop=1", 200)]
    [InlineData("POST", "/claims", 204), InlineData("GET", $"/claims/{SomeId}", 404), InlineData("DELETE", $"/claims/{SomeId}", 204), InlineData("POST", "/purge", 204)]
    public async Task it_stays_missing_after(string method, string path, int status)
    {
        (await _client.Ask(method, Queue + path)).Status.Should().Be(status);
        (await _client.Head(Queue)).Status.Should().Be(404);
    }

    [Fact]
    public async Task renewing_a_claim_in_it_is_404_and_patching_it_is_404()
    {
        (await _client.Patch($"{Queue}/claims/{SomeId}", "{}")).ShouldBe(404, "Not found");
        (await _client.Patch(Queue, "[]", HttpCalls.PatchType)).ShouldBe(404, "Not found");
        (await _client.Head(Queue)).Status.Should().Be(404);
    }

    [Fact]
    public async Task it_has_no_messages()
    {
        (await _client.Get($"{Queue}/messages")).Text.Should().Be("""{"messages":[],"links":[]}""");
        (await _client.Delete($"{Queue}/messages?pop=3")).Text.Should().Be("""{"messages":[]}""");
        (await _client.Get($"{Queue}/stats")).Text.Should().Be("""{"messages":{"claimed":0,"free":0,"total":0}}""");
        (await _client.Post($"{Queue}/claims")).ShouldBeEmpty(204);
    }

    [Fact]
    public async Task posting_makes_it()
    {
        await _client.PostBodies("missing", "1");

        (await _client.Head(Queue)).ShouldBeEmpty(204);
        (await _client.Put(Queue)).ShouldBeEmpty(204);
    }

    [Theory, InlineData("{"), InlineData("{}"), InlineData("""{"messages": [{"body": 1, "ttl": 1}]}"""), InlineData("""{"messages": ["a"]}""")]
    public async Task a_post_that_is_refused_does_not_make_it(string body)
    {
        (await _client.Post($"{Queue}/messages", body)).Status.Should().Be(400);
        (await _client.Head(Queue)).Status.Should().Be(404);
    }
}
