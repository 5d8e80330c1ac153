using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Http;

[Collection(HttpCollection.Name)]
public sealed class ListingTests(ZaqarService service) : IDisposable
{
    private const string Messages = "/v2/queues/q/messages";

    private readonly HttpClient _client = service.Client();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task a_listed_message_has_five_keys_and_no_more()
    {
        var id = (await _client.PostBodies("q", """{"n": 1}"""))[0];

        var listed = await _client.Get($"{Messages}?echo=true");

        listed.Status.Should().Be(200);
        listed.Header("Content-Type").Should().Be("application/json");
        listed.Json.Keys().Should().Equal("messages", "links");
        var message = listed.Json.GetProperty("messages")[0];
        message.Keys().Should().BeEquivalentTo("id", "href", "ttl", "age", "body");
        message.GetProperty("id").GetString().Should().Be(id).And.MatchRegex("^[A-Za-z0-9_-]+$");
        message.GetProperty("href").GetString().Should().Be($"{Messages}/{id}");
        message.GetProperty("ttl").GetInt32().Should().Be(3600);
        message.GetProperty("age").GetInt32().Should().BeInRange(0, 60);
    }

    [Fact]
    public async Task a_clients_own_messages_are_left_out_unless_it_asks_for_an_echo()
    {
        var project = Guid.NewGuid().ToString();
        using var one = service.Client(project);
        using var two = service.Client(project);
        await one.PostBodies("q", "1");
        await two.PostBodies("q", "2");

        (await one.Get(Messages)).Bodies().Should().Equal("2");
        (await two.Get(Messages)).Bodies().Should().Equal("1");
        (await one.Get($"{Messages}?echo=True")).Bodies().Should().Equal("1", "2");
    }

    [Fact]
    public async Task claimed_messages_are_left_out_unless_asked_for_and_then_name_their_claim_last()
    {
        var ids = await _client.PostBodies("q", "1", "2");
        var claimed = await _client.Post("/v2/queues/q/claims?limit=1");
        var claim = claimed.Location!.Split('/')[^1];

        (await _client.Get($"{Messages}?echo=true")).Bodies().Should().Equal("2");
        var all = await _client.Get($"{Messages}?echo=true&include_claimed=true");
        all.Ids().Should().Equal(ids);
        all.Json.GetProperty("messages")[0].GetProperty("href").GetString().Should().Be($"{Messages}/{ids[0]}?claim_id={claim}");
        all.Json.GetProperty("messages")[1].GetProperty("href").GetString().Should().Be($"{Messages}/{ids[1]}");
    }

    [Fact]
    public async Task a_message_names_its_claim_only_while_the_claim_lives()
    {
        var id = (await _client.PostBodies("q", "1"))[0];
        await _client.Claim("q", """{"ttl": 60, "grace": 60}""");

        service.Advance(TimeSpan.FromSeconds(61));

        (await _client.Get($"{Messages}/{id}")).Json.GetProperty("href").GetString().Should().Be($"{Messages}/{id}");
        (await _client.Get($"{Messages}?echo=true")).Bodies().Should().Equal("1");
    }

    [Fact]
    public async Task pages_follow_their_links_and_the_last_page_has_one_too()
    {
        await _client.PostBodies("q", [.. Enumerable.Range(1, 25).Select(i => $"{i}")]);

        var bodies = new List<string>();
        var sizes = new List<int>();
        var page = await _client.Get($"{Messages}?echo=true&limit=10");
        while (page.Bodies().Length > 0)
        {
            bodies.AddRange(page.Bodies());
            sizes.Add(page.Bodies().Length);
            page = await _client.Get(Next(page));
        }

        sizes.Should().Equal(10, 10, 5);
        bodies.Should().Equal(Enumerable.Range(1, 25).Select(i => $"{i}"));
        page.Text.Should().Be("""{"messages":[],"links":[]}""");
    }

    [Fact]
    public async Task a_link_carries_the_parameters_in_effect_and_includes_delayed_ones_where_the_queue_delays_none()
    {
        var id = (await _client.PostBodies("q", "1"))[0];
        await _client.Put("/v2/queues/slow", """{"_default_message_delay": 10}""");
        var slow = await _client.Post("/v2/queues/slow/messages", """{"messages": [{"body": 1, "delay": 0}]}""");
        var slowId = slow.Location!.Split('=')[^1];

        Next(await _client.Get($"{Messages}?limit=2&echo=yes&include_claimed=0&unknown=1"))
            .Should().Be($"{Messages}?limit=2&echo=true&include_claimed=false&include_delayed=true&marker={id}");
        Next(await _client.Get("/v2/queues/slow/messages?echo=1")).Should().Be($"/v2/queues/slow/messages?echo=true&marker={slowId}");
    }

    [Fact]
    public async Task any_message_id_is_a_marker_also_of_one_that_is_gone()
    {
        var ids = await _client.PostBodies("q", "1", "2", "3");
        await _client.Delete($"{Messages}/{ids[1]}");

        (await _client.Get($"{Messages}?echo=true&marker={ids[0]}")).Bodies().Should().Equal("3");
        (await _client.Get($"{Messages}?echo=true&marker={ids[1]}")).Bodies().Should().Equal("3");
        (await _client.Get($"{Messages}?echo=true&marker={ids[2]}")).Bodies().Should().BeEmpty();
    }

