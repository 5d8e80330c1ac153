using System.Globalization;
using System.Text.Json;
using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Pools;

/// <summary>Pools over HTTP. Source: API contract, sections 2.5 and 3.7.</summary>
public sealed class PoolsTests(PoolAdminService service) : IClassFixture<PoolAdminService>, IDisposable
{
    private readonly HttpClient _admin = service.Administrator();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public async Task a_pool_is_put_and_shown()
    {
        var (path, uri) = (New(), service.NewUri());

        var put = await _admin.Put(path, $$"""{"uri": "{{uri}}", "weight": 50, "flavor": "fast", "options": {"z": [1.0, null], "a": "ü"} }""");

        (put.Status, put.Text, put.Location).Should().Be((201, "", path));
        put.Header("Content-Length").Should().Be("0");
        var name = path.Split('/')[^1];
        (await _admin.Get(path)).Json.ToString().Should().Be($$"""{"name":"{{name}}","href":"{{path}}","uri":"{{uri}}","weight":50,"flavor":"fast"}""");
        (await _admin.Get($"{path}?detailed=true")).Text.Should().EndWith("""
            "options":{"z": [1.0, null], "a": "ü"}}
            """);
        (await _admin.Get($"{path}?detailed=maybe")).ShouldBe(400, "Invalid parameter");
    }

    [Fact]
    public async Task one_that_is_there_is_replaced()
    {
        var (path, uri) = (New(), service.NewUri());
        await _admin.Put(path, $$"""{"uri": "{{uri}}", "weight": 50, "flavor": "replaced", "options": {"a": 1} }""");

        var put = await _admin.Put(path, $$"""{"uri": "{{uri}}", "weight": 51}""");

        (put.Status, put.Text, put.Location).Should().Be((201, "", path));
        var shown = (await _admin.Get($"{path}?detailed=true")).Json;
        shown.GetProperty("weight").GetInt64().Should().Be(51);
        shown.GetProperty("flavor").ValueKind.Should().Be(JsonValueKind.Null);
        shown.GetProperty("options").GetRawText().Should().Be("{}");
    }

    [Theory]
    [InlineData("\"weight\": true", 1), InlineData("\"weight\": false", 0), InlineData("\"weight\": 4294967295", 4294967295), InlineData("\"weight\": \"x\", \"weight\": 7", 7)]
    public async Task a_weight_is_a_whole_number_as_python_has_them(string member, long weight)
    {
        var path = New();

        (await _admin.Put(path, $$"""{"uri": "{{service.NewUri()}}", {{member}}}""")).Status.Should().Be(201);

        (await _admin.Get(path)).Json.GetProperty("weight").GetInt64().Should().Be(weight);
    }

    [Theory]
    [InlineData(""), InlineData("{"), InlineData("[]"), InlineData("\"x\""), InlineData("null"), InlineData("{}"), InlineData("""{"uri": "URI"}"""), InlineData("""{"weight": 1}""")]
    [InlineData("""{"uri": null, "weight": 1}"""), InlineData("""{"uri": 1, "weight": 1}"""), InlineData("""{"uri": "", "weight": 1}"""), InlineData("""{"uri": "URI", "weight": null}""")]
    [InlineData("""{"uri": "URI", "weight": -1}"""), InlineData("""{"uri": "URI", "weight": 4294967296}"""), InlineData("""{"uri": "URI", "weight": 1.0}"""), InlineData("""{"uri": "URI", "weight": "1"}""")]
    [InlineData("""{"uri": "URI", "weight": 1, "flavor": 1}"""), InlineData("""{"uri": "URI", "weight": 1, "flavor": []}"""), InlineData("""{"uri": "URI", "weight": 1, "flavor": "a\u0000b"}""")]
    [InlineData("""{"uri": "URI", "weight": 1, "options": null}"""), InlineData("""{"uri": "URI", "weight": 1, "options": []}"""), InlineData("""{"uri": "URI", "weight": 1, "options": "x"}""")]
    [InlineData("""{"uri": "URI", "weight": 1, "name": "x"}"""), InlineData("""{"uri": "URI", "weight": 1, "other": null}"""), InlineData("""{"uri": "URI", "weight": 99999999999999999999}""")]
    [InlineData("""{"uri": "mongodb://db/zaqar", "weight": 1}"""), InlineData("""{"uri": "redis://db:6379", "weight": 1}"""), InlineData("""{"uri": "postgresql://db", "weight": 1}""")]
    public async Task a_bad_body_makes_no_pool(string body)
    {
        var path = New();

        (await _admin.Put(path, body.Replace("URI", service.NewUri(), StringComparison.Ordinal))).ShouldBe(400, "Invalid request body");

        (await _admin.Get(path)).ShouldBe(404, "Not found");
    }

