using FluentAssertions;
using Xunit;
using static Zaqar.Integration.Http.Subscribing;

namespace Zaqar.Integration.Http;

[Collection(HttpCollection.Name)]
public sealed class SubscriptionsTests(ZaqarService service) : IDisposable
{
    private const string All = "/v2/queues/q/subscriptions";

    private readonly HttpClient _client = service.Client();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task a_new_subscription_is_answered_with_its_id_and_the_collections_path()
    {
        var created = await _client.Post(All, """{"subscriber": "http://example.com/hook", "ttl": 300, "options": { "a" : 1.0 }, "unknown": [1]}""");

        created.Status.Should().Be(201, created.Text);
        created.Location.Should().Be(All);
        created.Json.Keys().Should().Equal("subscription_id");
        var id = created.Json.GetProperty("subscription_id").GetString()!;
        id.Should().MatchRegex("^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$");

        var shown = await _client.Get($"{All}/{id}");
        shown.Status.Should().Be(200);
        shown.Header("Content-Type").Should().Be("application/json");
        shown.Json.Keys().Should().Equal("id", "source", "subscriber", "ttl", "age", "options", "confirmed");
        shown.Text.Should().MatchRegex(
            $$"""^\{"id":"{{id}}","source":"q","subscriber":"http://example.com/hook","ttl":300,"age":[0-9],"options":\{ "a" : 1.0 \},"confirmed":false\}$""");
    }

    [Fact]
    public async Task a_subscription_makes_its_queue_when_it_is_missing()
    {
        await _client.Subscribe("q");

        (await _client.Head("/v2/queues/q")).Status.Should().Be(204);
        (await _client.Put("/v2/queues/q")).Status.Should().Be(204);
    }

    [Fact]
    public async Task ttl_and_options_may_be_left_away()
    {
        var id = await _client.Subscribe("q", ttl: null);

        var shown = (await _client.Get($"{All}/{id}")).Json;
        shown.GetProperty("ttl").GetInt32().Should().Be(3600);
        shown.GetProperty("options").GetRawText().Should().Be("{}");
    }

    [Theory]
    [InlineData(""), InlineData("{}"), InlineData("""{"ttl": 300}"""), InlineData("""{"subscriber": ""}"""), InlineData("""{"subscriber": null}""")]
    [InlineData("""{"subscriber": 5}"""), InlineData("""{"subscriber": []}"""), InlineData("""{"subscriber": "example.com"}"""), InlineData("""{"subscriber": "ftp://example.com"}""")]
    [InlineData("""{"subscriber": "http://127.0.0.1/"}"""), InlineData("""{"subscriber": "http://[::ffff:10.0.0.1]/"}"""), InlineData("""{"subscriber": "http://0x7f000001/"}""")]
    [InlineData("""{"subscriber": "https://localhost"}"""), InlineData("""{"subscriber": "http://169.254.169.254/latest"}"""), InlineData("""{"subscriber": "http://a\u0000b.example.com/"}""")]
    [InlineData("""{"subscriber": "mailto:a@example.com,b@example.com"}"""), InlineData("""{"subscriber": "mailto:a@example.com?bcc=b@example.com"}""")]
    [InlineData("""{"subscriber": "http://example.com", "ttl": 0}"""), InlineData("""{"subscriber": "http://example.com", "ttl": null}""")]
    [InlineData("""{"subscriber": "http://example.com", "ttl": 59}"""), InlineData("""{"subscriber": "http://example.com", "ttl": -60}""")]
    [InlineData("""{"subscriber": "http://example.com", "ttl": 60.0}"""), InlineData("""{"subscriber": "http://example.com", "ttl": "300"}""")]
    [InlineData("""{"subscriber": "http://example.com", "ttl": true}"""), InlineData("""{"subscriber": "http://example.com", "ttl": 9223372036854775807}""")]
    [InlineData("""{"subscriber": "http://example.com", "options": []}"""), InlineData("""{"subscriber": "http://example.com", "options": "x"}""")]
    [InlineData("""{"subscriber": "http://example.com", "options": 7}"""), InlineData("""{"subscriber": "http://example.com", "options": {"_retry_policy": {"minimum_delay": 100}}}""")]
    [InlineData("""{"subscriber": "http://example.com", "options": {"_retry_policy": []}, "options": {"_retry_policy": 1}}""")]
    [InlineData("""{"subscriber": "http://example.com", "options": {"secret": "***"}}"""), InlineData("""{"subscriber": "http://example.com", "options": {"secret": "whsec_?"}}""")]
    [InlineData("""{"subscriber": "http://example.com", "options": {"secret": 5}}"""), InlineData("""{"subscriber": "http://example.com", "options": {"post_headers": {"Host": "x"}}}""")]
    [InlineData("""{"subscriber": "http://example.com", "options": {"post_headers": {"X-A": "a\r\nX-B: b"}}}"""), InlineData("""{"subscriber": "http://example.com", "options": {"post_headers": ["X-A"]}}""")]
    public async Task what_breaks_a_rule_is_an_invalid_request_and_makes_nothing(string body)
    {
        (await _client.Post(All, body)).ShouldBe(400, "Invalid API request");

        (await _client.Head("/v2/queues/q")).Status.Should().Be(404);
        (await _client.Get(All)).Json.GetProperty("subscriptions").GetArrayLength().Should().Be(0);
    }

