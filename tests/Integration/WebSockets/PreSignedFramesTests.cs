using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;
using Xunit;
using Zaqar.Domain;

namespace Zaqar.Integration.WebSockets;

/// <summary>Frames that show a signature of the service's own instead of a token. Source: API contract, section 7.6.</summary>
[Collection(AuthenticationTests.Name)]
public sealed class PreSignedFramesTests(AuthenticationTests.Service service) : IAsyncLifetime
{
    private const string Refusal = "Not authentified.";
    private const string Ever = "2099-01-01T00:00:00";
    private static readonly string[] _all = ["GET", "POST", "DELETE"];

    private readonly string _project = $"project-{Guid.NewGuid():N}";
    private SocketClient _bearer = null!;
    private SocketClient _owner = null!;

    public async Task InitializeAsync()
    {
        _bearer = await service.Connect(_project);
        _owner = await service.Connect(_project);
        (await AuthenticationTests.Authenticate(_owner, service.Keystone.Give(_project))).ShouldBe(200);
        await _owner.Post("q", 1, 2, 3, 4, 5);
        await _owner.Post("other", 1);
    }

    public async Task DisposeAsync()
    {
        await _bearer.DisposeAsync();
        await _owner.DisposeAsync();
    }

    [Theory]
    [InlineData("message_list", "GET"), InlineData("message_get", "GET"), InlineData("message_get_many", "GET"), InlineData("message_post", "POST")]
    [InlineData("message_delete", "DELETE"), InlineData("message_delete_many", "DELETE")]
    public async Task each_message_action_needs_its_method(string action, string method)
    {
        foreach (var kind in new[] { FrameKind.Text, FrameKind.Binary })
        {
            _bearer.Kind = kind;
            (await Ask(action, Signed(methods: [method]))).Status.Should().BeOneOf([200, 201, 204, 404], "{0} opens {1}", method, action);
            (await Ask(action, Signed(methods: [.. _all]))).Status.Should().BeOneOf(200, 201, 204, 404);
            (await Ask(action, Signed(methods: [.. _all.Where(other => other != method), "PUT", "PATCH", method.ToLowerInvariant()]))).ShouldRefuse(403, Refusal);
            (await Ask(action)).ShouldRefuse(403, Refusal);
        }
    }

    [Theory]
    [InlineData("queue_list"), InlineData("queue_create"), InlineData("queue_delete"), InlineData("queue_get"), InlineData("queue_get_stats"), InlineData("queue_purge")]
    [InlineData("claim_create"), InlineData("claim_get"), InlineData("claim_update"), InlineData("claim_delete")]
    [InlineData("subscription_create"), InlineData("subscription_list"), InlineData("subscription_get"), InlineData("subscription_delete")]
    public async Task no_other_action_is_opened_whatever_is_signed(string action)
    {
        string[] paths = ["/v2/queues", "/v2/queues/q", "/v2/queues/q/messages", "/v2/queues/q/claims", "/v2/queues/q/subscriptions", "/v2/queues/q/stats", "/v2/queues/q/purge"];

        (await Ask(action, Signed(paths, [.. _all, "PUT", "PATCH"]))).ShouldRefuse(403, Refusal);

        (await _owner.Ask("queue_get_stats", new { queue_name = "q" })).Body.GetProperty("messages").GetProperty("total").GetInt32().Should().Be(5);
        (await _owner.Ask("subscription_list", new { queue_name = "q" })).Body.ShouldEqual("""{"subscriptions": []}""");
    }

    [Theory]
    [InlineData("q", "/v2/queues/other/messages"), InlineData("other", "/v2/queues/q/messages"), InlineData("q", "/v2/queues/q/messages2"), InlineData("q", "/v2/queues/q/mess")]
    [InlineData("q", "/v2/queues/q/claims"), InlineData("q", "/v2/queues/q/messages/"), InlineData("q", "/v2/queues/./messages"), InlineData("q", ".*"), InlineData("q", "")]
    [InlineData("q", "/v2/queues/Q/messages"), InlineData("a.b", "/v2/queues/aXb/messages"), InlineData("aXb", "/v2/queues/a.b/messages"), InlineData("q", "queues/q/messages")]
    public async Task another_queue_than_the_signed_one_is_closed(string queue, string path)
    {
        foreach (var action in new[] { "message_list", "message_get", "message_get_many", "message_post", "message_delete", "message_delete_many" })
            (await Ask(action, Signed([path], _all), queue)).ShouldRefuse(403, Refusal);

        (await _owner.Ask("message_list", new { queue_name = "q", echo = true })).Body.GetProperty("messages").GetArrayLength().Should().Be(5);
    }

