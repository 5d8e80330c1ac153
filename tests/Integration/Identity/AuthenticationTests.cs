using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Integration.Delivery.Sinks;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Identity;

/// <summary>Who is let in over HTTP, and as whom.</summary>
public sealed class AuthenticationTests(AuthenticationTests.Service service) : IClassFixture<AuthenticationTests.Service>, IDisposable
{
    private const string Key = "a key of this test's own";
    private const string Queue = "/v2/queues/q";
    private const string Refusal = """{"error": {"code": 401, "title": "Unauthorized", "message": "The request you have made requires authentication."}}""";

    private readonly HttpClient _client = new() { BaseAddress = service.Address };
    private readonly string _project = Guid.NewGuid().ToString("N");

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task a_valid_token_is_let_into_its_project()
    {
        using var client = Client(service.Keystone.Give(_project));
        using var colleague = Client(service.Keystone.Give(_project, user: "u2", roles: ["reader"]));
        using var stranger = Client(service.Keystone.Give("another"));
        await client.PostBodies("q", "1");

        (await colleague.Get($"{Queue}/messages")).Bodies().Should().Equal("1");
        (await stranger.Get($"{Queue}/messages")).Bodies().Should().BeEmpty();
    }

    [Fact]
    public async Task an_event_names_the_user_of_the_token()
    {
        using var client = Client(service.Keystone.Give(_project, user: "user-of-the-token"));

        (await client.Ask("PUT", "/v2/queues/q", null, headers: [("X-User-Id", "somebody else")])).Status.Should().Be(201);

        await using var command = service.Database.CreateCommand("select data::text from mt_events where tenant_id = $1");
        command.Parameters.Add(new() { Value = _project });
        ((string?)await command.ExecuteScalarAsync()).Should().Contain("user-of-the-token").And.NotContain("somebody else");
    }

    [Theory]
    [InlineData("GET", "/v2/"), InlineData("GET", "/v2/ping"), InlineData("HEAD", "/v2/ping"), InlineData("GET", "/v2/health"), InlineData("GET", "/v2/queues")]
    [InlineData("GET", Queue), InlineData("POST", Queue + "/messages"), InlineData("OPTIONS", Queue), InlineData("TRACE", Queue), InlineData("GET", "/v2/queues/%20")]
    public async Task without_a_token_every_path_of_the_api_is_shut(string method, string path)
    {
        var answer = await _client.Ask(method, path);

        answer.Status.Should().Be(401);
        answer.Header("WWW-Authenticate").Should().Be($"Keystone uri=\"{service.Keystone.Settings.AuthUrl}\"");
        answer.Header("Content-Type").Should().Be("application/json");
        answer.Header("x-openstack-request-id").Should().StartWith("req-");
        answer.Text.Should().Be(method == "HEAD" ? "" : Refusal);
    }

    [Fact]
    public async Task what_is_no_valid_token_is_refused_like_none()
    {
        var expired = service.Keystone.Give(_project, life: TimeSpan.FromSeconds(-1));
        var revoked = service.Keystone.Give(_project);
        service.Keystone.Revoke(revoked);

        foreach (var token in new[] { "", "garbage", "gar bage", expired, revoked, new('x', 9_000) })
        {
            using var client = Client(token);
            var answer = await client.Get(Queue);
            (answer.Status, answer.Text).Should().Be((401, Refusal), token);
        }

        (await Raw($"X-Auth-Token: {'\u00e9'}\r\n")).Should().StartWith("HTTP/1.1 401 ").And.EndWith(Refusal);
    }

    [Fact]
    public async Task two_tokens_are_none_even_when_both_are_valid()
    {
        var (one, other) = (service.Keystone.Give(_project), service.Keystone.Give(_project));

        foreach (var (first, second) in new[] { (one, other), (one, one), (one, "garbage"), ("", one) })
            (await Raw($"X-Auth-Token: {first}\r\nX-Auth-Token: {second}\r\nClient-ID: {Guid.NewGuid()}\r\n")).Should().StartWith("HTTP/1.1 401 ");

        (await Raw($"x-auth-token: {one}\r\nclient-id: {Guid.NewGuid()}\r\n")).Should().StartWith("HTTP/1.1 200 ");
    }

    [Fact]
    public async Task only_the_version_document_and_what_is_no_part_of_the_api_are_open()
    {
        (await _client.Get("/")).Status.Should().Be(300);
        foreach (var path in new[] { "/healthz/live", "/healthz/ready", "/openapi/v2.json" })
            (await _client.Get(path)).Status.Should().Be(200, path);
        (await _client.Get("/v3")).Status.Should().Be(401, "which paths there are is for those to know who may ask");
        (await _client.Get("/v3", ("X-Auth-Token", service.Keystone.Give(_project)))).ShouldBe(404, "404 Not Found");
    }

