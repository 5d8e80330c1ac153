using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Http;

[Collection(HttpCollection.Name)]
public sealed class RoutingTests(ZaqarService service) : IDisposable
{
    private static readonly string[] _methods = ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "BREW"];

    private readonly HttpClient _client = service.Client();

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("/v2"), InlineData("/v3"), InlineData("/v1.1/queues"), InlineData("/v2/nope"), InlineData("/V2/queues"), InlineData("/v2/Queues")]
    [InlineData("/v2/queues/x/"), InlineData("/v2/queues/x/Messages"), InlineData("/v2/ping/"), InlineData("/v2/queues/x/stats/")]
    [InlineData("/v2/queues/x/claims/c/d"), InlineData("/v2/health"), InlineData("/v2/pools"), InlineData("/v2/flavors"), InlineData("/queues")]
    public async Task an_unknown_path_is_404_and_no_header_is_looked_at(string path)
    {
        using var nobody = new HttpClient { BaseAddress = service.Address };

        var missing = await nobody.Get(path);

        missing.ShouldBe(404, "404 Not Found");
        missing.Json.Keys().Should().Equal("title");
    }

    [Fact]
    public async Task a_queue_with_an_empty_name_is_no_queue()
    {
        (await _client.Get("/v2/queues/")).ShouldBe(400, "Invalid queue identification");
        (await _client.Get("/v2/queues//messages")).ShouldBe(400, "Invalid queue identification");
    }

    [Fact]
    public async Task a_message_or_claim_with_an_empty_id_is_not_found()
    {
        (await _client.Get("/v2/queues/x/messages/")).ShouldBe(404, "Not found");
        (await _client.Get("/v2/queues/x/claims/")).ShouldBe(404, "Not found");
        (await _client.Delete("/v2/queues/x/messages/")).ShouldBeEmpty(204);
    }

    [Theory]
    [InlineData("a%2Fb"), InlineData("a%2fb"), InlineData("a%0A"), InlineData("%0A"), InlineData("%C3%A9"), InlineData("a%20b"), InlineData("%FF")]
    [InlineData("%zz"), InlineData("a%25"), InlineData("@$@^qw@"), InlineData("a+b"), InlineData("a%2Cb"), InlineData("a:b"), InlineData("%F0%9F%98%80")]
    public async Task a_queue_name_has_only_ascii_letters_digits_dash_underscore_and_dot(string name)
    {
        (await _client.Put($"/v2/queues/{name}")).ShouldBe(400, "Invalid queue identification");
        (await _client.Get($"/v2/queues/{name}/messages")).ShouldBe(400, "Invalid queue identification");
    }

    [Fact]
    public async Task a_queue_name_has_at_most_64_characters()
    {
        (await _client.Put($"/v2/queues/{new string('q', 64)}")).ShouldBeEmpty(201);
        (await _client.Put($"/v2/queues/{new string('q', 65)}")).ShouldBe(400, "Invalid queue identification");
    }

    [Theory, InlineData("plain"), InlineData("With-All_of.them-09"), InlineData("."), InlineData("-"), InlineData("_")]
    public async Task a_name_within_the_rules_names_a_queue(string name)
    {
        // HttpClient would take a dot for a step in the path.
        var answer = await RawHttp.Ask(service.Address, $"GET /v2/queues/{name} HTTP/1.1\r\n{RawHttp.Identity}\r\n");

        answer.Should().StartWith("HTTP/1.1 200 ");
    }

    [Fact]
    public async Task a_percent_encoded_name_is_judged_decoded()
    {
        (await _client.Put("/v2/queues/%61b%2E")).Location.Should().Be("/v2/queues/ab.");
        (await _client.Head("/v2/queues/ab.")).ShouldBeEmpty(204);
    }

    [Theory, InlineData("get"), InlineData("Get"), InlineData("hEAD"), InlineData("options"), InlineData("put")]
    public async Task a_method_in_other_letters_is_another_method(string method)
    {
        // HttpClient would spell it right.
        var answer = await RawHttp.Ask(service.Address, $"{method} /v2/queues/of-that-method HTTP/1.1\r\n{RawHttp.Identity}\r\n");

        answer.Should().StartWith("HTTP/1.1 405 ").And.Contain("\r\nAllow: DELETE, GET, HEAD, PATCH, PUT, OPTIONS\r\n");
    }

    [Theory]
    [InlineData("/v2/", "GET, OPTIONS")]
    [InlineData("/v2/queues", "GET, OPTIONS")]
    [InlineData("/v2/queues/x", "DELETE, GET, HEAD, PATCH, PUT, OPTIONS")]
    [InlineData("/v2/queues/x/stats", "GET, OPTIONS")]
    [InlineData("/v2/queues/x/purge", "POST, OPTIONS")]
    [InlineData("/v2/queues/x/messages", "DELETE, GET, POST, OPTIONS")]
    [InlineData("/v2/queues/x/messages/m", "DELETE, GET, OPTIONS")]
    [InlineData("/v2/queues/x/claims", "POST, OPTIONS")]
    [InlineData("/v2/queues/x/claims/c", "DELETE, GET, PATCH, OPTIONS")]
    [InlineData("/v2/ping", "GET, HEAD, OPTIONS")]
    public async Task a_path_tells_its_methods_when_asked_and_when_refusing_another(string path, string methods)
    {
        var told = await _client.Ask("OPTIONS", path);
        told.ShouldBeEmpty(200);
        told.Header("Allow").Should().Be(methods);

        foreach (var method in _methods.Except(methods.Split(", ")))
        {
            var refused = await _client.Ask(method, path);
            refused.Status.Should().Be(405, method);
            refused.Header("Allow").Should().Be(methods);
            if (method != "HEAD")
                refused.ShouldBe(405, "405 Method Not Allowed");
        }
    }

    [Theory, InlineData("OPTIONS"), InlineData("BREW")]
    public async Task the_checks_come_before_the_method(string method)
    {
        using var nobody = new HttpClient { BaseAddress = service.Address };

        (await nobody.Ask(method, "/v2/queues/x")).ShouldBe(400, "Missing header value");
        (await _client.Ask(method, "/v2/queues/@")).ShouldBe(400, "Invalid queue identification");
    }

    [Fact]
    public async Task a_path_in_a_whole_url_is_the_same_path()
    {
        var answer = await RawHttp.Ask(service.Address, $"GET http://localhost/v2/queues/x/stats HTTP/1.1\r\n{RawHttp.Identity}\r\n");

        answer.Should().StartWith("HTTP/1.1 200 ");
    }
}