    [Fact]
    public async Task uri_and_flavor_are_bounded()
    {
        var (path, uri) = (New(), service.NewUri());
        var longest = $"{uri}?application_name={new string('a', 63)}";
        (await _admin.Put(path, $$"""{"uri": "{{longest}}", "weight": 1, "flavor": "{{new string('f', 255)}}"}""")).Status.Should().Be(201);

        (await _admin.Put(path, $$"""{"uri": "{{uri}}", "weight": 1, "flavor": "{{new string('f', 256)}}"}""")).ShouldBe(400, "Invalid request body");
        (await _admin.Put(path, $$"""{"uri": "{{uri.PadRight(256, 'x')}}", "weight": 1}""")).ShouldBe(400, "Invalid request body");
        (await _admin.Put(path, $$"""{"uri": "{{uri}}", "weight": 1, "options": {"a": "{{new string('x', 65_536)}}"} }""")).ShouldBe(400, "Invalid request body");
    }

    [Fact]
    public async Task other_stores_are_named_in_the_refusal()
    {
        var refused = await _admin.Put(New(), """{"uri": "mongodb://user:hunter2@db/zaqar", "weight": 1}""");

        refused.ShouldBe(400, "Invalid request body");
        refused.Json.GetProperty("description").GetString().Should().Contain("PostgreSQL").And.Contain("MongoDB").And.NotContain("hunter2");
    }

    [Fact]
    public async Task a_database_is_one_pools()
    {
        var (first, second, uri) = (New(), New(), service.NewUri());
        await _admin.Put(first, $$"""{"uri": "{{uri}}", "weight": 0}""");
        await _admin.Put(second, $$"""{"uri": "{{service.NewUri()}}", "weight": 0}""");
        var same = uri.Replace("zaqar@", "another:secret@", StringComparison.Ordinal);

        (await _admin.Put(New(), $$"""{"uri": "{{same}}", "weight": 0}""")).ShouldBe(409, "Resource conflict");
        (await _admin.Put(second, $$"""{"uri": "{{same}}", "weight": 0}""")).ShouldBe(409, "Resource conflict");
        (await _admin.Patch(second, $$"""{"uri": "{{same}}"}""")).ShouldBe(409, "Resource conflict");
        (await _admin.Patch(first, $$"""{"uri": "{{same}}"}""")).Status.Should().Be(200);
        (await _admin.Delete(first)).Status.Should().Be(204);
        (await _admin.Patch(second, $$"""{"uri": "{{same}}"}""")).Status.Should().Be(200);
    }

