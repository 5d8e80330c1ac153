using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Http;

/// <summary>Browsers that ask on behalf of other sites' pages.</summary>
public sealed class CorsTests(CorsTests.OpenService service) : IClassFixture<CorsTests.OpenService>, IDisposable
{
    private const string Friend = "https://console.example", Stranger = "https://stranger.example";

    private readonly HttpClient _nobody = new() { BaseAddress = service.Address };
    private readonly HttpClient _client = service.Client();

    public void Dispose()
    {
        _nobody.Dispose();
        _client.Dispose();
    }

    [Theory, InlineData(Friend, "/v2/queues/q"), InlineData("http://localhost:3000", "/v2/queues/q/messages"), InlineData(Friend, "/"), InlineData(Friend, "/v2/nowhere")]
    public async Task a_preflight_of_an_allowed_page_is_answered_before_any_check(string origin, string path)
    {
        var answer = await Preflight(origin, path);

        answer.ShouldBeEmpty(204);
        answer.Header("Access-Control-Allow-Origin").Should().Be(origin);
        answer.Header("Access-Control-Allow-Methods")!.Split(',').Should().BeEquivalentTo("GET", "PUT", "POST", "DELETE", "PATCH", "HEAD");
        answer.Header("Access-Control-Allow-Headers")!.Split(',').Should().Contain(
        [
            "X-Auth-Token", "X-Identity-Status", "X-Roles", "X-Service-Catalog", "X-User-Id", "X-Tenant-Id", "X-OpenStack-Request-ID", "X-Trace-Info",
            "X-Trace-HMAC", "Client-id", "Content-Type",
        ]);
        answer.Header("Access-Control-Max-Age").Should().Be("3600");
        answer.Header("Access-Control-Allow-Credentials").Should().BeNull();
        answer.Header("x-openstack-request-id").Should().StartWith("req-");
    }

    [Theory, InlineData(Stranger), InlineData("https://console.example:8443"), InlineData("http://console.example"), InlineData("null")]
    [InlineData("https://console.example.stranger.example"), InlineData("https://a.console.example")]
    public async Task a_page_that_is_not_allowed_is_told_nothing(string origin)
    {
        Granted(await Preflight(origin, "/v2/queues/q")).Should().BeNull();

        var answer = await _client.Get("/v2/queues", ("Origin", origin));
        answer.Status.Should().Be(200, "only its browser keeps the answer from the page");
        Granted(answer).Should().BeNull();
    }

    [Fact]
    public async Task answers_and_refusals_of_all_sorts_may_be_read_by_an_allowed_page()
    {
        await Readable(_client, "GET", "/v2/queues", 200);
        await Readable(_client, "PUT", "/v2/queues/q", 201);
        await Readable(_client, "GET", "/v2/queues/q?limit=x", 200);
        await Readable(_client, "GET", "/v2/queues?limit=x", 400);
        await Readable(_nobody, "GET", "/v2/queues", 400);
        await Readable(_client, "GET", "/v2/nowhere", 404);
        await Readable(_client, "GET", "/v2/queues/q/messages/none", 404);
        await Readable(_client, "BREW", "/v2/queues", 405);
        await Readable(_nobody, "GET", "/", 300);
    }

    [Fact]
    public async Task an_answer_that_depends_on_who_asks_says_so_to_caches()
    {
        (await _client.Get("/v2/queues", ("Origin", Friend))).Header("Vary").Should().Contain("Origin");
        (await _client.Get("/v2/nowhere", ("Origin", Friend))).Header("Vary").Should().Contain("Origin").And.Contain("Accept");
    }

    [Fact]
    public async Task options_without_a_preflights_header_tells_the_methods_as_ever()
    {
        var answer = await _client.Ask("OPTIONS", "/v2/queues/q", headers: ("Origin", Friend));

        answer.Status.Should().Be(200);
        answer.Header("Allow").Should().Be("DELETE, GET, HEAD, PATCH, PUT, OPTIONS");
        Granted(answer).Should().Be(Friend);
    }

    [Fact]
    public async Task who_is_no_browser_notices_nothing()
    {
        var answer = await _client.Get("/v2/queues");

        Granted(answer).Should().BeNull();
        answer.Header("Access-Control-Expose-Headers").Should().BeNull();
    }

    private static string? Granted(Answer answer) => answer.Header("Access-Control-Allow-Origin");

    private Task<Answer> Preflight(string origin, string path) => _nobody.Ask("OPTIONS", path, headers:
        [("Origin", origin), ("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "client-id,x-auth-token,content-type")]);

    private static async Task Readable(HttpClient client, string method, string path, int status)
    {
        var answer = await client.Ask(method, path, headers: ("Origin", Friend));

        answer.Status.Should().Be(status, "{0} {1}", method, path);
        Granted(answer).Should().Be(Friend, "{0} {1}", method, path);
        answer.Header("Access-Control-Expose-Headers")!.Split(',').Should().BeEquivalentTo("X-Auth-Token", "X-Subject-Token", "X-Service-Token", "X-OpenStack-Request-ID");
    }

    public sealed class OpenService : ZaqarService
    {
        protected override IReadOnlyList<string> Settings => [$"--Zaqar:Cors:AllowedOrigins={Friend}, http://localhost:3000"];
    }

    [Collection(HttpCollection.Name)]
    public sealed class ByDefault(ZaqarService service)
    {
        [Fact]
        public async Task no_page_is_allowed_and_a_preflight_is_an_options_like_any()
        {
            using var client = service.Client();
            (string, string)[] headers = [("Origin", Friend), ("Access-Control-Request-Method", "PUT")];

            var answer = await client.Ask("OPTIONS", "/v2/queues/q", headers: headers);

            answer.Status.Should().Be(200);
            Granted(answer).Should().BeNull();
        }
    }
}
