using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Topics;

[Collection(HttpCollection.Name)]
public sealed class TopicsTests(ZaqarService service) : IDisposable
{
    private const string Defaults = """
        "_max_messages_post_size":262144,"_default_message_ttl":3600,"_default_message_delay":0
        """;

    private const string Zeros = """{"messages":{"claimed":0,"free":0,"total":0}}""";

    private readonly HttpClient _client = service.Client();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task creating_a_topic_answers_201_once_and_204_from_then_on()
    {
        var created = await _client.Put("/v2/topics/t", """{"a": 1}""");
        var again = await _client.Put("/v2/topics/t", """{"a": 2}""");

        created.ShouldBeEmpty(201);
        created.Location.Should().Be("/v2/topics/t");
        again.ShouldBeEmpty(204);
        again.Location.Should().Be("/v2/topics/t");
        (await _client.Get("/v2/topics/t")).Json.GetProperty("a").GetInt32().Should().Be(1, "an existing topic keeps its metadata");
    }

    [Fact]
    public async Task a_topic_shows_its_metadata_and_three_defaults()
    {
        await _client.Put("/v2/topics/t", """{"é": 1.50, "_default_message_ttl": 60, "_max_claim_count": 3}""");

        (await _client.Get("/v2/topics/t")).Text.Should().Be(
            """{"é":1.50,"_default_message_ttl":60,"_max_claim_count":3,"_max_messages_post_size":262144,"_default_message_delay":0}""");
    }

    [Fact]
    public async Task a_missing_topic_shows_the_defaults_and_is_not_created()
    {
        (await _client.Get("/v2/topics/missing")).Text.Should().Be("{" + Defaults + "}");
        (await _client.Head("/v2/topics/missing")).Status.Should().Be(404);
    }

    [Fact]
    public async Task head_tells_whether_a_topic_is_there()
    {
        await _client.Put("/v2/topics/t");

        (await _client.Head("/v2/topics/t")).ShouldBeEmpty(204);
        await _client.Delete("/v2/topics/t");
        (await _client.Head("/v2/topics/t")).ShouldBeEmpty(404);
    }

    [Fact]
    public async Task deleting_a_topic_answers_204_always_and_takes_its_messages_along()
    {
        var ids = await _client.Publish("t", "1", "2");

        (await _client.Delete("/v2/topics/t")).ShouldBeEmpty(204);
        (await _client.Delete("/v2/topics/t")).ShouldBeEmpty(204);

        (await _client.Published("t")).Should().BeEmpty();
        (await _client.Get($"/v2/topics/t/messages/{ids[0]}")).ShouldBe(404, "Not found");
        await _client.Publish("t", "3");
        (await _client.Published("t")).Should().Equal("3");
    }

    [Theory, InlineData("""{"_default_message_ttl": 59}"""), InlineData("""{"_max_claim_count": "3"}"""), InlineData("""{"_retry_policy": 1}""")]
    public async Task a_reserved_key_that_breaks_its_rule_is_refused_and_no_topic_is_made(string metadata)
    {
        (await _client.Put("/v2/topics/broken", metadata)).ShouldBe(400, "Invalid API request");
        (await _client.Head("/v2/topics/broken")).Status.Should().Be(404);
    }

    [Fact]
    public async Task a_patch_changes_what_it_names_and_answers_the_metadata_and_three_defaults()
    {
        await _client.Put("/v2/topics/t", """{"a": 1, "b": 2}""");

        var patched = await Patch(
            """
            [{"op": "add", "path": "/metadata/c", "value": [3]}, {"op": "remove", "path": "/metadata/a"}, {"op": "replace", "path": "/metadata/b", "value": 4},
             {"op": "replace", "path": "/metadata/_default_message_delay", "value": 5}, {"op": "remove", "path": "/metadata/_default_message_ttl"}]
            """);

        patched.Status.Should().Be(200, patched.Text);
        patched.Text.Should().Be("""{"b":4,"c":[3],"_default_message_delay":5,"_max_messages_post_size":262144,"_default_message_ttl":3600}""");
        (await _client.Get("/v2/topics/t")).Text.Should().Be(patched.Text);
    }

    [Theory, InlineData("_dead_letter_queue"), InlineData("_dead_letter_queue_messages_ttl"), InlineData("_max_claim_count"), InlineData("_enable_encrypt_messages"), InlineData("x")]
    public async Task replacing_what_a_topic_neither_has_nor_shows_is_a_conflict(string key)
    {
        await _client.Put("/v2/topics/t");

        (await Patch($$"""[{"op": "replace", "path": "/metadata/{{key}}", "value": null}]""")).ShouldBe(409, "Resource conflict");
        (await Patch($$"""[{"op": "remove", "path": "/metadata/{{key}}"}]""")).ShouldBe(409, "Resource conflict");
    }

    [Fact]
    public async Task a_patch_has_its_own_content_type_and_a_topic_that_is_there()
    {
        (await Patch("[]")).ShouldBe(404, "Not found");
        await _client.Put("/v2/topics/t");

        foreach (var other in new[] { "application/json", $"{HttpCalls.PatchType}; charset=utf-8" })
            (await _client.Patch("/v2/topics/t", "[]", other)).ShouldBe(415, "415 Unsupported Media Type");
        (await Patch("{}")).ShouldBe(400, "Invalid request body");
        (await Patch("""[{"op": "add", "path": "/metadata/_default_message_ttl", "value": 1}]""")).ShouldBe(400, "Invalid request body");
        (await Patch("[]")).Text.Should().Be("{" + Defaults + "}");
    }