    [Fact]
    public async Task of_many_at_once_one_gets_the_database()
    {
        var uri = service.NewUri();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _admin.Put(New(), $$"""{"uri": "{{uri}}", "weight": 0}""")));

        answers.Select(answer => answer.Status).Order().Should().Equal([201, .. Enumerable.Repeat(409, 19)]);
    }

    [Fact]
    public async Task what_a_change_names_is_changed()
    {
        var (path, uri) = (New(), service.NewUri());
        await _admin.Put(path, $$"""{"uri": "{{uri}}", "weight": 1, "flavor": "changed", "options": {"a": 1} }""");

        var changed = await _admin.Patch(path, """{"weight": 9, "unknown": [1]}""");

        changed.Status.Should().Be(200, changed.Text);
        changed.Json.Keys().Should().BeEquivalentTo("name", "href", "uri", "weight", "flavor");
        changed.Json.GetProperty("weight").GetInt64().Should().Be(9);
        changed.Json.GetProperty("flavor").GetString().Should().Be("changed");
        (await _admin.Patch(path, """{"options": {"b": 2}}""")).Status.Should().Be(200);
        (await _admin.Get($"{path}?detailed=1")).Json.GetProperty("options").GetRawText().Should().Be("""{"b": 2}""");
        (await _admin.Patch(path, $$"""{"uri": "{{uri}}x"}""")).Json.GetProperty("uri").GetString().Should().Be($"{uri}x");
    }

    [Theory, InlineData("\"\""), InlineData("null")]
    public async Task a_pool_is_detached_from_its_flavor(string none)
    {
        var path = New();
        await _admin.Put(path, $$"""{"uri": "{{service.NewUri()}}", "weight": 1, "flavor": "detached"}""");

        (await _admin.Patch(path, $$"""{"flavor": {{none}}}""")).Json.GetProperty("flavor").ValueKind.Should().Be(JsonValueKind.Null);

        (await _admin.Get(path)).Json.GetProperty("flavor").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Theory]
    [InlineData(""), InlineData("["), InlineData("[]"), InlineData("{}"), InlineData("""{"unknown": 1}"""), InlineData("""{"weight": null}"""), InlineData("""{"weight": -1}"""), InlineData("""{"weight": 1.5}""")]
    [InlineData("""{"uri": null}"""), InlineData("""{"uri": "x"}"""), InlineData("""{"flavor": 1}"""), InlineData("""{"options": null}"""), InlineData("""{"options": 1, "weight": 2}""")]
    public async Task a_bad_change_changes_nothing(string body)
    {
        var path = New();
        await _admin.Put(path, $$"""{"uri": "{{service.NewUri()}}", "weight": 1}""");
        var before = (await _admin.Get(path)).Text;

        (await _admin.Patch(path, body)).ShouldBe(400, "Invalid request body");

        (await _admin.Get(path)).Text.Should().Be(before);
    }

    [Fact]
    public async Task what_is_not_there_is_not_found_but_deleted()
    {
        foreach (var path in new[] { New(), "/v2/pools/", "/v2/pools/a%2Fb", $"/v2/pools/{new string('n', 3000)}" })
        {
            (await _admin.Get(path)).ShouldBe(404, "Not found");
            (await _admin.Patch(path, """{"weight": 1}""")).ShouldBe(404, "Not found");
            (await _admin.Delete(path)).Status.Should().Be(204);
        }
    }

    [Theory, InlineData(""), InlineData("a%2Fb"), InlineData("%2e%2e"), InlineData("%ff"), InlineData("n123456789n123456789n123456789n123456789n123456789n123456789n1234")]
    public async Task what_a_path_cannot_hold_names_no_pool(string name) =>
        (await RawHttp.Ask(service.Address, $$"""
            PUT /v2/pools/{{name}} HTTP/1.1
            Host: localhost
            Connection: close
            Client-ID: 3381af92-2b9e-11e3-b191-71861300734c
            X-Project-ID: raw
            X-Roles: admin
            Content-Length: 55

            {"uri":"postgresql://zaqar@127.0.0.1:1/n","weight": 0 }
            """.ReplaceLineEndings("\r\n"))).Should().StartWith("HTTP/1.1 400").And.Contain("Invalid API request");

    [Fact]
    public async Task odd_names_come_back_encoded()
    {
        const string name = "Ärger {1} & 100%?#+";
        var path = $"/v2/pools/{Uri.EscapeDataString(name)}";

        var put = await _admin.Put(path, $$"""{"uri": "{{service.NewUri()}}", "weight": 0}""");

        (put.Status, put.Location).Should().Be((201, path));
        var shown = (await _admin.Get(path)).Json;
        shown.GetProperty("name").GetString().Should().Be(name);
        shown.GetProperty("href").GetString().Should().Be(path);
        (await _admin.Delete(path)).Status.Should().Be(204);
        (await _admin.Get(path)).Status.Should().Be(404);
    }

    [Fact]
    public async Task the_last_pool_of_a_flavor_stays()
    {
        var flavor = $"last-{Guid.NewGuid():N}";
        var (first, second) = (await service.NewPool(_admin, flavor), await service.NewPool(_admin, flavor));

        (await _admin.Delete($"/v2/pools/{first}")).Status.Should().Be(204);
        (await _admin.Delete($"/v2/pools/{second}")).ShouldBe(403, "Unable to delete");
        (await _admin.Patch($"/v2/pools/{second}", """{"flavor": ""}""")).Status.Should().Be(200);
        (await _admin.Delete($"/v2/pools/{second}")).Status.Should().Be(204);
    }

    [Fact]
    public async Task of_the_last_two_of_a_flavor_deleted_at_once_one_stays()
    {
        var flavor = $"race-{Guid.NewGuid():N}";
        var pools = new[] { await service.NewPool(_admin, flavor), await service.NewPool(_admin, flavor) };

        var answers = await Task.WhenAll(pools.Select(pool => _admin.Delete($"/v2/pools/{pool}")));

        answers.Select(answer => answer.Status).Order().Should().Equal(204, 403);
    }

    [Fact]
    public async Task a_name_comes_back()
    {
        var (path, uri) = (New(), service.NewUri());
        for (var weight = 0; weight < 3; weight++)
        {
            (await _admin.Put(path, $$"""{"uri": "{{uri}}", "weight": {{weight}}}""")).Status.Should().Be(201);
            (await _admin.Get(path)).Json.GetProperty("weight").GetInt64().Should().Be(weight);
            (await _admin.Delete(path)).Status.Should().Be(204);
        }
    }

    [Fact]
    public async Task pools_are_listed_by_name_a_page_at_a_time()
    {
        var prefix = $"list-{Guid.NewGuid():N}"[..20];
        var names = new List<string>();
        for (var number = 0; number < 5; number++)
            names.Add(await service.NewPool(_admin, prefix: prefix));
        names.Sort(StringComparer.Ordinal);

        var path = $"/v2/pools?marker={prefix}&limit=2&detailed=True";
        var page = await _admin.Get(path);
        Names(page).Should().Equal(names[..2]);
        page.Header("Content-Location").Should().Be(path);
        page.Json.GetProperty("pools")[0].Keys().Should().BeEquivalentTo("name", "href", "uri", "weight", "flavor", "options");
        var next = page.Json.GetProperty("links")[0];
        next.GetProperty("rel").GetString().Should().Be("next");
        next.GetProperty("href").GetString().Should().Be($"/v2/pools?limit=2&detailed=true&marker={names[1]}");
        Names(await _admin.Get(next.GetProperty("href").GetString()!)).Should().Equal(names[2..4]);

        var brief = await _admin.Get($"/v2/pools?marker={prefix}&limit=1");
        brief.Json.GetProperty("pools")[0].Keys().Should().BeEquivalentTo("name", "href", "uri", "weight", "flavor");
        var empty = await _admin.Get("/v2/pools?marker=~~~");
        empty.Json.ToString().Should().Be("""{"pools":[],"links":[]}""");
        (await _admin.Get("/v2/pools")).Header("Content-Location").Should().Be("/v2/pools");
    }

    [Theory, InlineData("limit=0"), InlineData("limit=21"), InlineData("limit=-1")]
    public async Task a_page_is_bounded(string query) => (await _admin.Get($"/v2/pools?{query}")).ShouldBe(400, "Invalid API request");

    [Theory, InlineData("limit=x"), InlineData("detailed=None"), InlineData("marker=%00")]
    public async Task parameters_are_judged(string query) => (await _admin.Get($"/v2/pools?{query}")).ShouldBe(400, "Invalid parameter");

    [Fact]
    public async Task pools_are_for_administrators_of_any_project()
    {
        var pool = await service.NewPool(_admin);
        using var member = service.Client();
        using var other = service.Administrator();

        (await member.Get("/v2/pools")).ShouldBe(403, "Not authorized");
        (await member.Get($"/v2/pools/{pool}")).ShouldBe(403, "Not authorized");
        (await member.Put($"/v2/pools/{pool}", "{}")).ShouldBe(403, "Not authorized");
        (await member.Patch($"/v2/pools/{pool}", "{}")).ShouldBe(403, "Not authorized");
        (await member.Delete($"/v2/pools/{pool}")).ShouldBe(403, "Not authorized");
        (await other.Get($"/v2/pools/{pool}")).Status.Should().Be(200);
    }

    private static string New() => $"/v2/pools/pool-{Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)}";

    private static IEnumerable<string?> Names(Answer page) => page.Json.GetProperty("pools").EnumerateArray().Select(pool => pool.GetProperty("name").GetString());
}