    [Theory]
    [InlineData("[]"), InlineData("null"), InlineData("1"), InlineData("\"http://example.com\""), InlineData("true"), InlineData("["), InlineData("{\"subscriber\": \"http://example.com\"")]
    [InlineData("""{"subscriber": "http://example.com", "ttl": NaN}"""), InlineData("""{"subscriber": "http://example.com", "ttl": 9223372036854775808}""")]
    [InlineData("""[{"subscriber": "http://example.com"}]""")]
    public async Task what_is_no_object_is_an_invalid_body_and_makes_nothing(string body)
    {
        (await _client.Post(All, body)).ShouldBe(400, "Invalid request body");

        (await _client.Head("/v2/queues/q")).Status.Should().Be(404);
    }

    [Fact]
    public async Task subscribers_and_options_have_a_longest_length()
    {
        var (path, filler) = (new string('x', 2_048 - "http://example.com/".Length), new string('y', 65_536 - """{"a": ""}""".Length));
        var options = $$"""{"a": "{{filler}}"}""";

        (await _client.Post(All, $$"""{"subscriber": "http://example.com/{{path}}x"}""")).ShouldBe(400, "Invalid API request");
        (await _client.Post(All, $$"""{"options": {{options.Insert(1, " ")}}, "subscriber": "http://example.com/"}""")).ShouldBe(400, "Invalid API request");
        (await _client.Post(All, $$"""{"subscriber": "http://example.com/", "x": "{{filler}}{{filler}}"}""")).ShouldBe(400, "Invalid API request");

        var id = await _client.Subscribe("q", $"http://example.com/{path}", options: options);
        var shown = (await _client.Get($"{All}/{id}")).Json;
        shown.GetProperty("subscriber").GetString().Should().Be($"http://example.com/{path}");
        shown.GetProperty("options").GetRawText().Should().Be(options);
    }

    [Theory, InlineData("POST"), InlineData("PATCH")]
    public async Task a_subscriber_by_trust_waits_for_Keystone_unless_it_brings_its_trust(string method)
    {
        var path = method == "POST" ? All : $"{All}/{await _client.Subscribe("q", "http://example.com/first")}";

        (await _client.Ask(method, path, """{"subscriber": "trust+http://example.com"}""")).ShouldBe(503, "Service temporarily unavailable");
        (await _client.Ask(method, path, """{"subscriber": "trust+http://example.com", "options": {"trust_id": "t1"}}"""))
            .Status.Should().Be(method == "POST" ? 201 : 204);
    }

    [Fact]
    public async Task the_same_subscriber_gets_its_unconfirmed_subscription_again_as_it_is()
    {
        var id = await _client.Subscribe("q", ttl: 300);

        var again = await _client.Post(All, $$$"""{"subscriber": "{{{Hook}}}", "ttl": 600, "options": {"a": 1}}""");

        again.Status.Should().Be(201);
        again.Location.Should().Be(All);
        again.Json.GetProperty("subscription_id").GetString().Should().Be(id);
        var shown = (await _client.Get($"{All}/{id}")).Json;
        shown.GetProperty("ttl").GetInt32().Should().Be(300);
        shown.GetProperty("options").GetRawText().Should().Be("{}");
    }

