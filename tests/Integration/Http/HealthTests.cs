using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Http;

/// <summary>Health, ping and what only an administrator sees.</summary>
public sealed class HealthTests(HealthTests.AdminService service) : IClassFixture<HealthTests.AdminService>, IDisposable
{
    private readonly HttpClient _client = service.Client();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task ping_answers_204_to_get_and_head_and_needs_a_client_and_a_project()
    {
        using var nobody = new HttpClient { BaseAddress = service.Address };

        (await _client.Get("/v2/ping")).ShouldBeEmpty(204);
        (await _client.Head("/v2/ping")).ShouldBeEmpty(204);
        (await nobody.Get("/v2/ping")).ShouldBe(400, "Missing header value");
    }

    [Theory, InlineData("/healthz/live"), InlineData("/healthz/ready")]
    public async Task the_probes_are_for_anyone(string path)
    {
        using var nobody = new HttpClient { BaseAddress = service.Address };

        var answer = await nobody.Get(path);

        (answer.Status, answer.Text).Should().Be((200, "Healthy"));
    }

    [Fact]
    public async Task health_is_for_administrators()
    {
        (await _client.Get("/v2/health")).ShouldBe(403, "Not authorized");
        (await _client.Get("/v2/health", ("X-Roles", "member,reader"))).ShouldBe(403, "Not authorized");
        (await _client.Get("/v2/health", ("X-Roles", "member, Admin"))).Status.Should().Be(200);
    }

    [Fact]
    public async Task health_tries_every_operation_out_and_cleans_up()
    {
        var health = (await _client.Get("/v2/health", ("X-Roles", "admin"))).Json;

        health.Keys().Should().Equal("storage_reachable", "operation_status", "message_volume");
        health.GetProperty("storage_reachable").GetBoolean().Should().BeTrue();
        health.GetProperty("operation_status").Keys().Should().BeEquivalentTo("create_queue", "post_messages", "claim_messages", "list_messages",
            "delete_messages", "delete_claim", "bulk_delete_messages", "delete_queue");
        foreach (var operation in health.GetProperty("operation_status").EnumerateObject())
        {
            operation.Value.Keys().Should().Equal("succeeded", "seconds", "ref");
            operation.Value.GetProperty("succeeded").GetBoolean().Should().BeTrue(operation.Name);
        }

        health.GetProperty("message_volume").Keys().Should().BeEquivalentTo("free", "claimed", "total");
        (await _client.Get("/v2/health", ("X-Roles", "admin"))).Json.GetProperty("message_volume").GetProperty("total").GetInt64().Should().Be(0);
    }

    [Fact]
    public async Task the_home_document_lists_what_administrators_have()
    {
        var resources = (await _client.Get("/v2/")).Json.GetProperty("resources");

        resources.Keys().Should().HaveCount(24).And.Contain(["rel/pools", "rel/pool", "rel/flavors", "rel/flavor", "rel/health"]);
        resources.GetProperty("rel/health").GetProperty("href").GetString().Should().Be("/v2/health");
    }

    public sealed class AdminService : ZaqarService
    {
        protected override IReadOnlyList<string> Settings => ["--Zaqar:AdminMode=true"];
    }
}
