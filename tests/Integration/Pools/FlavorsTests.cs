using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Pools;

/// <summary>Flavors over HTTP. Source: API contract, sections 2.6 and 3.7.</summary>
public sealed class FlavorsTests(PoolAdminService service) : IClassFixture<PoolAdminService>, IDisposable
{
    private const string Capabilities = """["FIFO","CLAIMS","DURABILITY","AOD","HIGH_THROUGHPUT"]""";

    private readonly HttpClient _admin = service.Administrator();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public async Task a_flavor_is_put_and_shown_and_marks_its_pools()
    {
        var (path, first, second) = (New(), await service.NewPool(_admin, prefix: "a"), await service.NewPool(_admin, prefix: "b"));

        var put = await _admin.Put(path, $$"""{"pool_list": ["{{second}}", "{{first}}"], "capabilities": {"x": 1} }""");

        (put.Status, put.Text, put.Location).Should().Be((201, "", path));
        (await _admin.Get(path)).Text.Should().Be(
            $$"""{"name":"{{NameOf(path)}}","href":"{{path}}","pool_list":["{{first}}","{{second}}"],"capabilities":{{Capabilities}}}""");
        (await FlavorOf(first)).Should().Be(NameOf(path));
        (await FlavorOf(second)).Should().Be(NameOf(path));
    }

    [Fact]
    public async Task one_that_is_there_is_overwritten()
    {
        var (path, first, second) = (New(), await service.NewPool(_admin), await service.NewPool(_admin));
        await Put(path, first);

        (await Put(path, second)).Status.Should().Be(201);

        (await PoolsOf(path)).Should().Equal(second);
        (await FlavorOf(first)).Should().BeNull();
    }

    [Fact]
    public async Task a_pool_that_says_so_itself_is_of_it()
    {
        var path = New();
        var first = await service.NewPool(_admin);
        await Put(path, first);

        var second = await service.NewPool(_admin, NameOf(path), "~");

        (await PoolsOf(path)).Should().Equal(first, second);
    }

    [Fact]
    public async Task a_pool_is_of_the_flavor_that_took_it_last()
    {
        var (one, other, pool) = (New(), New(), await service.NewPool(_admin));
        await Put(one, pool);

        await Put(other, pool);

        (await PoolsOf(one)).Should().BeEmpty();
        (await PoolsOf(other)).Should().Equal(pool);
    }

    [Theory]
    [InlineData(""), InlineData("x"), InlineData("[]"), InlineData("{}"), InlineData("""{"pool_list": null}"""), InlineData("""{"pool_list": "p"}"""), InlineData("""{"pool_list": {}}""")]
    [InlineData("""{"pool_list": [1]}"""), InlineData("""{"pool_list": [["p"]]}"""), InlineData("""{"pool_list": ["p", null]}"""), InlineData("""{"pool_list": ["POOL"], "name": "x"}""")]
    [InlineData("""{"pool_list": ["POOL"], "capabilities": []}"""), InlineData("""{"capabilities": {}}"""), InlineData("""{"pool_list": ["POOL"], "pool_list": 1}""")]
    public async Task a_bad_body_makes_no_flavor(string body)
    {
        var (path, pool) = (New(), await service.NewPool(_admin));

        (await _admin.Put(path, body.Replace("POOL", pool, StringComparison.Ordinal))).ShouldBe(400, "Invalid request body");

        (await _admin.Get(path)).ShouldBe(404, "Not found");
        (await FlavorOf(pool)).Should().BeNull();
    }

    [Fact]
    public async Task a_flavor_without_pools_is_not_made_but_told_where_it_would_be()
    {
        var path = New();

        var put = await _admin.Put(path, """{"pool_list": []}""");

        put.ShouldBe(400, "Unable to create");
        put.Location.Should().Be(path);
        (await _admin.Get(path)).Status.Should().Be(404);
    }

    [Fact]
    public async Task a_flavor_with_an_unknown_pool_is_not_made_and_marks_none()
    {
        var (path, pool) = (New(), await service.NewPool(_admin));

        foreach (var unknown in new[] { "unknown", "", "a\\u0000", new string('n', 300) })
            (await _admin.Put(path, $$"""{"pool_list": ["{{pool}}", "{{unknown}}"]}""")).ShouldBe(400, "Unable to create");

        (await _admin.Get(path)).Status.Should().Be(404);
        (await FlavorOf(pool)).Should().BeNull();
    }

    [Fact]
    public async Task a_change_marks_and_frees_pools()
    {
        var (path, first, second) = (New(), await service.NewPool(_admin), await service.NewPool(_admin));
        await Put(path, first);

        var changed = await _admin.Patch(path, $$"""{"pool_list": ["{{second}}"], "unknown": 1}""");

        changed.Status.Should().Be(200, changed.Text);
        changed.Text.Should().Be($$"""{"name":"{{NameOf(path)}}","href":"{{path}}","pool_list":["{{second}}"],"capabilities":{{Capabilities}}}""");
        (await _admin.Get(path)).Text.Should().Be(changed.Text);
        (await FlavorOf(first)).Should().BeNull();
        (await FlavorOf(second)).Should().Be(NameOf(path));
    }

