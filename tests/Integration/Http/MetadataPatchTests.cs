using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Http;

[Collection(HttpCollection.Name)]
public sealed class MetadataPatchTests(ZaqarService service) : IAsyncLifetime
{
    private readonly HttpClient _client = service.Client();

    public Task InitializeAsync() => _client.Put("/v2/queues/q", """{"a": 1, "b": 2}""");

    public Task DisposeAsync()
    {
        _client.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task a_patch_answers_the_metadata_and_defaults_after_all_its_operations()
    {
        var patched = await Patch("""
            [{"op": "replace", "path": "/metadata/a", "value": {"x": [1.0]}}, {"op": "remove", "path": "/metadata/b"},
             {"op": "add", "path": "/metadata/_max_claim_count", "value": 3}, {"op": "add", "path": "/metadata/c~1~0", "value": null}]
            """);

        patched.Status.Should().Be(200);
        patched.Header("Content-Type").Should().Be("application/json");
        patched.Text.Should().StartWith("""{"a":{"x": [1.0]},"_max_claim_count":3,"c/~":null,"_max_messages_post_size":262144""");
        (await _client.Get("/v2/queues/q")).Text.Should().Be(patched.Text);
    }

    [Fact]
    public async Task an_empty_patch_shows_the_metadata() =>
        (await Patch("[]")).Text.Should().Be((await _client.Get("/v2/queues/q")).Text);

    [Theory]
    [InlineData("""{"op": "replace", "path": "/metadata/_default_message_ttl", "value": 100}""")]
    [InlineData("""{"op": "remove", "path": "/metadata/_dead_letter_queue"}""")]
    [InlineData("""{"op": "add", "path": "/metadata/a", "value": 5}""")]
    [InlineData("""{"op": "add", "path": "/MetaData/ a ", "value": 5}""")]
    [InlineData("""{"op": "remove", "path": "/anything/a"}""")]
    [InlineData("""{"value": 5, "path": "/metadata/a", "op": "replace", "other": true}""")]
    public async Task what_is_stored_or_shown_by_default_can_be_changed(string operation) =>
        (await Patch($"[{operation}]")).Status.Should().Be(200);

    [Theory]
    [InlineData("""{"op": "replace", "path": "/metadata/missing", "value": 1}"""), InlineData("""{"op": "remove", "path": "/metadata/missing"}""")]
    [InlineData("""{"op": "replace", "path": "/metadata/_retry_policy", "value": {}}"""), InlineData("""{"op": "remove", "path": "/metadata/_flavor"}""")]
    public async Task a_key_that_is_not_there_is_a_conflict_and_nothing_is_changed(string operation)
    {
        (await Patch($$"""[{"op": "replace", "path": "/metadata/a", "value": 99}, {{operation}}]""")).ShouldBe(409, "Resource conflict");
        (await _client.Get("/v2/queues/q")).Json.GetProperty("a").GetInt32().Should().Be(1);
    }

    [Theory]
    [InlineData("{}"), InlineData("[1]"), InlineData("[[]]"), InlineData("[null]"), InlineData("["), InlineData("\"x\""), InlineData("")]
    [InlineData("""[{}]"""), InlineData("""[{"op": "add", "value": 1}]"""), InlineData("""[{"op": "add", "path": "/metadata/x"}]""")]
    [InlineData("""[{"op": "move", "path": "/metadata/x", "value": 1}]"""), InlineData("""[{"op": 1, "path": "/metadata/x", "value": 1}]""")]
    [InlineData("""[{"op": "add", "path": 7, "value": 1}]"""), InlineData("""[{"op": "add", "path": "metadata/x", "value": 1}]""")]
    [InlineData("""[{"op": "add", "path": "/metadata", "value": 1}]"""), InlineData("""[{"op": "add", "path": "/metadata/x/y", "value": 1}]""")]
    [InlineData("""[{"op": "add", "path": "/metadata//x", "value": 1}]"""), InlineData("""[{"op": "add", "path": "/metadata/x/", "value": 1}]""")]
    [InlineData("""[{"op": "add", "path": "/data/x", "value": 1}]"""), InlineData("""[{"op": "add", "path": "/metadata/~2", "value": 1}]""")]
    [InlineData("""[{"op": "add", "path": "/metadata/_default_message_ttl", "value": 1}]""")]
    public async Task a_patch_that_is_none_is_refused(string body)
    {
        (await Patch(body)).ShouldBe(400, "Invalid request body");
        (await _client.Get("/v2/queues/q")).Text.Should().StartWith("""{"a":1,"b":2,""");
    }

    [Theory, InlineData("application/json"), InlineData(null), InlineData("application/openstack-messaging-v2.0-json-patch; charset=utf-8"), InlineData("application/json-patch+json")]
    public async Task the_content_type_is_exact(string? contentType) =>
        (await _client.Ask("PATCH", "/v2/queues/q", "[]", contentType)).ShouldBe(415, "415 Unsupported Media Type");

    [Fact]
    public async Task a_missing_queue_is_not_found_and_not_made()
    {
        (await _client.Patch("/v2/queues/missing", "[]", HttpCalls.PatchType)).ShouldBe(404, "Not found");
        (await _client.Head("/v2/queues/missing")).Status.Should().Be(404);
    }

    [Fact]
    public async Task a_patch_has_at_most_65536_bytes() =>
        (await Patch($$"""[{"op": "add", "path": "/metadata/x", "value": "{{new string('x', 65536)}}"}]""")).ShouldBe(400, "Invalid request body");

    [Fact]
    public async Task metadata_cannot_grow_beyond_its_size_by_patches()
    {
        (await Patch($$"""[{"op": "add", "path": "/metadata/x", "value": "{{new string('x', 40000)}}"}]""")).Status.Should().Be(200);
        (await Patch($$"""[{"op": "add", "path": "/metadata/y", "value": "{{new string('x', 40000)}}"}]""")).ShouldBe(400, "Invalid request body");
    }

    private Task<Answer> Patch(string body) => _client.Patch("/v2/queues/q", body, HttpCalls.PatchType);
}
