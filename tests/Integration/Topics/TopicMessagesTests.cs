using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Topics;

[Collection(HttpCollection.Name)]
public sealed class TopicMessagesTests(ZaqarService service) : IDisposable
{
    private const string Messages = "/v2/topics/t/messages";
    private const string SomeId = "00000000-0000-0001-1111-111111111111";

    private readonly HttpClient _client = service.Client();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task posting_makes_the_topic_and_answers_paths_under_it()
    {
        var posted = await _client.Ask("POST", Messages, """{"messages": [{"body": 1, "ttl": 60}, {"body": {"a": [ ]}}]}""");

        posted.Status.Should().Be(201, posted.Text);
        var resources = posted.Json.GetProperty("resources").EnumerateArray().Select(path => path.GetString()!).ToArray();
        resources.Should().HaveCount(2).And.OnlyContain(path => path.StartsWith($"{Messages}/", StringComparison.Ordinal));
        posted.Location.Should().Be($"{Messages}?ids={string.Join(',', resources.Select(path => path.Split('/')[^1]))}");
        (await _client.Head("/v2/topics/t")).ShouldBeEmpty(204);
        (await _client.Get(posted.Location!)).Bodies().Should().Equal("1", """{"a": [ ]}""");
        (await _client.Get(resources[1])).Json.GetProperty("href").GetString().Should().Be(resources[1]);
    }

    [Fact]
    public async Task a_topics_metadata_steers_what_is_posted()
    {
        await _client.Put("/v2/topics/t", """{"_default_message_ttl": 77, "_default_message_delay": 600, "_max_messages_post_size": 60}""");

        var id = (await _client.Publish("t", "1"))[0];

        (await _client.Get($"{Messages}/{id}")).Json.GetProperty("ttl").GetInt32().Should().Be(77);
        (await _client.Published("t")).Should().BeEmpty("it is delayed");
        (await _client.Get($"{Messages}?echo=true&include_delayed=true")).Bodies().Should().Equal("1");
        (await _client.Ask("POST", Messages, $$"""{"messages": [{"body": "{{new string('x', 60)}}"}]}""")).ShouldBe(400, "Invalid API request");
    }

    [Fact]
    public async Task pages_go_on_under_the_topic_to_their_end()
    {
        await _client.Publish("t", "1", "2", "3");

        var page = await _client.Get($"{Messages}?echo=true&limit=2");

        page.Bodies().Should().Equal("1", "2");
        page.Json.GetProperty("messages")[0].GetProperty("href").GetString().Should().StartWith($"{Messages}/");
        page.Next().Should().Be($"{Messages}?limit=2&echo=true&include_delayed=true&marker={page.Ids()[1]}");
        var last = await _client.Get(page.Next()!);
        last.Bodies().Should().Equal("3");
        (await _client.Get(last.Next()!)).Text.Should().Be("""{"messages":[],"links":[]}""");
    }

    [Fact]
    public async Task a_listing_leaves_out_the_clients_own_messages_unless_asked()
    {
        using var other = service.Client(_client.DefaultRequestHeaders.GetValues("X-Project-ID").Single());
        await _client.Publish("t", "1");

        (await _client.Get(Messages)).Bodies().Should().BeEmpty();
        (await other.Get(Messages)).Bodies().Should().Equal("1");
    }

    [Fact]
    public async Task a_listing_that_waits_is_answered_when_something_is_posted()
    {
        var waiting = _client.Get($"{Messages}?echo=true&wait=20");

        await _client.Publish("t", "1");

        (await waiting).Bodies().Should().Equal("1");
    }

    [Fact]
    public async Task a_message_is_deleted_once_and_gone_from_then_on()
    {
        var ids = await _client.Publish("t", "1", "2");

        (await _client.Delete($"{Messages}/{ids[0]}?claim_id={SomeId}")).ShouldBe(400, "Unable to delete");
        (await _client.Delete($"{Messages}/{ids[0]}")).ShouldBeEmpty(204);
        (await _client.Delete($"{Messages}/{ids[0]}")).ShouldBeEmpty(204);

        (await _client.Get($"{Messages}/{ids[0]}")).ShouldBe(404, "Not found");
        (await _client.Get($"{Messages}?ids={ids[0]}")).ShouldBe(404, "Not found");
        (await _client.Published("t")).Should().Equal("2");
    }

    [Fact]
    public async Task messages_are_deleted_by_their_ids()
    {
        var ids = await _client.Publish("t", "1", "2", "3");

        (await _client.Delete($"{Messages}?ids={ids[0]},{SomeId}&ids={ids[2]}")).ShouldBeEmpty(204);

        (await _client.Published("t")).Should().Equal("2");
    }

    [Fact]
    public async Task the_oldest_are_popped_as_from_a_queue()
    {
        await _client.Publish("t", "1", "2", "3");

        var popped = await _client.Delete($"{Messages}?pop=2");

        popped.Status.Should().Be(200, popped.Text);
        popped.Bodies().Should().Equal("1", "2");
        (await _client.Published("t")).Should().Equal("3");
    }

    [Theory, InlineData(""), InlineData("?pop=0"), InlineData("?pop=21"), InlineData($"?pop=1&ids={SomeId}")]
    public async Task a_bulk_delete_says_what_goes(string query) => (await _client.Delete(Messages + query)).ShouldBe(400, "Invalid API request");

    [Theory]
    [InlineData("GET", "", 200), InlineData("HEAD", "", 404), InlineData("DELETE", "", 204), InlineData("GET", "/stats", 200), InlineData("POST", "/purge", 204)]
    [InlineData("GET", "/messages", 200), InlineData("GET", $"/messages?ids={SomeId}", 404), InlineData("GET", $"/messages/{SomeId}", 404)]
    [InlineData("DELETE", $"/messages/{SomeId}", 204), InlineData("DELETE", $"/messages?ids={SomeId}", 204), InlineData("DELETE", "/messages?pop=1", 200)]
    [InlineData("GET", "/subscriptions", 200), InlineData("GET", $"/subscriptions/{SomeId}", 404), InlineData("DELETE", $"/subscriptions/{SomeId}", 204)]
    public async Task a_missing_topic_stays_missing_after(string method, string path, int status)
    {
        (await _client.Ask(method, $"/v2/topics/missing{path}")).Status.Should().Be(status);
        (await _client.Head("/v2/topics/missing")).Status.Should().Be(404);
    }

    [Theory]
    [InlineData("messages", "{"), InlineData("messages", """{"messages": [{"body": 1, "ttl": 1}]}"""), InlineData("messages", """{"messages": ["a"]}""")]
    [InlineData("subscriptions", "[]"), InlineData("subscriptions", """{"subscriber": "gopher://x"}"""), InlineData("subscriptions", """{"subscriber": "http://example.com/", "ttl": 1}""")]
    public async Task a_post_that_is_refused_does_not_make_it(string what, string body)
    {
        (await _client.Ask("POST", $"/v2/topics/missing/{what}", body)).Status.Should().Be(400);
        (await _client.Head("/v2/topics/missing")).Status.Should().Be(404);
    }
}
