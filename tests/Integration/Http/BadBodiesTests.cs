using System.Text;
using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Http;

/// <summary>Malformed, hostile and oversized bodies: the API's own 400, quickly, and nothing left behind.</summary>
[Collection(HttpCollection.Name)]
public sealed class BadBodiesTests(ZaqarService service) : IDisposable
{
    private readonly HttpClient _client = service.Client();

    public void Dispose() => _client.Dispose();

    /// <summary>JSON texts that no endpoint takes, as a value inside an otherwise right document, in Latin-1.</summary>
    public static TheoryData<string> BadValues => new()
    {
        "", "{", "[1", "\"", "\"\\x\"", "'x'", "01", "+1", "1.", ".5", "1e", "nul", "True", "NaN", "Infinity", "-Infinity", "1e400", "-1e400",
        "9223372036854775808", "-9223372036854775809", "99999999999999999999999999", "[1,]", "{\"a\":1,}", "{\"a\" 1}", "{1:2}", "{a:1}", "1 2", "/* x */ 1", "// x\n1",
        "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud83d\\u0041\"", "{\"\\ud800\":1}", "\"\u0000\"", "\"\u0001\"", "\"\n\"", "\u00ff", "\"\u00ff\"", "\"\u00c3\"", "\"\u00c0\u0080\"",
        "\"\u00ed\u00a0\u0080\"", "\"\u00f4\u0090\u0080\u0080\"", "\"\u00e2\u0082\"",
    };

    [Theory, MemberData(nameof(BadValues))]
    public async Task bad_json_is_refused_everywhere_and_leaves_nothing(string value)
    {
        (await Send("POST", "/v2/queues/q/messages", $$"""{"messages": [{"body": {{value}}}]}""")).ShouldBe(400, "Invalid request body");
        (await Send("POST", "/v2/queues/q/messages", $$"""{"messages": [{"body": 1}], "unknown": {{value}}}""")).ShouldBe(400, "Invalid request body");
        (await Send("PUT", "/v2/queues/q", $$"""{"a": {{value}}}""")).ShouldBe(400, "Invalid request body");
        (await Send("POST", "/v2/queues/q/claims", $$"""{"other": {{value}}}""")).ShouldBe(400, "Invalid request body");
        (await Send("POST", "/v2/queues/q/purge", $$"""{"resource_types": ["messages"], "other": {{value}}}""")).ShouldBe(400, "Invalid request body");
        (await Send("PATCH", "/v2/queues/q/claims/x", $$"""{"other": {{value}}}""")).ShouldBe(400, "Invalid request body");
        (await Send("PATCH", "/v2/queues/q", $$"""[{"op": "add", "path": "/metadata/x", "value": {{value}}}]""", HttpCalls.PatchType))
            .ShouldBe(400, "Invalid request body");

        (await _client.Head("/v2/queues/q")).Status.Should().Be(404);
    }

    [Fact]
    public async Task more_than_one_document_or_anything_after_it_is_refused()
    {
        (await _client.Post("/v2/queues/q/messages", """{"messages": [{"body": 1}]} {}""")).ShouldBe(400, "Invalid request body");
        (await _client.Post("/v2/queues/q/messages", """{"messages": [{"body": 1}]}x""")).ShouldBe(400, "Invalid request body");
        (await _client.Post("/v2/queues/q/messages", "   ")).ShouldBe(400, "Invalid request body");
        (await Send("POST", "/v2/queues/q/messages", "\u00ef\u00bb\u00bf{\"messages\": [{\"body\": 1}]}")).Status.Should().BeOneOf(201, 400);
    }

    [Fact]
    public async Task nesting_of_512_levels_passes_and_more_is_refused()
    {
        static string Nested(int levels) => $"{new string('[', levels)}{new string(']', levels)}";

        // The document and its list and message are levels too.
        (await _client.Post("/v2/queues/q/messages", $$"""{"messages": [{"body": {{Nested(509)}}}]}""")).Status.Should().Be(201);
        (await _client.Post("/v2/queues/q/messages", $$"""{"messages": [{"body": {{Nested(510)}}}]}""")).ShouldBe(400, "Invalid request body");
        (await _client.Post("/v2/queues/q/messages", $$"""{"messages": [{"body": {{Nested(100_000)}}}]}""")).ShouldBe(400, "Invalid request body");
        (await _client.Put("/v2/queues/q", $$"""{"a": {{Nested(512)}}}""")).ShouldBe(400, "Invalid request body");
        (await _client.Get("/v2/queues/q/messages?echo=true")).Text.Should().Contain(Nested(509));
    }