    [Fact]
    public async Task what_is_open_asks_keystone_nothing_whatever_token_it_comes_with()
    {
        using var client = Client("a token that nobody knows");
        var token = Guid.NewGuid().ToString("N");

        foreach (var path in new[] { "/", "/healthz/live", "/healthz/ready", "/openapi/v2.json" })
            await client.Get(path, ("X-Auth-Token", token));

        service.Keystone.Judged.Should().NotContain(token);
    }

    [Fact]
    public async Task the_token_is_judged_before_the_rest_and_the_signature_before_the_token()
    {
        var token = service.Keystone.Give(_project);

        // Without both it is the token.
        (await _client.Get("/v2/queues/%20", ("Accept", "text/html"), ("EXTRA-SPEC", "x:y"))).Status.Should().Be(401);
        (await _client.Get(Queue, ("URL-Signature", "wrong"))).ShouldBe(404, "404 Not Found");
        (await _client.Get(Queue, ("X-Auth-Token", token), ("URL-Signature", "wrong"), ("Client-ID", Guid.NewGuid().ToString()))).ShouldBe(404, "404 Not Found");
        (await _client.Get(Queue, ("X-Auth-Token", token))).ShouldBe(400, "Missing header value");
        (await _client.Get(Queue, ("X-Auth-Token", token), ("Accept", "text/html"))).Status.Should().Be(406);
    }

    [Fact]
    public async Task a_token_without_a_project_has_nothing_to_ask_about()
    {
        foreach (var token in new[]
        {
            service.Keystone.Give(project: null),
            service.Keystone.Give(null, shape: body => body["system"] = new System.Text.Json.Nodes.JsonObject { ["all"] = true }),
            service.Keystone.Give(null, shape: body => body["domain"] = new System.Text.Json.Nodes.JsonObject { ["id"] = "default" }),
        })
        {
            using var client = Client(token);
            (await client.Get(Queue, ("X-Project-ID", "p1"), ("X-Tenant-ID", "p1"), ("X-Tenant", "p1"))).ShouldBe(400, "Project-Id Missing");
        }
    }

    [Fact]
    public async Task nothing_that_a_client_says_of_itself_is_believed()
    {
        using var owner = Client(service.Keystone.Give(_project));
        using var client = Client(service.Keystone.Give(_project + "x", roles: ["reader"]));
        await owner.PostBodies("q", "1");
        foreach (var (name, value) in new[]
        {
            ("X-Project-Id", _project), ("X-Tenant-Id", _project), ("X-Tenant", _project), ("X-Tenant-Name", _project), ("X-Project-Name", _project),
            ("X-Roles", "admin"), ("X-Role", "admin"), ("X-User-Id", "admin"), ("X-User", "admin"), ("X-Identity-Status", "Confirmed"),
            ("X-Service-Roles", "admin"), ("X-Service-Token", "x"), ("X-Service-Identity-Status", "Confirmed"), ("X-Is-Admin-Project", "True"),
            ("X-Domain-Id", "default"), ("OpenStack-System-Scope", "all"),
        })
        {
            (await client.Get($"{Queue}/messages", (name, value))).Bodies().Should().BeEmpty(name);
            (await client.Get("/v2/health", (name, value))).ShouldBe(403, "Not authorized");
            (await _client.Get(Queue, (name, value), ("Client-ID", Guid.NewGuid().ToString()))).Status.Should().Be(401, name);
        }
    }

    [Fact]
    public async Task an_administrator_is_who_has_the_role_in_the_token()
    {
        using var client = Client(service.Keystone.Give(_project, roles: ["member", "Admin"]));

        (await client.Get("/v2/health")).Status.Should().Be(200);
    }

    [Fact]
    public async Task a_signature_that_is_right_stands_for_a_token_and_for_nothing_more()
    {
        var judged = service.Keystone.Judged.Count;

        (await Signed("GET", "/v2/queues/shared/messages")).Status.Should().Be(200);
        (await Signed("GET", "/v2/queues/shared/messages", ("X-Auth-Token", "garbage"))).Status.Should().Be(200);
        (await Signed("GET", "/v2/queues/shared/messages", ("X-Project-ID", "another"))).ShouldBe(404, "404 Not Found");
        (await Signed("GET", "/v2/queues/other/messages")).ShouldBe(404, "404 Not Found");
        service.Keystone.Judged.Should().HaveCount(judged, "nobody was asked");
    }

    [Fact]
    public async Task a_signature_brings_no_roles() =>
        (await Signed("GET", "/v2/health", ("X-Roles", "admin"))).ShouldBe(403, "Not authorized");

