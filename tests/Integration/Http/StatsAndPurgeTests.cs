using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Http;

[Collection(HttpCollection.Name)]
public sealed class StatsAndPurgeTests(ZaqarService service) : IDisposable
{
    private readonly HttpClient _client = service.Client();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task stats_count_claimed_and_free_and_show_both_ends()
    {
        var ids = await _client.PostBodies("q", "1", "2", "3");
        await _client.Post("/v2/queues/q/claims?limit=1");

        var stats = (await _client.Get("/v2/queues/q/stats")).Json.GetProperty("messages");

        stats.Keys().Should().Equal("claimed", "free", "total", "oldest", "newest");
        stats.GetProperty("claimed").GetInt32().Should().Be(1);
        stats.GetProperty("free").GetInt32().Should().Be(2);
        stats.GetProperty("total").GetInt32().Should().Be(3);
        stats.GetProperty("oldest").Keys().Should().BeEquivalentTo("href", "age", "created");
        stats.GetProperty("oldest").GetProperty("href").GetString().Should().Be($"/v2/queues/q/messages/{ids[0]}");
        stats.GetProperty("newest").GetProperty("href").GetString().Should().Be($"/v2/queues/q/messages/{ids[2]}");
        stats.GetProperty("newest").GetProperty("created").GetString().Should().MatchRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$");
    }

    [Theory, InlineData(null), InlineData(""), InlineData("""{"resource_types": ["messages"]}"""), InlineData("""{"resource_types": ["subscriptions", "messages"]}""")]
    public async Task a_purge_throws_the_unclaimed_away_and_keeps_the_metadata(string? body)
    {
        await _client.Put("/v2/queues/q", """{"kept": 1}""");
        await _client.PostBodies("q", "1", "2", "3");
        await _client.Post("/v2/queues/q/claims?limit=1");

        (await _client.Post("/v2/queues/q/purge", body)).ShouldBeEmpty(204);

        (await _client.Get("/v2/queues/q/messages?echo=true&include_claimed=true")).Bodies().Should().Equal("1");
        (await _client.Get("/v2/queues/q")).Json.GetProperty("kept").GetInt32().Should().Be(1);
    }

    [Theory, InlineData("""{"resource_types": ["subscriptions"]}"""), InlineData("""{"resource_types": []}""")]
    public async Task a_purge_of_something_else_leaves_the_messages(string body)
    {
        await _client.PostBodies("q", "1");

        (await _client.Post("/v2/queues/q/purge", body)).ShouldBeEmpty(204);
        (await _client.Get("/v2/queues/q/messages?echo=true")).Bodies().Should().Equal("1");
    }

    [Theory, InlineData("{}"), InlineData("""{"resource_types": ["messages", "claims"]}"""), InlineData("""{"resource_types": "messages"}"""), InlineData("""{"resource_types": null}"""), InlineData("""{"resource_types": [1]}""")]
    public async Task a_purge_of_what_there_is_not_is_an_invalid_request(string body)
    {
        await _client.PostBodies("q", "1");

        (await _client.Post("/v2/queues/q/purge", body)).ShouldBe(400, "Invalid API request");
        (await _client.Get("/v2/queues/q/messages?echo=true")).Bodies().Should().Equal("1");
    }

    [Theory, InlineData("["), InlineData("[]"), InlineData("1"), InlineData("{\"resource_types\": [\"messages\"")]
    public async Task a_purge_of_the_wrong_shape_is_an_invalid_body(string body) =>
        (await _client.Post("/v2/queues/q/purge", body)).ShouldBe(400, "Invalid request body");
}
