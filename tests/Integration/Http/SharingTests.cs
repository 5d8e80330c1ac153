using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Http;

/// <summary>Pre-signed URLs made by the service and used against it.</summary>
public sealed class SharingTests(SharingTests.SharingService service) : IClassFixture<SharingTests.SharingService>, IDisposable
{
    private readonly string _project = $"project-{Guid.NewGuid():N}";
    private readonly HttpClient _bearer = new() { BaseAddress = service.Address };

    public void Dispose() => _bearer.Dispose();

    [Fact]
    public async Task a_share_says_what_its_bearer_sends()
    {
        var shared = await Share("sg", """{"methods": ["POST", "DELETE", "GET"], "paths": ["messages", "claims"], "expires": "2030-01-01T01:00:00.5+01:00"}""");

        shared.Json.Keys().Should().BeEquivalentTo("paths", "methods", "project", "expires", "signature");
        Texts(shared, "paths").Should().Equal("/v2/queues/sg/claims", "/v2/queues/sg/messages");
        Texts(shared, "methods").Should().Equal("DELETE", "GET", "POST");
        shared.Json.GetProperty("project").GetString().Should().Be(_project);
        shared.Json.GetProperty("expires").GetString().Should().Be("2030-01-01T00:00:00");
        shared.Json.GetProperty("signature").GetString().Should().MatchRegex("^[0-9a-f]{64}$");
    }

    /// <summary>The signature is the original server's own.</summary>
    [Fact]
    public async Task the_signature_is_the_originals()
    {
        using var maker = service.Client("p1");

        var shared = await maker.Post("/v2/queues/sg/share", """{"methods": ["POST", "DELETE", "GET"], "paths": ["messages", "claims"], "expires": "2030-01-01"}""");

        shared.Json.GetProperty("signature").GetString().Should().Be("c9c7e8d00b64a5a33561f8995e6628aec92e7c60e6f375834c168db3bd59dd48");
    }