    [Theory]
    [InlineData("URL-Signature:\r\n"), InlineData("URL-Signature:\r\nURL-Paths: /v2/queues\r\nURL-Methods: GET\r\nURL-Expires: 2099-01-01T00:00:00\r\n")]
    [InlineData("EXTRA-SPEC: messagecode:x\r\n"), InlineData("EXTRA-SPEC: zaqar\r\n"), InlineData("EXTRA-SPEC:\r\n")]
    [InlineData("url-signature:\r\nextra-spec: messagecode\r\n")]
    public async Task no_other_header_stands_for_a_token(string headers) =>
        (await Raw($"{headers}X-Project-ID: p1\r\nX-Roles: admin\r\nClient-ID: {Guid.NewGuid()}\r\n")).Should().StartWith("HTTP/1.1 401 ");

    [Fact]
    public async Task the_document_asks_for_a_token_in_place_of_a_project()
    {
        var paths = (await _client.Get("/openapi/v2.json")).Json.GetProperty("paths");

        var operation = paths.GetProperty("/v2/queues/{queue_name}").GetProperty("get");
        operation.GetProperty("parameters").EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString())
            .Should().Contain("X-Auth-Token").And.NotContain("X-Project-ID");
        operation.GetProperty("responses").Keys().Should().Contain("401");
        paths.GetProperty("/").GetProperty("get").GetProperty("responses").Keys().Should().NotContain("401");
    }

    private HttpClient Client(string token)
    {
        var client = new HttpClient { BaseAddress = service.Address };
        client.DefaultRequestHeaders.Add("Client-ID", Guid.NewGuid().ToString());
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-Auth-Token", token);
        return client;
    }

    private Task<string> Raw(string headers) => RawHttp.Ask(service.Address, $"GET /v2/queues HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");

    private Task<Answer> Signed(string method, string path, params (string Name, string Value)[] more)
    {
        (string Name, string Value)[] headers =
        [
            ("Client-ID", Guid.NewGuid().ToString()), ("X-Project-ID", "p1"), ("URL-Expires", "2099-01-01T00:00:00"), ("URL-Methods", "GET"),
            ("URL-Paths", "/v2/health,/v2/queues/shared/messages"),
            ("URL-Signature", UrlSignature.Of(Key, ["/v2/queues/shared/messages", "/v2/health"], ["GET"], "p1", "2099-01-01T00:00:00")),
        ];
        return _client.Ask(method, path, headers: [.. headers.Where(given => !more.Any(one => one.Name == given.Name)), .. more]);
    }

    public sealed class Service : KeystoneService
    {
        protected override IReadOnlyList<string> Settings => [.. base.Settings, $"--Zaqar:SignedUrl:SecretKey={Key}", "--Zaqar:AdminMode=true"];
    }
}

/// <summary>While Keystone has no answer.</summary>
public sealed class KeystoneAwayTests(KeystoneAwayTests.Service service) : IClassFixture<KeystoneAwayTests.Service>
{
    [Fact]
    public async Task known_tokens_are_let_in_and_others_hear_503_and_nothing_else_suffers()
    {
        using var client = new HttpClient { BaseAddress = service.Address };
        client.DefaultRequestHeaders.Add("Client-ID", Guid.NewGuid().ToString());
        var known = service.Keystone.Give();
        (await client.Get("/v2/queues", ("X-Auth-Token", known))).Status.Should().Be(200);
        service.Keystone.Trouble = SinkAnswer.Reset;

        (await client.Get("/v2/queues", ("X-Auth-Token", known))).Status.Should().Be(200);
        var refused = await client.Get("/v2/queues", ("X-Auth-Token", service.Keystone.Give()));
        refused.ShouldBe(503, "Service temporarily unavailable");
        refused.Header("Retry-After").Should().Be("1");
        (await client.Get("/v2/queues")).Status.Should().Be(401, "who shows none needs nobody to judge it");
        foreach (var path in new[] { "/healthz/live", "/healthz/ready", "/openapi/v2.json" })
            (await client.Get(path, ("X-Auth-Token", "x"))).Status.Should().Be(200, path);
        (await client.Get("/", ("X-Auth-Token", "x"))).Status.Should().Be(300);
    }

    public sealed class Service : KeystoneService;
}

/// <summary>The whole service, asking a Keystone who clients are.</summary>
public class KeystoneService : ZaqarService
{
    internal FakeKeystone Keystone { get; private set; } = null!;

    protected override IReadOnlyList<string> Settings => Keystone.Arguments;

    public override async Task InitializeAsync()
    {
        Keystone = await FakeKeystone.Start(TimeProvider.System);
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await Keystone.DisposeAsync();
    }
}
