using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Topics;

[Collection(HttpCollection.Name)]
public sealed class TopicListingTests(ZaqarService service) : IAsyncLifetime
{
    private readonly HttpClient _client = service.Client();

    public async Task InitializeAsync()
    {
        await _client.Put("/v2/topics/beta", """{"color": "red", "size": 7}""");
        await _client.Put("/v2/topics/alpha", """{"color": "red", "with_count": "true"}""");
        await _client.Put("/v2/topics/Gamma", """{"color": "blue"}""");
        await _client.Put("/v2/topics/be.ta");
        foreach (var queue in new[] { "alpha", "between", "zeta" })
            await _client.Put($"/v2/queues/{queue}", """{"color": "red"}""");
    }

    public Task DisposeAsync()
    {
        _client.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task topics_are_listed_by_name_with_their_paths_and_nothing_else()
    {
        var listed = await _client.Get("/v2/topics");

        Names(listed).Should().Equal("Gamma", "alpha", "be.ta", "beta");
        listed.Json.Keys().Should().Equal("topics", "links");
        listed.Json.GetProperty("topics")[1].Keys().Should().Equal("name", "href");
        listed.Json.GetProperty("topics")[1].GetProperty("href").GetString().Should().Be("/v2/topics/alpha");
    }

    [Fact]
    public async Task pages_follow_their_links_to_an_empty_page_without_one()
    {
        var names = new List<string>();
        var page = await _client.Get("/v2/topics?limit=3");
        for (; page.Next() is { } next; page = await _client.Get(next))
            names.AddRange(Names(page));

        names.Should().Equal("Gamma", "alpha", "be.ta", "beta");
        page.Text.Should().Be("""{"topics":[],"links":[]}""");
    }

    [Fact]
    public async Task a_link_carries_the_parameters_in_effect_and_the_new_marker() =>
        (await _client.Get("/v2/topics?color=red&detailed=True&name=a&marker=A&limit=1")).Next()
            .Should().Be("/v2/topics?limit=1&detailed=true&name=a&color=red&marker=alpha");

    [Theory]
    [InlineData("marker=alpha", "be.ta", "beta"), InlineData("marker=b", "be.ta", "beta"), InlineData("marker=~"), InlineData("marker=~%C3%A9")]
    [InlineData("name=et", "beta"), InlineData("name=e.t", "be.ta"), InlineData("name=.*"), InlineData("name=~"), InlineData("name=~alpha")]
    [InlineData("name=gamma"), InlineData("color=red", "alpha", "beta"), InlineData("color=red&size=7", "beta"), InlineData("nothing=", "Gamma", "alpha", "be.ta", "beta")]
    public async Task names_and_metadata_pick_topics_as_they_pick_queues(string query, params string[] names) =>
        Names(await _client.Get($"/v2/topics?{query}")).Should().Equal(names);

    [Fact]
    public async Task topics_are_not_counted_so_with_count_is_a_filter_like_any_other()
    {
        var listed = await _client.Get("/v2/topics?with_count=true");

        Names(listed).Should().Equal("alpha");
        listed.Json.Keys().Should().Equal("topics", "links");
    }

    [Fact]
    public async Task a_detailed_listing_shows_metadata_with_the_three_defaults() =>
        (await _client.Get("/v2/topics?detailed=true&name=Gamma")).Json.GetProperty("topics")[0].GetProperty("metadata").GetRawText()
            .Should().Be("""{"color":"blue","_max_messages_post_size":262144,"_default_message_ttl":3600,"_default_message_delay":0}""");

    [Theory, InlineData("limit=0", "Invalid API request"), InlineData("limit=21", "Invalid API request"), InlineData("limit=x", "Invalid parameter"), InlineData("detailed=maybe", "Invalid parameter")]
    public async Task a_parameter_that_is_wrong_is_refused(string query, string title) => (await _client.Get($"/v2/topics?{query}")).ShouldBe(400, title);

    [Fact]
    public async Task queues_are_listed_and_counted_without_topics()
    {
        var listed = await _client.Get("/v2/queues?with_count=true");

        listed.Json.GetProperty("queues").EnumerateArray().Select(queue => queue.GetProperty("name").GetString()).Should().Equal("alpha", "between", "zeta");
        listed.Json.GetProperty("count").GetInt64().Should().Be(3);
        (await _client.Get("/v2/queues?marker=zeta")).Text.Should().Be("""{"queues":[],"links":[]}""");
        (await _client.Get("/v2/queues?marker=~")).Text.Should().Be("""{"queues":[],"links":[]}""");
        (await _client.Get("/v2/queues?name=gamma")).Json.GetProperty("queues").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task another_projects_topics_are_not_listed()
    {
        using var stranger = service.Client();

        (await stranger.Get("/v2/topics")).Text.Should().Be("""{"topics":[],"links":[]}""");
        (await stranger.Get("/v2/topics?color=red&name=alpha")).Text.Should().Be("""{"topics":[],"links":[]}""");
    }

    private static string[] Names(Answer answer) =>
        [.. answer.Json.GetProperty("topics").EnumerateArray().Select(topic => topic.GetProperty("name").GetString()!)];
}