    [Theory, InlineData("1"), InlineData("bogus"), InlineData("%7B%7D"), InlineData("%FF"), InlineData("00000000-0000-0000-0000-000000000000"), InlineData("ffffffff-ffff-ffff-ffff-ffffffffffff"), InlineData("7fffffff-ffff-ffff-ffff-ffffffffffff")]
    public async Task a_marker_that_is_no_id_stands_behind_everything(string marker)
    {
        await _client.PostBodies("q", "1");

        (await _client.Get($"{Messages}?echo=true&marker={marker}")).Text.Should().Be("""{"messages":[],"links":[]}""");
    }

    [Theory, InlineData("limit=0"), InlineData("limit=-1"), InlineData("limit=21"), InlineData("limit=9999999999999999999999"), InlineData("wait=21"), InlineData("wait=-1")]
    public async Task a_value_outside_its_bounds_is_an_invalid_request(string query) =>
        (await _client.Get($"{Messages}?{query}")).ShouldBe(400, "Invalid API request");

    [Theory, InlineData("limit=a"), InlineData("limit=1.0"), InlineData("echo=None"), InlineData("include_claimed=None"), InlineData("include_delayed=FALSE"), InlineData("wait=x"), InlineData("marker=%00")]
    public async Task a_value_of_the_wrong_type_is_an_invalid_parameter(string query) =>
        (await _client.Get($"{Messages}?{query}")).ShouldBe(400, "Invalid parameter");

    [Fact]
    public async Task messages_are_got_by_ids_in_either_spelling_claimed_and_own_ones_included()
    {
        var ids = await _client.PostBodies("q", "1", "2", "3");
        await _client.Post("/v2/queues/q/claims?limit=1");

        var commas = await _client.Get($"{Messages}?ids={ids[2]},{ids[0]},bogus,{ids[0]}");
        var repeated = await _client.Get($"{Messages}?ids={ids[2]}&ids={ids[0]}&echo=nonsense");

        commas.Ids().Should().BeEquivalentTo(ids[0], ids[2]);
        commas.Json.Keys().Should().Equal("messages");
        repeated.Ids().Should().BeEquivalentTo(ids[0], ids[2]);
    }

    [Fact]
    public async Task no_more_than_20_ids_are_taken_and_none_found_is_404()
    {
        var id = (await _client.PostBodies("q", "1"))[0];
        string Ids(int count) => string.Join(',', Enumerable.Repeat(id, count));

        (await _client.Get($"{Messages}?ids={Ids(20)}")).Ids().Should().Equal(id);
        (await _client.Get($"{Messages}?ids={Ids(21)}")).ShouldBe(400, "Invalid API request");
        (await _client.Get($"{Messages}?ids={Ids(1000)}")).ShouldBe(400, "Invalid API request");
        (await _client.Get($"{Messages}?ids=bogus,00000000-0000-0001-0000-000000000000")).ShouldBe(404, "Not found");
        (await _client.Get($"{Messages}?ids=&echo=true")).Ids().Should().Equal(id);
    }

    [Fact]
    public async Task one_message_is_shown_as_in_a_listing()
    {
        var id = (await _client.PostBodies("q", "\"x\""))[0];

        var shown = await _client.Get($"{Messages}/{id}");

        shown.Status.Should().Be(200);
        shown.Json.Keys().Should().BeEquivalentTo("id", "href", "ttl", "age", "body");
        shown.Text.Should().Contain("\"body\":\"x\"");
    }

    [Theory, InlineData("bogus"), InlineData("00000000-0000-0001-0000-000000000000"), InlineData("%00"), InlineData("'%20or%201=1"), InlineData("ffffffff-ffff-ffff-ffff-ffffffffffff")]
    public async Task an_id_that_is_none_is_not_found(string id)
    {
        await _client.PostBodies("q", "1");

        // The server itself refuses a NUL in a path, before the API sees it.
        if (id != "%00")
            (await _client.Get($"{Messages}/{id}")).ShouldBe(404, "Not found");
        else
            (await _client.Get($"{Messages}/{id}")).Status.Should().Be(400);
    }

    [Fact]
    public async Task expired_messages_are_nowhere()
    {
        var ids = await _client.PostBodies("q", "1");
        service.Advance(TimeSpan.FromSeconds(3601));

        (await _client.Get($"{Messages}?echo=true&include_claimed=true")).Bodies().Should().BeEmpty();
        (await _client.Get($"{Messages}/{ids[0]}")).ShouldBe(404, "Not found");
        (await _client.Get($"{Messages}?ids={ids[0]}")).ShouldBe(404, "Not found");
        (await _client.Post("/v2/queues/q/claims")).ShouldBeEmpty(204);
        (await _client.Get("/v2/queues/q/stats")).Json.GetProperty("messages").GetProperty("total").GetInt32().Should().Be(0);
        (await _client.Delete($"{Messages}/{ids[0]}")).ShouldBeEmpty(204);
    }

    private static string Next(Answer answer) => answer.Json.GetProperty("links")[0].GetProperty("href").GetString()!;
}