    [Fact]
    public async Task the_same_subscriber_conflicts_with_its_confirmed_subscription()
    {
        await _client.Confirm("q", await _client.Subscribe("q"));

        var again = await _client.Post(All, $$"""{"subscriber": "{{Hook}}"}""");

        again.ShouldBe(409, "Resource conflict");
        again.Location.Should().Be(All);
        await _client.Subscribe("q", $"{Hook}/");
        await _client.Subscribe("other");
    }

    [Fact]
    public async Task others_neither_see_nor_change_nor_end_it()
    {
        var id = await _client.Subscribe("q");
        await _client.Subscribe("other");
        using var stranger = service.Client();
        await stranger.Subscribe("q");

        foreach (var (client, path) in new[] { (_client, $"/v2/queues/other/subscriptions/{id}"), (stranger, $"{All}/{id}") })
        {
            (await client.Get(path)).ShouldBe(404, "Not found");
            (await client.Patch(path, """{"ttl": 300}""")).ShouldBe(404, "Not found");
            (await client.Put($"{path}/confirm", """{"confirmed": true}""")).ShouldBe(404, "Not found");
            (await client.Delete(path)).ShouldBeEmpty(204);
        }

        (await _client.Get($"{All}/{id}")).Json.GetProperty("confirmed").GetBoolean().Should().BeFalse();
        (await stranger.Get(All)).Json.GetProperty("subscriptions").GetArrayLength().Should().Be(1);
    }

    [Theory, InlineData("nonsense"), InlineData("0192f0c4-8a8e-7000-8000-000000000000"), InlineData("0192f0c48a8e70008000000000000000")]
    public async Task what_there_is_not_is_not_found_but_may_be_deleted(string id)
    {
        (await _client.Get($"{All}/{id}")).ShouldBe(404, "Not found");
        (await _client.Patch($"{All}/{id}", """{"ttl": 300}""")).ShouldBe(404, "Not found");
        (await _client.Put($"{All}/{id}/confirm", """{"confirmed": true}""")).ShouldBe(404, "Not found");
        (await _client.Delete($"{All}/{id}")).ShouldBeEmpty(204);
        (await _client.Head("/v2/queues/q")).Status.Should().Be(404);
    }

    [Fact]
    public async Task a_deleted_subscription_is_gone_and_its_subscriber_free()
    {
        var id = await _client.Subscribe("q");
        await _client.Confirm("q", id);

        (await _client.Delete($"{All}/{id}")).ShouldBeEmpty(204);
        (await _client.Delete($"{All}/{id}")).ShouldBeEmpty(204);

        (await _client.Get($"{All}/{id}")).ShouldBe(404, "Not found");
        (await _client.Subscribe("q")).Should().NotBe(id);
    }

    [Fact]
    public async Task it_is_confirmed_and_taken_back()
    {
        var id = await _client.Subscribe("q");
        foreach (var confirmed in new[] { true, true, false, false, true })
        {
            var answer = await _client.Put($"{All}/{id}/confirm", $$"""{"confirmed": {{(confirmed ? "true" : "false")}}}""");

            answer.ShouldBeEmpty(204);
            answer.Location.Should().Be($"{All}/{id}/confirm");
            (await _client.Get($"{All}/{id}")).Json.GetProperty("confirmed").GetBoolean().Should().Be(confirmed);
        }
    }

    [Theory]
    [InlineData("", "Invalid API request"), InlineData("{}", "Invalid API request"), InlineData("""{"confirmed": null}""", "Invalid API request")]
    [InlineData("""{"confirmed": 1}""", "Invalid API request"), InlineData("""{"confirmed": "true"}""", "Invalid API request"), InlineData("""{"confirmed": []}""", "Invalid API request")]
    [InlineData("[]", "Invalid request body"), InlineData("true", "Invalid request body"), InlineData("{", "Invalid request body")]
    public async Task a_confirmation_says_true_or_false(string body, string title)
    {
        var id = await _client.Subscribe("q");

        (await _client.Put($"{All}/{id}/confirm", body)).ShouldBe(400, title);
        (await _client.Get($"{All}/{id}")).Json.GetProperty("confirmed").GetBoolean().Should().BeFalse();
    }