    [Fact]
    public async Task a_bad_change_changes_nothing()
    {
        var (path, pool) = (New(), await service.NewPool(_admin));
        await Put(path, pool);

        foreach (var body in new[] { "", "[]", "{}", """{"capabilities": {}}""", """{"pool_list": null}""", """{"pool_list": [1]}""" })
            (await _admin.Patch(path, body)).ShouldBe(400, "Invalid request body");
        (await _admin.Patch(path, """{"pool_list": []}""")).ShouldBe(400, "Unable to create");
        (await _admin.Patch(path, """{"pool_list": ["unknown"]}""")).ShouldBe(400, "updatefail");

        (await PoolsOf(path)).Should().Equal(pool);
    }

    [Fact]
    public async Task what_is_not_there_is_not_found_but_deleted()
    {
        var pool = await service.NewPool(_admin);
        foreach (var path in new[] { New(), "/v2/flavors/", "/v2/flavors/a%2Fb", $"/v2/flavors/{new string('n', 3000)}" })
        {
            (await _admin.Get(path)).ShouldBe(404, "Not found");
            (await _admin.Patch(path, $$"""{"pool_list": ["{{pool}}"]}""")).ShouldBe(404, "Not found");
            (await _admin.Delete(path)).Status.Should().Be(204);
        }

        (await FlavorOf(pool)).Should().BeNull();
    }

    [Theory, InlineData(""), InlineData("a%2Fb"), InlineData("n123456789n123456789n123456789n123456789n123456789n123456789n1234")]
    public async Task what_a_path_cannot_hold_names_no_flavor(string name) =>
        (await Put($"/v2/flavors/{name}", await service.NewPool(_admin))).ShouldBe(400, "Invalid API request");

    [Fact]
    public async Task a_deleted_flavor_frees_its_pools_and_its_name_comes_back()
    {
        var (path, pool) = (New(), await service.NewPool(_admin));
        for (var round = 0; round < 2; round++)
        {
            await Put(path, pool);

            (await _admin.Delete(path)).Status.Should().Be(204);

            (await _admin.Get(path)).Status.Should().Be(404);
            (await FlavorOf(pool)).Should().BeNull();
        }
    }

    [Fact]
    public async Task a_project_has_its_own_flavors_and_pools_are_of_all_of_that_name()
    {
        using var other = service.Administrator();
        var (path, pool) = (New(), await service.NewPool(_admin));
        await Put(path, pool);

        (await other.Get(path)).Status.Should().Be(404);
        (await other.Patch(path, $$"""{"pool_list": ["{{pool}}"]}""")).Status.Should().Be(404);
        (await other.Delete(path)).Status.Should().Be(204);
        (await PoolsOf(path)).Should().Equal(pool);

        (await other.Put(path, $$"""{"pool_list": ["{{pool}}"]}""")).Status.Should().Be(201);
        (await other.Delete(path)).Status.Should().Be(204);
        (await PoolsOf(path)).Should().Equal([pool], "another project's flavor of that name still has it");
    }

    [Fact]
    public async Task flavors_are_listed_by_name_a_page_at_a_time()
    {
        using var admin = service.Administrator();
        var pool = await service.NewPool(admin);
        foreach (var name in new[] { "c", "a", "b" })
            await admin.Put($"/v2/flavors/{name}", $$"""{"pool_list": ["{{pool}}"]}""");

        var page = await admin.Get("/v2/flavors?limit=2");
        page.Text.Should().Be("""
            {"flavors":[{"name":"a","href":"/v2/flavors/a"},{"name":"b","href":"/v2/flavors/b","pool_list":["POOL"]}],"links":[{"rel":"next","href":"/v2/flavors?limit=2&marker=b"}]}
            """.Replace("POOL", pool, StringComparison.Ordinal));
        var last = await admin.Get("/v2/flavors?marker=b&detailed=true");
        last.Text.Should().Be(
            $$"""{"flavors":[{"name":"c","href":"/v2/flavors/c","capabilities":{{Capabilities}}}],"links":[{"rel":"next","href":"/v2/flavors?detailed=true&marker=c"}]}""");
        (await admin.Get("/v2/flavors?marker=c")).Text.Should().Be("""{"flavors":[],"links":[]}""");
        (await admin.Get("/v2/flavors?limit=21")).ShouldBe(400, "Invalid API request");
        (await admin.Get("/v2/flavors?detailed=None")).ShouldBe(400, "Invalid parameter");
    }

    [Fact]
    public async Task flavors_are_shown_to_anyone_of_the_project_and_changed_by_administrators()
    {
        var project = $"project-{Guid.NewGuid():N}";
        using var admin = service.Administrator(project);
        using var member = service.Client(project);
        var path = New();
        await admin.Put(path, $$"""{"pool_list": ["{{await service.NewPool(admin)}}"]}""");

        (await member.Get(path)).Status.Should().Be(200);
        (await member.Get("/v2/flavors")).Status.Should().Be(200);
        (await member.Put(path, "{}")).ShouldBe(403, "Not authorized");
        (await member.Patch(path, "{}")).ShouldBe(403, "Not authorized");
        (await member.Delete(path)).ShouldBe(403, "Not authorized");
    }

    private static string New() => $"/v2/flavors/flavor-{Guid.NewGuid():N}";

    private static string NameOf(string path) => path.Split('/')[^1];

    private Task<Answer> Put(string path, string pool) => _admin.Put(path, $$"""{"pool_list": ["{{pool}}"]}""");

    private async Task<string?> FlavorOf(string pool) => (await _admin.Get($"/v2/pools/{pool}")).Json.GetProperty("flavor").GetString();

    private async Task<IEnumerable<string?>> PoolsOf(string path) =>
        (await _admin.Get(path)).Json.GetProperty("pool_list").EnumerateArray().Select(pool => pool.GetString());
}
