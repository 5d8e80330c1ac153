using System.Text.Json;
using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Http;

[Collection(HttpCollection.Name)]
public sealed class DocumentsTests(ZaqarService service)
{
    [Fact]
    public async Task the_version_document_is_for_anyone_and_answers_300()
    {
        using var nobody = new HttpClient { BaseAddress = service.Address };

        var versions = await nobody.Get("/");

        versions.Status.Should().Be(300);
        versions.Header("Content-Type").Should().Be("application/json");
        var version = versions.Json.GetProperty("versions").EnumerateArray().Should().ContainSingle().Subject;
        version.GetProperty("id").GetString().Should().Be("2");
        version.GetProperty("status").GetString().Should().Be("CURRENT");
        version.GetProperty("updated").GetString().Should().Be("2014-9-24T04:06:47Z");
        version.GetProperty("media-types")[0].GetProperty("type").GetString().Should().Be("application/vnd.openstack.messaging-v2+json");
        version.GetProperty("links")[0].GetProperty("href").GetString().Should().Be("/v2/");
    }

    [Fact]
    public async Task the_version_document_still_minds_what_the_client_accepts()
    {
        using var nobody = new HttpClient { BaseAddress = service.Address };

        (await nobody.Get("/", ("Accept", "text/html"))).ShouldBeEmpty(406);
    }

    [Theory, InlineData("POST"), InlineData("PUT"), InlineData("DELETE"), InlineData("PATCH"), InlineData("HEAD")]
    public async Task the_version_document_can_only_be_got(string method)
    {
        using var nobody = new HttpClient { BaseAddress = service.Address };

        var refused = await nobody.Ask(method, "/");

        refused.Status.Should().Be(405);
        refused.Header("Allow").Should().Be("GET, OPTIONS");
    }

    [Fact]
    public async Task the_home_document_may_be_kept_for_a_day()
    {
        using var client = service.Client();

        var home = await client.Get("/v2/");

        home.Status.Should().Be(200);
        home.Header("Content-Type").Should().Be("application/json-home");
        home.Header("Cache-Control").Should().Be("max-age=86400");
    }

    [Fact]
    public async Task the_home_document_needs_a_client_id_and_a_project()
    {
        using var nobody = new HttpClient { BaseAddress = service.Address };

        (await nobody.Get("/v2/")).ShouldBe(400, "Missing header value");
        (await nobody.Get("/v2/", ("Client-ID", Guid.NewGuid().ToString()))).ShouldBe(400, "Project-Id Missing");
    }

    [Fact]
    public async Task the_home_document_lists_every_relation_of_the_api_also_those_that_come_later()
    {
        using var client = service.Client();

        var resources = (await client.Get("/v2/")).Json.GetProperty("resources");

        resources.Keys().Should().BeEquivalentTo(
            "rel/queues", "rel/queue", "rel/queue_stats", "rel/queue_share", "rel/queue_purge", "rel/messages", "rel/post_messages",
            "rel/messages_delete", "rel/message_delete", "rel/message_get", "rel/claim", "rel/post_claim", "rel/patch_claim",
            "rel/delete_claim", "rel/subscriptions_get", "rel/subscriptions_post", "rel/subscription", "rel/subscription_patch", "rel/ping");
    }

    [Theory]
    [InlineData("rel/queues", """
        {"href-template": "/v2/queues{?marker,limit,detailed}",
         "href-vars": {"marker": "param/marker", "limit": "param/queue_limit", "detailed": "param/detailed"},
         "hints": {"allow": ["GET"], "formats": {"application/json": {}}}}
        """)]
    [InlineData("rel/queue", """
        {"href-template": "/v2/queues/{queue_name}", "href-vars": {"queue_name": "param/queue_name"},
         "hints": {"allow": ["GET", "PUT", "DELETE", "PATCH"], "formats": {"application/json": {}}}}
        """)]
    [InlineData("rel/post_messages", """
        {"href-template": "/v2/queues/{queue_name}/messages", "href-vars": {"queue_name": "param/queue_name"},
         "hints": {"allow": ["POST"], "formats": {"application/json": {}}, "accept-post": ["application/json"]}}
        """)]
    [InlineData("rel/message_delete", """
        {"href-template": "/v2/queues/{queue_name}/messages/{message_id}{?claim}",
         "href-vars": {"queue_name": "param/queue_name", "message_id": "param/message_id", "claim": "param/claim_id"},
         "hints": {"allow": ["DELETE"], "formats": {"application/json": {}}}}
        """)]
    [InlineData("rel/patch_claim", """
        {"href-template": "/v2/queues/{queue_name}/claims/{claim_id}",
         "href-vars": {"queue_name": "param/queue_name", "claim_id": "param/claim_id"},
         "hints": {"allow": ["PATCH"], "formats": {"application/json": {}}, "accept-post": ["application/json"]}}
        """)]
    [InlineData("rel/ping", """
        {"href-template": "/v2/ping", "hints": {"allow": ["GET"], "formats": {"application/json": {}}}}
        """)]
    public async Task the_home_document_spells_a_relation_as_the_original_does(string relation, string expected)
    {
        using var client = service.Client();

        var resource = (await client.Get("/v2/")).Json.GetProperty("resources").GetProperty(relation);

        JsonElement.DeepEquals(resource, JsonDocument.Parse(expected).RootElement).Should().BeTrue(resource.GetRawText());
    }
}
