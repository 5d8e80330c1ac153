using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Http;

[Collection(HttpCollection.Name)]
public sealed class PostingTests(ZaqarService service) : IDisposable
{
    private const string Messages = "/v2/queues/q/messages";

    private readonly HttpClient _client = service.Client();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task posting_answers_one_path_per_message_in_the_order_given()
    {
        var posted = await _client.Post(Messages, """{"messages": [{"body": 1}, {"body": 2, "ttl": 60}, {"body": 3}]}""");

        posted.Status.Should().Be(201);
        posted.Json.Keys().Should().Equal("resources");
        var paths = posted.Json.GetProperty("resources").EnumerateArray().Select(path => path.GetString()!).ToArray();
        paths.Should().HaveCount(3).And.OnlyContain(path => path.StartsWith($"{Messages}/", StringComparison.Ordinal));
        posted.Location.Should().Be($"{Messages}?ids={string.Join(',', paths.Select(path => path.Split('/')[^1]))}");
        for (var i = 0; i < 3; i++)
            (await _client.Get(paths[i])).Json.GetProperty("body").GetInt32().Should().Be(i + 1);
        (await _client.Get(posted.Location!)).Bodies().Should().Equal("1", "2", "3");
    }

    [Theory]
    [InlineData("null"), InlineData("\"\\u0000\\ud83d\\ude00é\""), InlineData("1.50e+3"), InlineData("-0"), InlineData("9223372036854775807")]
    [InlineData("""{ "b" : 1, "a" : [ 1,2 , { } ], "b": "\/" }"""), InlineData("[]"), InlineData("true"), InlineData("\"😀\""), InlineData("1e-400")]
    public async Task a_body_comes_back_byte_for_byte(string body)
    {
        var id = (await _client.PostBodies("q", body))[0];

        (await _client.Get($"{Messages}/{id}")).Text.Should().Contain($",\"body\":{body}}}");
        (await _client.Get($"{Messages}?echo=true")).Bodies().Should().Equal(body);
        (await _client.Post("/v2/queues/q/claims")).Bodies().Should().Equal(body);
        (await _client.Get($"{Messages}?ids={id}")).Bodies().Should().Equal(body);
    }

    [Theory]
    [InlineData("", 3600), InlineData(""", "ttl": 60""", 60), InlineData(""", "ttl": 1209600""", 1209600), InlineData(""", "ttl": 60, "ttl": 61""", 61)]
    public async Task a_message_lives_as_long_as_it_says_or_an_hour(string ttl, int seconds)
    {
        var posted = await _client.Post(Messages, $$"""{"messages": [{"body": 1{{ttl}}}]}""");

        (await _client.Get(posted.Json.GetProperty("resources")[0].GetString()!)).Json.GetProperty("ttl").GetInt32().Should().Be(seconds);
    }

    [Fact]
    public async Task a_message_without_a_ttl_lives_as_long_as_its_queue_says()
    {
        await _client.Put("/v2/queues/q", """{"_default_message_ttl": 90}""");
        await _client.PostBodies("q", "1");

        (await _client.Get($"{Messages}?echo=true")).Json.GetProperty("messages")[0].GetProperty("ttl").GetInt32().Should().Be(90);
    }

    [Theory]
    [InlineData("{}"), InlineData("[]"), InlineData("""[{"body": 1}]"""), InlineData("""{"messages": []}"""), InlineData("""{"Messages": [{"body": 1}]}""")]
    [InlineData("""{"messages": [{"body": 1, "ttl": 59}]}"""), InlineData("""{"messages": [{"body": 1, "ttl": 1209601}]}""")]
    [InlineData("""{"messages": [{"body": 1, "ttl": true}]}"""), InlineData("""{"messages": [{"body": 1, "ttl": -9223372036854775808}]}""")]
    [InlineData("""{"messages": [{"body": 1}, {"body": 2, "ttl": 1}]}""")]
    public async Task a_post_outside_the_limits_is_an_invalid_request(string body)
    {
        (await _client.Post(Messages, body)).ShouldBe(400, "Invalid API request");
        (await _client.Get($"{Messages}?echo=true")).Bodies().Should().BeEmpty("all or none");
    }

