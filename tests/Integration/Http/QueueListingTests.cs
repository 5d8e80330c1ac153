using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Http;

[Collection(HttpCollection.Name)]
public sealed class QueueListingTests(ZaqarService service) : IAsyncLifetime
{
    private readonly HttpClient _client = service.Client();

    public async Task InitializeAsync()
    {
        await _client.Put("/v2/queues/beta", """{"color": "red", "size": 7}""");
        await _client.Put("/v2/queues/alpha", """{"color": "red", "size": "7"}""");
        await _client.Put("/v2/queues/Gamma", """{"color": "blue", "big": true}""");
        await _client.Put("/v2/queues/be.ta");
    }

    public Task DisposeAsync()
    {
        _client.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task queues_are_listed_by_name_with_their_paths_and_nothing_else()
    {
        var listed = await _client.Get("/v2/queues");

        Names(listed).Should().Equal("Gamma", "alpha", "be.ta", "beta");
        listed.Json.Keys().Should().Equal("queues", "links");
        listed.Json.GetProperty("queues")[1].Keys().Should().Equal("name", "href");
        listed.Json.GetProperty("queues")[1].GetProperty("href").GetString().Should().Be("/v2/queues/alpha");
    }

    [Fact]
    public async Task pages_follow_their_links_to_an_empty_page_without_one()
    {
        var names = new List<string>();
        var page = await _client.Get("/v2/queues?limit=3");
        while (page.Json.GetProperty("links").GetArrayLength() == 1)
        {
            names.AddRange(Names(page));
            page.Json.GetProperty("links")[0].GetProperty("rel").GetString().Should().Be("next");
            page = await _client.Get(Next(page));
        }

        names.Should().Equal("Gamma", "alpha", "be.ta", "beta");
        page.Text.Should().Be("""{"queues":[],"links":[]}""");
    }

    [Fact]
    public async Task a_link_carries_the_parameters_in_effect_and_the_new_marker_encoded()
    {
        var link = Next(await _client.Get("/v2/queues?color=red&detailed=True&limit=+2&name=a&with_count=no&marker=A&x=&limit=1"));

        link.Should().Be("/v2/queues?limit=1&detailed=true&name=a&with_count=false&color=red&marker=alpha");
        Next(await _client.Get("/v2/queues?k%7B%26=&name=%62e.t")).Should().Be("/v2/queues?name=be.t&marker=be.ta");
    }

    [Fact]
    public async Task a_marker_is_any_name_and_the_page_has_those_after_it()
    {
        Names(await _client.Get("/v2/queues?marker=alpha")).Should().Equal("be.ta", "beta");
        Names(await _client.Get("/v2/queues?marker=b")).Should().Equal("be.ta", "beta");
        Names(await _client.Get("/v2/queues?marker=~%C3%A9%7B")).Should().BeEmpty();
    }

    [Fact]
    public async Task a_detailed_listing_shows_metadata_with_defaults()
    {
        var detailed = await _client.Get("/v2/queues?detailed=true&name=alpha");

        var metadata = detailed.Json.GetProperty("queues")[0].GetProperty("metadata");
        metadata.GetProperty("color").GetString().Should().Be("red");
        metadata.GetProperty("_default_message_ttl").GetInt32().Should().Be(3600);
    }

    [Fact]
    public async Task a_name_filter_is_a_piece_of_the_name_and_no_pattern()
    {
        Names(await _client.Get("/v2/queues?name=et")).Should().Equal("beta");
        Names(await _client.Get("/v2/queues?name=e.t")).Should().Equal("be.ta");
        Names(await _client.Get("/v2/queues?name=.*")).Should().BeEmpty();
        Names(await _client.Get("/v2/queues?name=%25")).Should().BeEmpty();
        Names(await _client.Get("/v2/queues?name=gamma")).Should().BeEmpty("case counts");
    }

    [Fact]
    public async Task other_parameters_filter_by_metadata_all_of_them()
    {
        Names(await _client.Get("/v2/queues?color=red")).Should().Equal("alpha", "beta");
        Names(await _client.Get("/v2/queues?color=red&size=7")).Should().Equal("alpha", "beta");
        Names(await _client.Get("/v2/queues?size=8")).Should().BeEmpty();
        Names(await _client.Get("/v2/queues?big=true")).Should().BeEmpty("only text and whole numbers are compared");
        Names(await _client.Get("/v2/queues?color=blue&nothing=1")).Should().BeEmpty();
        Names(await _client.Get("/v2/queues?nothing=")).Should().HaveCount(4, "a blank filter is none");
    }

    [Fact]
    public async Task a_count_is_of_all_queues_whatever_the_filters_and_absent_when_zero()
    {
        (await _client.Get("/v2/queues?with_count=true&limit=1&name=alpha")).Json.GetProperty("count").GetInt64().Should().Be(4);

        using var other = service.Client();
        (await other.Get("/v2/queues?with_count=true")).Text.Should().Be("""{"queues":[],"links":[]}""");
    }

    [Theory, InlineData("limit=0"), InlineData("limit=-1"), InlineData("limit=21"), InlineData("limit=200"), InlineData("limit=99999999999999999999")]
    public async Task a_limit_outside_1_to_20_is_refused(string query) =>
        (await _client.Get($"/v2/queues?{query}")).ShouldBe(400, "Invalid API request");

    [Theory, InlineData("limit=x"), InlineData("detailed=None"), InlineData("detailed=TRUE"), InlineData("with_count=2"), InlineData("limit=1.5"), InlineData("marker=%00"), InlineData("name=a%00"), InlineData("k=%00")]
    public async Task a_parameter_of_the_wrong_type_is_refused(string query) =>
        (await _client.Get($"/v2/queues?{query}")).ShouldBe(400, "Invalid parameter");

    [Fact]
    public async Task a_page_has_10_queues_unless_asked_otherwise_and_20_at_most()
    {
        using var client = service.Client();
        for (var i = 0; i < 22; i++)
            await client.Put($"/v2/queues/q{i:00}");

        Names(await client.Get("/v2/queues")).Should().HaveCount(10);
        Names(await client.Get("/v2/queues?limit=")).Should().HaveCount(10);
        Names(await client.Get("/v2/queues?limit=20")).Should().HaveCount(20);
        Names(await client.Get("/v2/queues?limit=1,3")).Should().HaveCount(3, "the last value wins");
    }

    private static string[] Names(Answer answer) =>
        [.. answer.Json.GetProperty("queues").EnumerateArray().Select(queue => queue.GetProperty("name").GetString()!)];

    private static string Next(Answer answer) => answer.Json.GetProperty("links")[0].GetProperty("href").GetString()!;
}