    [Fact]
    public async Task one_of_several_signed_paths_is_enough() =>
        (await Ask("message_list", Signed(["/v2/queues/other/messages", "/v2/queues/q/claims", "/v2/queues/q/messages"], _all))).ShouldBe(200)
            .Body.GetProperty("messages").GetArrayLength().Should().Be(5);

    [Fact]
    public async Task a_comma_makes_two_of_a_path_or_method_as_it_does_in_what_is_signed()
    {
        var headers = Signed(["/v2/queues/q/messages", "/v2/queues/q/claims"], ["GET", "POST"]);
        headers["URL-Methods"] = new JsonArray("POST,GET");
        headers["URL-Paths"] = new JsonArray("/v2/queues/q/claims,/v2/queues/q/messages");

        (await Ask("message_list", headers)).ShouldBe(200);
        (await Ask("message_delete_many", headers)).ShouldRefuse(403, Refusal);
    }

    [Fact]
    public async Task the_order_of_paths_and_methods_does_not_matter()
    {
        var headers = Signed(["/v2/queues/q/messages", "/v2/queues/q/claims"], ["GET", "POST"]);
        headers["URL-Methods"] = new JsonArray("POST", "GET");
        headers["URL-Paths"] = new JsonArray("/v2/queues/q/claims", "/v2/queues/q/messages");

        (await Ask("message_list", headers)).ShouldBe(200);
    }

    [Theory]
    [InlineData("URL-Methods", """["GET","POST","DELETE","PUT"]"""), InlineData("URL-Methods", """["GET"]"""), InlineData("URL-Methods", "[]"), InlineData("URL-Methods", "null")]
    [InlineData("URL-Paths", """["/v2/queues/q/messages","/v2/queues/other/messages"]"""), InlineData("URL-Paths", "[]"), InlineData("URL-Paths", "null")]
    [InlineData("URL-Expires", "\"2099-01-01T00:00:01\""), InlineData("URL-Expires", "\"2099-01-01T00:00:00Z\""), InlineData("URL-Expires", "\"\""), InlineData("URL-Expires", "null")]
    [InlineData("URL-Signature", "\"\""), InlineData("URL-Signature", "null"), InlineData("URL-Signature", "\"0000000000000000000000000000000000000000000000000000000000000000\"")]
    public Task nothing_that_is_signed_may_be_altered(string header, string value) => IsClosed(header, value);

    [Theory]
    [InlineData("URL-Methods", "\"GET,POST,DELETE\""), InlineData("URL-Methods", "\"GET\""), InlineData("URL-Methods", "5"), InlineData("URL-Methods", "[1]"), InlineData("URL-Methods", """{"GET": 1}""")]
    [InlineData("URL-Methods", """[["GET","POST","DELETE"]]"""), InlineData("URL-Paths", "\"/v2/queues/q/messages\""), InlineData("URL-Paths", "[null]"), InlineData("URL-Paths", "{}"), InlineData("URL-Paths", "5")]
    [InlineData("URL-Expires", "5"), InlineData("URL-Expires", """["2099-01-01T00:00:00"]"""), InlineData("URL-Signature", "5"), InlineData("URL-Signature", "[]")]
    public Task nothing_that_is_signed_may_be_of_another_type(string header, string value) => IsClosed(header, value);

    [Theory, InlineData("URL-Methods"), InlineData("URL-Paths"), InlineData("URL-Expires"), InlineData("URL-Signature")]
    public async Task nothing_that_is_signed_may_be_missing(string header)
    {
        var headers = Signed();
        headers.Remove(header);

        (await Ask("message_list", headers)).ShouldRefuse(403, Refusal);
    }

    [Fact]
    public async Task a_signature_is_in_lower_case_and_for_one_project()
    {
        var upper = Signed();
        upper["URL-Signature"] = upper["URL-Signature"]!.GetValue<string>().ToUpperInvariant();
        (await Ask("message_list", upper)).ShouldRefuse(403, Refusal);

        await using var stranger = await service.Connect();
        (await stranger.AskJson(Frame("message_list", Signed(), "q", stranger))).ShouldRefuse(403, Refusal);

        var nobody = Signed(project: "None");
        (await Ask("message_list", nobody)).ShouldRefuse(403, Refusal);
    }