    [Fact]
    public async Task without_words_it_is_to_read_messages_for_a_day()
    {
        var shared = await Share("q", "{}");

        Texts(shared, "paths").Should().Equal("/v2/queues/q/messages");
        Texts(shared, "methods").Should().Equal("GET");
        var expires = DateTime.Parse(shared.Json.GetProperty("expires").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        expires.Should().BeCloseTo(TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task the_bearer_does_what_was_shared_and_nothing_else()
    {
        using var owner = service.Client(_project);
        await owner.PostBodies("shared.q", "1", "2");
        await owner.PostBodies("sharedxq", "3");
        var shared = await Share("shared.q", """{"methods": ["GET", "POST"]}""");

        (await Use(shared, "GET", "/v2/queues/shared.q/messages")).Bodies().Should().Equal("1", "2");
        (await Use(shared, "POST", "/v2/queues/shared.q/messages", """{"messages": [{"body": 4}]}""")).Status.Should().Be(201);
        (await Use(shared, "DELETE", "/v2/queues/shared.q/messages?pop=1")).ShouldBe(404, "404 Not Found");
        (await Use(shared, "GET", "/v2/queues/sharedxq/messages")).ShouldBe(404, "404 Not Found");
        (await owner.Put("/v2/topics/shared.q")).Status.Should().Be(201);
        (await Use(shared, "GET", "/v2/topics/shared.q/messages")).ShouldBe(404, "404 Not Found");
        (await Use(shared, "POST", "/v2/topics/shared.q/messages", """{"messages": [{"body": 5}]}""")).ShouldBe(404, "404 Not Found");
        (await Use(shared, "GET", "/v2/queues/shared.q/messagesXYZ")).ShouldBe(404, "404 Not Found");
        (await Use(shared, "GET", "/v2/queues/shared.q/messages/../../sharedxq/messages")).ShouldBe(404, "404 Not Found");
        (await Use(shared, "GET", "/v2/queues/shared.q/stats")).ShouldBe(404, "404 Not Found");
        (await Use(shared, "POST", "/v2/queues/shared.q/claims")).ShouldBe(404, "404 Not Found");
        (await Use(shared, "POST", "/v2/queues/shared.q/share", "{}")).ShouldBe(404, "404 Not Found");
        (await Use(shared, "GET", "/v2/queues")).ShouldBe(404, "404 Not Found");
    }

    [Theory, InlineData("X-Project-ID", "other"), InlineData("URL-Expires", "2040-01-01T00:00:00"), InlineData("URL-Methods", "GET,DELETE")]
    [InlineData("URL-Methods", "get"), InlineData("URL-Paths", "/v2/queues"), InlineData("URL-Paths", "/v2/queues/q/messages,/v2/queues/q/claims")]
    [InlineData("URL-Signature", "0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task nothing_of_it_may_be_changed(string header, string value)
    {
        var shared = await Share("q", """{"expires": "2090-01-01"}""");

        (await Use(shared, "GET", "/v2/queues/q/messages")).Status.Should().Be(200);
        (await Use(shared, "GET", "/v2/queues/q/messages", null, (header, value))).ShouldBe(404, "404 Not Found");
    }

    [Fact]
    public async Task it_ends_when_it_says()
    {
        var until = Domain.UrlSignature.Expires(TimeProvider.System.GetUtcNow().AddSeconds(2));
        var shared = await Share("q", $$"""{"expires": "{{until}}"}""");

        await Eventually.Holds(() => Use(shared, "GET", "/v2/queues/q/messages"), answer => answer.Status == 404, "the bearer is let in no longer");
    }

    [Fact]
    public async Task what_an_older_key_signed_is_good_until_it_expires()
    {
        const string path = "/v2/queues/q/messages", expires = "2090-01-01T00:00:00";
        foreach (var (key, status) in new[] { ("topsecret", 200), ("yesterdays", 200), ("the one before", 200), ("somebody else's", 404), ("", 404) })
        {
            (string, string)[] headers =
            [
                ("Client-ID", Guid.NewGuid().ToString()), ("X-Project-ID", _project), ("URL-Methods", "GET"), ("URL-Paths", path), ("URL-Expires", expires),
                ("URL-Signature", Domain.UrlSignature.Of(key, [path], ["GET"], _project, expires)),
            ];

            (await _bearer.Get(path, headers)).Status.Should().Be(status, key);
        }
    }

    [Theory]
    [InlineData("{\"paths\": [\"stats\"]}", "Invalid API request"), InlineData("{\"project_id\": \"p2\"}", "Invalid API request")]
    [InlineData("{\"expires\": \"2020-01-01\"}", "Invalid API request"), InlineData("{\"methods\": \"GET\"}", "Invalid API request")]
    [InlineData("{\"methods\": [\"GET,DELETE\"]}", "Invalid API request"), InlineData("{\"methods\": [\"GET\\\\nvictim\"]}", "Invalid API request")]
    [InlineData("[]", "Invalid request body"), InlineData("", "Invalid request body"), InlineData("{", "Invalid request body"), InlineData(null, "Invalid request body")]
    public async Task what_cannot_be_shared_is_refused(string? body, string title)
    {
        using var maker = service.Client(_project);

        (await maker.Post("/v2/queues/q/share", body)).ShouldBe(400, title);
    }

    [Fact]
    public async Task a_project_whose_name_would_make_the_signature_ambiguous_shares_nothing()
    {
        using var maker = service.Client(@"attacker\nvictim");

        (await maker.Post("/v2/queues/q/share", "{}")).ShouldBe(400, "Invalid API request");
    }

    [Fact]
    public async Task sharing_makes_no_queue()
    {
        using var maker = service.Client(_project);
        await Share("never-made", "{}");

        (await maker.Head("/v2/queues/never-made")).Status.Should().Be(404);
        (await maker.Get("/v2/queues/never-made/share")).ShouldBe(405, "405 Method Not Allowed");
    }

    private async Task<Answer> Share(string queue, string body)
    {
        using var maker = service.Client(_project);
        var shared = await maker.Post($"/v2/queues/{queue}/share", body);
        shared.Status.Should().Be(200, shared.Text);
        shared.Header("Content-Type").Should().Be("application/json");
        return shared;
    }

    private Task<Answer> Use(Answer shared, string method, string path, string? body = null, params (string Name, string Value)[] other) =>
        _bearer.Ask(method, path, body, headers:
        [
            .. new (string Name, string Value)[]
            {
                ("Client-ID", Guid.NewGuid().ToString()), ("X-Project-ID", shared.Json.GetProperty("project").GetString()!),
                ("URL-Signature", shared.Json.GetProperty("signature").GetString()!), ("URL-Expires", shared.Json.GetProperty("expires").GetString()!),
                ("URL-Methods", string.Join(',', Texts(shared, "methods"))), ("URL-Paths", string.Join(',', Texts(shared, "paths"))),
            }.Where(given => !other.Any(one => one.Name == given.Name)),
            .. other,
        ]);

    private static IEnumerable<string?> Texts(Answer shared, string name) => shared.Json.GetProperty(name).EnumerateArray().Select(text => text.GetString());

    public sealed class SharingService : ZaqarService
    {
        protected override IReadOnlyList<string> Settings =>
            ["--Zaqar:SignedUrl:SecretKey=topsecret", "--Zaqar:SignedUrl:OldSecretKeys=yesterdays, the one before"];
    }
}