    [Fact]
    public async Task an_oversized_body_is_refused_before_it_is_judged()
    {
        var huge = new string('x', 300_000);

        (await _client.Post("/v2/queues/q/messages", huge)).ShouldBe(400, "Invalid API request");
        (await _client.Put("/v2/queues/q", huge)).ShouldBe(400, "Invalid API request");
        (await _client.Patch("/v2/queues/q", huge, HttpCalls.PatchType)).ShouldBe(400, "Invalid request body");
        (await _client.Post("/v2/queues/q/claims", huge)).ShouldBe(400, "Invalid API request");
        (await _client.Post("/v2/queues/q/purge", huge)).ShouldBe(400, "Invalid API request");
        (await _client.Patch("/v2/queues/q/claims/c", huge)).ShouldBe(400, "Invalid API request");
    }

    [Theory, InlineData(300_000), InlineData(50_000_000)]
    public async Task an_oversized_body_is_answered_while_it_is_still_being_sent(int bytes)
    {
        var head = Encoding.Latin1.GetBytes($"POST /v2/queues/q/messages HTTP/1.1\r\n{RawHttp.Identity}Content-Length: {bytes}\r\n\r\n");

        var answer = await RawHttp.Ask(service.Address, head, new byte[bytes]);

        answer.Should().StartWith("HTTP/1.1 400 ").And.Contain("Invalid API request");
    }

    [Theory, InlineData("1000000000000000"), InlineData("262145")]
    public async Task an_announced_length_beyond_the_limit_is_refused_before_a_byte_is_sent(string length) =>
        (await RawHttp.Ask(service.Address, $"POST /v2/queues/q/messages HTTP/1.1\r\n{RawHttp.Identity}Content-Length: {length}\r\n\r\n"))
            .Should().StartWith("HTTP/1.1 400 ").And.Contain("Invalid API request");

    [Fact]
    public async Task a_chunked_body_is_read_like_any_other()
    {
        (await Chunked("POST", "/v2/queues/q/messages", "19\r\n{\"messages\": [{\"body\":1}]\r\n1\r\n}\r\n0\r\n\r\n")).Should().StartWith("HTTP/1.1 201 ");
        (await Chunked("PUT", "/v2/queues/chunked", "7\r\n{\"a\":1}\r\n0\r\n\r\n")).Should().StartWith("HTTP/1.1 201 ");
        (await Chunked("POST", "/v2/queues/q/claims", "0\r\n\r\n")).Should().StartWith("HTTP/1.1 201 ");
        (await Chunked("POST", "/v2/queues/q/messages", "0\r\n\r\n")).Should().StartWith("HTTP/1.1 400 ").And.Contain("Invalid request body");
    }

    [Fact]
    public async Task a_chunked_body_stops_at_the_limit()
    {
        var chunk = $"10000\r\n{new string('x', 65536)}\r\n";

        (await Chunked("POST", "/v2/queues/q/messages", string.Concat(Enumerable.Repeat(chunk, 5)) + "0\r\n\r\n"))
            .Should().StartWith("HTTP/1.1 400 ").And.Contain("Invalid API request");
    }

    [Theory, InlineData("zz\r\nabc\r\n0\r\n\r\n"), InlineData("-1\r\n\r\n"), InlineData("ffffffffffffffff\r\nx")]
    public async Task a_badly_chunked_body_is_refused(string chunks) =>
        (await Chunked("POST", "/v2/queues/q/messages", chunks)).Should().StartWith("HTTP/1.1 400 ").And.Contain("Invalid request body");

    [Theory]
    [InlineData("GET /v2/queues/\u00e9 HTTP/1.1"), InlineData("GET /v2/queues/%00 HTTP/1.1"), InlineData("GET v2 HTTP/1.1"), InlineData("GET / HTTP/9.9")]
    [InlineData("\u0001\u0002\u0003"), InlineData("GET /v2/queues?limit=\u0000 HTTP/1.1")]
    public async Task what_is_no_http_is_refused_by_the_server_itself(string line) =>
        (await RawHttp.Ask(service.Address, $"{line}\r\n{RawHttp.Identity}\r\n")).Should().MatchRegex("^HTTP/1.1 (400|405|505) ");

    private Task<Answer> Send(string method, string path, string latin1, string contentType = "application/json") =>
        _client.Send(method, path, Encoding.Latin1.GetBytes(latin1), contentType);

    private Task<string> Chunked(string method, string path, string chunks) =>
        RawHttp.Ask(service.Address, $"{method} {path} HTTP/1.1\r\n{RawHttp.Identity}Transfer-Encoding: chunked\r\n\r\n{chunks}");
}
