using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Http;

[Collection(HttpCollection.Name)]
public sealed class QueuesTests(ZaqarService service) : IDisposable
{
    private const string Defaults =
        """
        "_max_messages_post_size":262144,"_default_message_ttl":3600,"_default_message_delay":0,"_dead_letter_queue":null,"_dead_letter_queue_messages_ttl":null,"_max_claim_count":null,"_enable_encrypt_messages":false
        """;

    private readonly HttpClient _client = service.Client();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task creating_a_queue_answers_201_once_and_204_from_then_on()
    {
        var created = await _client.Put("/v2/queues/q", """{"a": 1}""");
        var again = await _client.Put("/v2/queues/q", """{"a": 2}""");

        created.ShouldBeEmpty(201);
        created.Location.Should().Be("/v2/queues/q");
        created.Header("Content-Length").Should().Be("0");
        again.ShouldBeEmpty(204);
        again.Location.Should().Be("/v2/queues/q");
        again.Header("Content-Type").Should().BeNull();
        (await _client.Get("/v2/queues/q")).Json.GetProperty("a").GetInt32().Should().Be(1, "an existing queue keeps its metadata");
    }

    [Fact]
    public async Task a_queue_shows_its_metadata_as_it_was_spelled_and_the_defaults()
    {
        await _client.Put("/v2/queues/q", """{"é": "\u0000", "n": 1.50, "_default_message_ttl": 60, "deep": {"b": 1, "a": [ ]}}""");

        var shown = await _client.Get("/v2/queues/q");

        shown.Text.Should().Be("""{"é":"\u0000","n":1.50,"_default_message_ttl":60,"deep":{"b": 1, "a": [ ]},""" +
            Defaults.Replace("\"_default_message_ttl\":3600,", "", StringComparison.Ordinal) + "}");
        shown.Header("Content-Type").Should().Be("application/json");
    }

    [Theory, InlineData("0"), InlineData("false"), InlineData("null")]
    public async Task a_reserved_value_that_counts_as_nothing_shows_its_default(string value)
    {
        (await _client.Put("/v2/queues/q", $$"""{"_default_message_delay": {{value}}, "_enable_encrypt_messages": null}""")).Status.Should().Be(201);

        var shown = (await _client.Get("/v2/queues/q")).Json;

        shown.GetProperty("_default_message_delay").GetInt32().Should().Be(0);
        shown.GetProperty("_enable_encrypt_messages").GetBoolean().Should().BeFalse();
    }

    [Fact]
    public async Task a_missing_queue_shows_the_defaults_and_is_not_created()
    {
        (await _client.Get("/v2/queues/missing")).Text.Should().Be("{" + Defaults + "}");
        (await _client.Head("/v2/queues/missing")).Status.Should().Be(404);
    }

    [Fact]
    public async Task head_tells_whether_a_queue_is_there()
    {
        await _client.Put("/v2/queues/q");

        (await _client.Head("/v2/queues/q")).ShouldBeEmpty(204);
        await _client.Delete("/v2/queues/q");
        (await _client.Head("/v2/queues/q")).ShouldBeEmpty(404);
    }

    [Fact]
    public async Task deleting_a_queue_answers_204_always_and_takes_its_messages_along()
    {
        var ids = await _client.PostBodies("q", "1", "2");
        var claim = await _client.Claim("q");

        (await _client.Delete("/v2/queues/q")).ShouldBeEmpty(204);
        (await _client.Delete("/v2/queues/q")).ShouldBeEmpty(204);

        (await _client.Get("/v2/queues/q/messages?echo=true&include_claimed=true")).Bodies().Should().BeEmpty();
        (await _client.Get($"/v2/queues/q/messages/{ids[0]}")).ShouldBe(404, "Not found");
        (await _client.Get($"/v2/queues/q/claims/{claim}")).ShouldBe(404, "Not found");
    }

    [Fact]
    public async Task a_queue_made_anew_starts_empty()
    {
        await _client.PostBodies("q", "1");
        await _client.Delete("/v2/queues/q");
        await _client.PostBodies("q", "2");

        (await _client.Get("/v2/queues/q/messages?echo=true")).Bodies().Should().Equal("2");
        (await _client.Get("/v2/queues/q/stats")).Json.GetProperty("messages").GetProperty("total").GetInt32().Should().Be(1);
    }

    [Fact]
    public async Task metadata_of_up_to_65536_bytes_is_kept_and_more_is_refused()
    {
        static string Sized(int bytes) => $$"""{"k":"{{new string('x', bytes - 8)}}"}""";

        (await _client.Put("/v2/queues/full", Sized(65536))).Status.Should().Be(201);
        (await _client.Put("/v2/queues/over", Sized(65537))).ShouldBe(400, "Invalid API request");
        (await _client.Head("/v2/queues/over")).Status.Should().Be(404);
    }

    [Theory]
    [InlineData("""{"_default_message_ttl": 59}"""), InlineData("""{"_default_message_ttl": 1209601}"""), InlineData("""{"_default_message_ttl": "60"}""")]
    [InlineData("""{"_default_message_ttl": ""}"""), InlineData("""{"_default_message_ttl": []}"""), InlineData("""{"_default_message_ttl": 60.5}""")]
    [InlineData("""{"_max_messages_post_size": 0}"""), InlineData("""{"_max_messages_post_size": 262145}"""), InlineData("""{"_default_message_delay": 901}""")]
    [InlineData("""{"_default_message_delay": -1}"""), InlineData("""{"_dead_letter_queue_messages_ttl": 1}"""), InlineData("""{"_max_claim_count": "3"}""")]
    [InlineData("""{"_enable_encrypt_messages": 1}"""), InlineData("""{"_retry_policy": 1}"""), InlineData("""{"_retry_policy": {"retries_with_no_delay": "x"}}""")]
    [InlineData("""{"_retry_policy": {"minimum_delay": 30, "maximum_delay": 35}}"""), InlineData("""{"_retry_policy": {"retry_backoff_function": "cubic"}}""")]
    public async Task a_reserved_key_that_breaks_its_rule_is_refused_and_no_queue_is_made(string metadata)
    {
        (await _client.Put("/v2/queues/broken", metadata)).ShouldBe(400, "Invalid API request");
        (await _client.Head("/v2/queues/broken")).Status.Should().Be(404);
    }

    [Theory, InlineData("[]"), InlineData("[1]"), InlineData("1"), InlineData("\"x\""), InlineData("null"), InlineData("{"), InlineData("{\"a\": NaN}")]
    public async Task metadata_that_is_no_object_is_refused(string metadata) =>
        (await _client.Put("/v2/queues/broken", metadata)).ShouldBe(400, "Invalid request body");
}