    [Fact]
    public async Task stats_of_a_topic_have_the_total_and_both_ends()
    {
        await _client.Put("/v2/topics/t");
        (await _client.Get("/v2/topics/t/stats")).Text.Should().Be("""{"messages":{"total":0}}""");
        var ids = await _client.Publish("t", "1", "2", "3");

        var stats = (await _client.Get("/v2/topics/t/stats")).Json.GetProperty("messages");

        stats.Keys().Should().Equal("total", "oldest", "newest");
        stats.GetProperty("total").GetInt32().Should().Be(3);
        stats.GetProperty("oldest").GetProperty("href").GetString().Should().Be($"/v2/topics/t/messages/{ids[0]}");
        stats.GetProperty("newest").GetProperty("href").GetString().Should().Be($"/v2/topics/t/messages/{ids[2]}");
    }

    [Fact]
    public async Task stats_of_a_missing_topic_are_the_three_zeros()
    {
        (await _client.Get("/v2/topics/t/stats")).Text.Should().Be(Zeros);
        await _client.Publish("t", "1");
        await _client.Delete("/v2/topics/t");
        (await _client.Get("/v2/topics/t/stats")).Text.Should().Be(Zeros);
    }

    [Theory]
    [InlineData(null, 0, 0), InlineData("""{"resource_types": ["messages"]}""", 0, 1), InlineData("""{"resource_types": ["subscriptions"]}""", 2, 0)]
    [InlineData("""{"resource_types": ["messages", "subscriptions"]}""", 0, 0)]
    public async Task a_purge_throws_away_what_it_names_and_keeps_the_topic(string? body, int messages, int subscriptions)
    {
        await _client.Put("/v2/topics/t", """{"kept": true}""");
        await _client.Publish("t", "1", "2");
        await _client.SubscribeToTopic("t");

        (await _client.Ask("POST", "/v2/topics/t/purge", body)).ShouldBeEmpty(204);

        (await _client.Published("t")).Should().HaveCount(messages);
        Subscribing.SubscriptionIds(await _client.Get("/v2/topics/t/subscriptions")).Should().HaveCount(subscriptions);
        (await _client.Get("/v2/topics/t")).Json.GetProperty("kept").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task a_purge_of_what_there_is_not_is_refused() =>
        (await _client.Ask("POST", "/v2/topics/t/purge", """{"resource_types": ["claims"]}""")).ShouldBe(400, "Invalid API request");

    [Theory]
    [InlineData(""), InlineData("a%2Fb"), InlineData("a%0A"), InlineData("%C3%A9"), InlineData("a%20b"), InlineData("~t"), InlineData("%7Et"), InlineData("~"), InlineData("@$@^qw@")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    public async Task a_name_that_is_none_is_an_invalid_topic_identification(string name)
    {
        foreach (var (method, path) in new[] { ("PUT", ""), ("GET", ""), ("GET", "/stats"), ("POST", "/messages"), ("GET", "/subscriptions"), ("BREW", ""), ("OPTIONS", "") })
            (await _client.Ask(method, $"/v2/topics/{name}{path}")).ShouldBe(400, "Invalid topic identification");
    }

    [Fact]
    public async Task a_project_of_256_characters_is_the_longest_that_has_topics()
    {
        using var longest = service.Client(new string('p', 256));
        using var over = service.Client(new string('p', 257));

        (await longest.Put("/v2/topics/t")).Status.Should().Be(201);
        (await over.Put("/v2/topics/t")).ShouldBe(400, "Invalid topic identification");
        (await over.Get("/v2/topics")).Status.Should().Be(200, "it names no topic");
    }

    [Theory]
    [InlineData("/v2/topics", "GET, OPTIONS")]
    [InlineData("/v2/topics/x", "DELETE, GET, HEAD, PATCH, PUT, OPTIONS")]
    [InlineData("/v2/topics/x/stats", "GET, OPTIONS")]
    [InlineData("/v2/topics/x/purge", "POST, OPTIONS")]
    [InlineData("/v2/topics/x/messages", "DELETE, GET, POST, OPTIONS")]
    [InlineData("/v2/topics/x/messages/m", "DELETE, GET, OPTIONS")]
    [InlineData("/v2/topics/x/subscriptions", "GET, POST, OPTIONS")]
    [InlineData("/v2/topics/x/subscriptions/s", "DELETE, GET, PATCH, OPTIONS")]
    [InlineData("/v2/topics/x/subscriptions/s/confirm", "PUT, OPTIONS")]
    [InlineData("/v2/topics/x/subscriptions/s/deliveries", "GET, OPTIONS")]
    [InlineData("/v2/topics/x/subscriptions/s/deliveries/d/redeliver", "POST, OPTIONS")]
    public async Task a_path_tells_its_methods(string path, string methods)
    {
        var told = await _client.Ask("OPTIONS", path);

        told.ShouldBeEmpty(200);
        told.Header("Allow").Should().Be(methods);
    }

    [Theory]
    [InlineData("/v2/topics/x/claims"), InlineData("/v2/topics/x/claims/c"), InlineData("/v2/topics/x/share"), InlineData("/v2/topics/x/"), InlineData("/v2/Topics"), InlineData("/v2/topicsx")]
    public async Task topics_have_no_claims_are_not_shared_and_are_spelled_exactly(string path)
    {
        foreach (var method in new[] { "GET", "POST", "PATCH", "DELETE", "OPTIONS" })
            (await _client.Ask(method, path)).ShouldBe(404, "404 Not Found");
    }

    [Fact]
    public async Task the_home_document_does_not_name_them() => (await _client.Get("/v2/")).Text.Should().NotContain("topic");

    private Task<Answer> Patch(string body) => _client.Patch("/v2/topics/t", body, HttpCalls.PatchType);
}