    [Fact]
    public async Task a_page_follows_the_last_id_whether_that_is_there_or_not()
    {
        var ids = new List<string>();
        for (var i = 0; i < 12; i++)
            ids.Add(await _client.Subscribe("q", $"{Hook}/{i}"));
        await _client.Subscribe("other");

        var first = await _client.Get(All);
        SubscriptionIds(first).Should().Equal(ids[..10]);
        first.Json.GetProperty("links")[0].GetProperty("rel").GetString().Should().Be("next");
        var next = first.Json.GetProperty("links")[0].GetProperty("href").GetString()!;
        next.Should().Be($"{All}?marker={ids[9]}");
        var second = await _client.Get(next);
        SubscriptionIds(second).Should().Equal(ids[10..]);
        var last = await _client.Get(second.Json.GetProperty("links")[0].GetProperty("href").GetString()!);
        last.Text.Should().Be("""{"subscriptions":[],"links":[]}""");

        var few = await _client.Get($"{All}?limit=5&detailed=True&marker={ids[1]}");
        SubscriptionIds(few).Should().Equal(ids[2..7]);
        few.Json.GetProperty("links")[0].GetProperty("href").GetString().Should().Be($"{All}?limit=5&marker={ids[6]}");
        SubscriptionIds(await _client.Get($"{All}?limit=20&marker=nonsense")).Should().Equal(ids);

        await _client.Delete($"{All}/{ids[4]}");
        SubscriptionIds(await _client.Get($"{All}?limit=2&marker={ids[4]}")).Should().Equal(ids[5..7]);
    }

    [Fact]
    public async Task a_missing_queue_has_an_empty_page() =>
        (await _client.Get(All)).Text.Should().Be("""{"subscriptions":[],"links":[]}""");

    [Theory]
    [InlineData("limit=0", "Invalid API request"), InlineData("limit=21", "Invalid API request"), InlineData("limit=-1", "Invalid API request")]
    [InlineData("limit=ten", "Invalid parameter"), InlineData("marker=%00", "Invalid parameter")]
    public async Task a_page_has_a_size_within_bounds(string query, string title) =>
        (await _client.Get($"{All}?{query}")).ShouldBe(400, title);

    [Fact]
    public async Task a_secret_is_never_shown_again()
    {
        const string options = """{"a":1, "s\u0065cret" : "tell-nobody","b":{"secret":"not ours"}}""";
        const string shown = """{"a":1, "s\u0065cret" : "***","b":{"secret":"not ours"}}""";
        var id = await _client.Subscribe("q", options: options);

        (await _client.Get($"{All}/{id}")).Json.GetProperty("options").GetRawText().Should().Be(shown);
        (await _client.Get(All)).Json.GetProperty("subscriptions")[0].GetProperty("options").GetRawText().Should().Be(shown);

        (await _client.Patch($"{All}/{id}", """{"options": {"secret": "***", "more": true}}""")).ShouldBeEmpty(204);
        (await _client.Get($"{All}/{id}")).Json.GetProperty("options").GetRawText().Should().Be("""{"secret": "***", "more": true}""");
        (await Stored(id)).Should().Be("""{"secret": "tell-nobody", "more": true}""");

        (await _client.Patch($"{All}/{id}", """{"options": {}}""")).ShouldBeEmpty(204);
        (await _client.Patch($"{All}/{id}", """{"options": {"secret": "***"}}""")).ShouldBe(400, "Invalid API request");
        (await Stored(id)).Should().Be("{}");
    }

    [Theory, InlineData("GET", "/confirm"), InlineData("POST", "/confirm"), InlineData("PUT", ""), InlineData("HEAD", "")]
    public async Task other_methods_are_not_allowed(string method, string below) =>
        (await _client.Ask(method, $"{All}/x{below}")).Status.Should().Be(405);

    private async Task<string> Stored(string id)
    {
        await using var command = service.Database.CreateCommand("select options from subscription where id = $1");
        command.Parameters.Add(new() { Value = Guid.Parse(id) });
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