    [Theory, InlineData("2020-01-01T00:00:00"), InlineData("1970-01-01T00:00:00"), InlineData("tomorrow"), InlineData("2099-01-01"), InlineData("")]
    public async Task a_signature_that_is_over_or_says_no_end_opens_nothing(string expires) =>
        (await Ask("message_list", Signed(expires: expires))).ShouldRefuse(403, Refusal);

    [Fact]
    public async Task a_signature_of_another_key_opens_nothing()
    {
        var headers = Signed();
        headers["URL-Signature"] = UrlSignature.Of("another key", ["/v2/queues/q/messages"], _all, _project, Ever);

        (await Ask("message_list", headers)).ShouldRefuse(403, Refusal);
    }

    [Fact]
    public async Task a_signature_cannot_be_read_in_two_ways()
    {
        // Signed as one project, the text would be the same with a part of the project's name moved into the methods.
        var signature = UrlSignature.Of(AuthenticationTests.Service.Key, ["/v2/queues/q/messages"], ["GET"], $@"x\n{_project}", Ever);
        var headers = Signed(methods: ["GET"]);
        headers["URL-Methods"] = new JsonArray(@"GET\nx");
        headers["URL-Signature"] = signature;
        (await Ask("message_list", headers)).ShouldRefuse(403, Refusal);

        headers["URL-Methods"] = new JsonArray("GET", @"GET\nx");
        (await Ask("message_list", headers)).ShouldRefuse(403, Refusal);
    }

    [Fact]
    public async Task a_signed_frame_opens_itself_and_not_the_connection()
    {
        (await Ask("message_list", Signed())).ShouldBe(200);

        (await Ask("message_list")).ShouldRefuse(403, Refusal);
        (await _bearer.Ask("queue_list")).ShouldRefuse(403, Refusal);
    }

    [Fact]
    public async Task who_has_authenticated_may_show_a_signature_and_needs_none()
    {
        (await _owner.AskJson(Frame("message_list", Signed(), "q", _owner))).ShouldBe(200);
        (await _owner.AskJson(Frame("message_list", null, "q", _owner))).ShouldBe(200);
        await _owner.ShouldGoOn();
    }

    [Fact]
    public async Task the_bearer_of_a_post_posts()
    {
        (await Ask("message_post", Signed())).ShouldBe(201);

        (await _owner.Ask("queue_get_stats", new { queue_name = "q" })).Body.GetProperty("messages").GetProperty("total").GetInt32().Should().Be(6);
    }

    private async Task IsClosed(string header, string value)
    {
        foreach (var kind in new[] { FrameKind.Text, FrameKind.Binary })
        {
            _bearer.Kind = kind;
            var headers = Signed();
            headers[header] = JsonNode.Parse(value);

            (await Ask("message_list", headers)).ShouldRefuse(403, Refusal);
            (await Ask("message_delete_many", headers)).ShouldRefuse(403, Refusal);
        }
    }

    private Task<Frame> Ask(string action, JsonObject? signed = null, string queue = "q") => _bearer.AskJson(Frame(action, signed, queue, _bearer));

    // A body that fits every action.
    private static string Frame(string action, JsonObject? signed, string queue, SocketClient by)
    {
        var headers = new JsonObject { ["Client-ID"] = by.ClientId, ["X-Project-ID"] = by.Project };
        foreach (var (name, value) in signed ?? [])
            headers[name] = value?.DeepClone();

        const string some = "00000000-0000-0001-0000-000000000000";
        var body = new Dictionary<string, object> { ["queue_name"] = queue, ["message_id"] = some, ["claim_id"] = some, ["subscription_id"] = some, ["messages"] = new[] { new { body = 1, ttl = 60 } } };
        if (action is "message_get_many" or "message_delete_many")
            body["message_ids"] = new[] { some };
        if (action is "message_delete")
            body.Remove("claim_id");

        return JsonSerializer.Serialize(new Dictionary<string, object> { ["action"] = action, ["headers"] = headers, ["body"] = body });
    }

    private JsonObject Signed(string[]? paths = null, string[]? methods = null, string? project = null, string expires = Ever)
    {
        (paths, methods) = (paths ?? ["/v2/queues/q/messages"], methods ?? _all);
        return new()
        {
            ["URL-Signature"] = UrlSignature.Of(AuthenticationTests.Service.Key, paths, methods, project ?? _project, expires),
            ["URL-Expires"] = expires,
            ["URL-Methods"] = new JsonArray([.. methods.Select(method => JsonValue.Create(method))]),
            ["URL-Paths"] = new JsonArray([.. paths.Select(path => JsonValue.Create(path))]),
        };
    }
}
