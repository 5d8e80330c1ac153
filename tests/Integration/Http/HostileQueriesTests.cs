using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Http;

/// <summary>Whatever stands in a query or header, the answer is the API's own and never a 5xx.</summary>
[Collection(HttpCollection.Name)]
public sealed class HostileQueriesTests(ZaqarService service)
{
    [Theory]
    [InlineData("%"), InlineData("%f"), InlineData("%zz=%zz"), InlineData("&&&=&=x&==="), InlineData("marker=%ff%fe%fd"), InlineData("marker=%00"), InlineData("limit=%00")]
    [InlineData("marker=%ED%A0%80"), InlineData("name=%27%3B%20drop%20table%20queue"), InlineData("%00=1"), InlineData("k%00=v"), InlineData("ids=,,,"), InlineData("ids=%2C")]
    [InlineData("limit=%EF%BC%91"), InlineData("echo=%74rue"), InlineData("?limit=1"), InlineData("limit[]=1"), InlineData("name=%5C%25_"), InlineData("wait=1e9"), InlineData("pop=1")]
    public async Task no_query_breaks_the_service(string query)
    {
        foreach (var path in new[] { "/v2/queues", "/v2/queues/q", "/v2/queues/q/messages", "/v2/queues/q/stats", "/v2/queues/q/messages/x", "/v2/queues/q/claims/x", "/v2/ping" })
            (await RawHttp.Ask(service.Address, $"GET {path}?{query} HTTP/1.1\r\n{RawHttp.Identity}\r\n"))
                .Should().MatchRegex("^HTTP/1.1 [24]", "{0}?{1}", path, query);

        foreach (var (method, path) in new[] { ("DELETE", "/v2/queues/q/messages"), ("DELETE", "/v2/queues/q/messages/x"), ("POST", "/v2/queues/q/claims") })
            (await RawHttp.Ask(service.Address, $"{method} {path}?{query} HTTP/1.1\r\n{RawHttp.Identity}Content-Length: 0\r\n\r\n"))
                .Should().MatchRegex("^HTTP/1.1 [24]", "{0} {1}?{2}", method, path, query);
    }

    [Theory]
    [InlineData("Accept: \u00ff\u00fe"), InlineData("X-Roles: \u00ff,,,"), InlineData("Content-Type: \u00ff"), InlineData("EXTRA-SPEC: \u00ff"), InlineData("URL-Signature: \u00ff")]
    [InlineData("Cookie: \u0080=\u0081"), InlineData("Accept: */*;q=1.000000000000000000001"), InlineData("Accept: application/json;q=abc"), InlineData("Range: bytes=0-")]
    [InlineData("Expect: 100-continue"), InlineData("Upgrade: websocket\r\nConnection: upgrade"), InlineData("Transfer-Encoding: gzip, chunked")]
    public async Task no_header_breaks_the_service(string header) =>
        (await RawHttp.Ask(service.Address, $"GET /v2/queues/q HTTP/1.1\r\n{RawHttp.Identity}{header}\r\n\r\n")).Should().MatchRegex("^HTTP/1.1 [24]");
}