    [Theory]
    [InlineData(null), InlineData(""), InlineData("""{"messages": {}}"""), InlineData("""{"messages": null}"""), InlineData("""{"messages": ["a"]}""")]
    [InlineData("""{"messages": [{}]}"""), InlineData("""{"messages": [{"ttl": 60}]}"""), InlineData("""{"messages": [{"body": 1, "ttl": null}]}""")]
    [InlineData("""{"messages": [{"body": 1, "ttl": "60"}]}"""), InlineData("""{"messages": [{"body": 1, "ttl": 60.0}]}"""), InlineData("""{"messages": [[]]}""")]
    [InlineData("""{"messages": [{"body": 1}, null]}"""), InlineData("\"messages\""), InlineData("null"), InlineData("7")]
    public async Task a_post_of_the_wrong_shape_is_an_invalid_body(string? body) =>
        (await _client.Post(Messages, body)).ShouldBe(400, "Invalid request body");

    [Fact]
    public async Task a_post_of_262144_bytes_passes_and_one_byte_more_does_not()
    {
        static string Sized(int bytes) => $$"""{"messages":[{"body":"{{new string('x', bytes - 26)}}"}]}""";

        (await _client.Post(Messages, Sized(262144))).Status.Should().Be(201);
        (await _client.Post(Messages, Sized(262145))).ShouldBe(400, "Invalid API request");
    }

    [Fact]
    public async Task a_queue_may_take_less()
    {
        await _client.Put("/v2/queues/q", """{"_max_messages_post_size": 40}""");

        (await _client.Post(Messages, """{"messages":[{"body":"345678901234567"}]}""")).ShouldBe(400, "Invalid API request");
        (await _client.Post(Messages, """{"messages":[{"body":"34567890123456"}]}""")).Status.Should().Be(201);
    }

    [Fact]
    public async Task thousands_of_messages_may_come_in_one_post()
    {
        var posted = await _client.PostBodies("q", [.. Enumerable.Range(0, 5000).Select(i => $"{i}")]);

        posted.Should().HaveCount(5000).And.OnlyHaveUniqueItems();
        (await _client.Get($"{Messages}?echo=true&marker={posted[4997]}")).Bodies().Should().Equal("4998", "4999");
    }

    [Fact]
    public async Task the_delay_counts_only_in_a_queue_that_delays()
    {
        await _client.Put("/v2/queues/slow", """{"_default_message_delay": 30}""");
        foreach (var queue in new[] { "slow", "q" })
            (await _client.Post($"/v2/queues/{queue}/messages", """{"messages": [{"body": 1}, {"body": 2, "delay": 0}, {"body": 3, "delay": 900}]}"""))
                .Status.Should().Be(201);

        (await _client.Get($"{Messages}?echo=true")).Bodies().Should().Equal("1", "2", "3");
        (await _client.Get("/v2/queues/slow/messages?echo=true")).Bodies().Should().Equal("2");
        (await _client.Get("/v2/queues/slow/messages?echo=true&include_delayed=true")).Bodies().Should().Equal("1", "2", "3");
        (await _client.Post("/v2/queues/slow/claims")).Bodies().Should().Equal("2");

        service.Advance(TimeSpan.FromSeconds(31));
        (await _client.Get("/v2/queues/slow/messages?echo=true")).Bodies().Should().Equal("1");
    }

    [Theory]
    [InlineData("901", "Invalid API request"), InlineData("-1", "Invalid API request"), InlineData("\"1\"", "Invalid request body"), InlineData("null", "Invalid request body")]
    public async Task a_delay_is_judged_only_in_a_queue_that_delays(string delay, string title)
    {
        await _client.Put("/v2/queues/slow", """{"_default_message_delay": 30}""");

        (await _client.Post("/v2/queues/slow/messages", $$"""{"messages": [{"body": 1, "delay": {{delay}}}]}""")).ShouldBe(400, title);
        (await _client.Post(Messages, $$"""{"messages": [{"body": 1, "delay": {{delay}}}]}""")).Status.Should().Be(201);
    }
}
