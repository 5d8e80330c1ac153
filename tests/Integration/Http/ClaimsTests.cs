using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Http;

[Collection(HttpCollection.Name)]
public sealed class ClaimsTests(ZaqarService service) : IDisposable
{
    private const string Claims = "/v2/queues/q/claims";
    private const string Unknown = "3381af92-2b9e-11e3-b191-71861300734c";

    private readonly HttpClient _client = service.Client();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task a_claim_answers_the_oldest_messages_its_id_last_in_their_paths()
    {
        var ids = await _client.PostBodies("q", "1", "2", "3");

        var claimed = await _client.Post($"{Claims}?limit=2", """{"ttl": 100, "grace": 60}""");

        claimed.Status.Should().Be(201);
        claimed.Json.Keys().Should().Equal("messages");
        claimed.Ids().Should().Equal(ids[0], ids[1]);
        var id = claimed.Location.Should().StartWith($"{Claims}/").And.Subject.Split('/')[^1];
        id.Should().MatchRegex("^[A-Za-z0-9_-]+$");
        var message = claimed.Json.GetProperty("messages")[0];
        message.Keys().Should().BeEquivalentTo("id", "href", "ttl", "age", "body");
        message.GetProperty("href").GetString().Should().Be($"/v2/queues/q/messages/{ids[0]}?claim_id={id}");
    }

    [Fact]
    public async Task nothing_to_claim_is_204_without_a_location()
    {
        await _client.PostBodies("q", "1");
        await _client.Claim("q");

        var nothing = await _client.Post(Claims);

        nothing.ShouldBeEmpty(204);
        nothing.Location.Should().BeNull();
    }

    [Theory]
    [InlineData(null), InlineData(""), InlineData("{}"), InlineData("""{"ttl": null, "grace": null}"""), InlineData("""{"ttl": 300, "limit": 1}""")]
    [InlineData("""{"ttl": 1, "ttl": 300, "other": [{"ttl": "x"}]}""")]
    public async Task a_claim_lives_five_minutes_when_the_client_does_not_say(string? body)
    {
        await _client.PostBodies("q", "1", "2");

        var claimed = await _client.Post(Claims, body);

        claimed.Bodies().Should().HaveCount(2);
        (await _client.Get(claimed.Location!)).Json.GetProperty("ttl").GetInt32().Should().Be(300);
    }

    [Theory]
    [InlineData("", """{"ttl": 59}"""), InlineData("", """{"ttl": 43201}"""), InlineData("", """{"ttl": true}"""), InlineData("", """{"grace": 59}""")]
    [InlineData("", """{"grace": 43201}"""), InlineData("", """{"grace": false}"""), InlineData("?limit=0", "{}"), InlineData("?limit=21", "{}"), InlineData("?limit=-1", "{}")]
    [InlineData("?wait=21", "{}"), InlineData("", """{"ttl": 9223372036854775807}""")]
    public async Task a_value_outside_its_bounds_is_an_invalid_request(string query, string body)
    {
        await _client.PostBodies("q", "1");

        (await _client.Post(Claims + query, body)).ShouldBe(400, "Invalid API request");
        (await _client.Get("/v2/queues/q/messages?echo=true")).Bodies().Should().Equal("1");
    }

    [Theory, InlineData("["), InlineData("[]"), InlineData("\"Try\""), InlineData("1"), InlineData("null"), InlineData("""{"ttl": "60"}"""), InlineData("""{"grace": 60.0}"""), InlineData("""{"ttl": []}""")]
    public async Task a_body_of_the_wrong_shape_is_an_invalid_body(string body)
    {
        (await _client.Post(Claims, body)).ShouldBe(400, "Invalid request body");
        (await _client.Patch($"{Claims}/{Unknown}", body)).ShouldBe(400, "Invalid request body");
    }

    [Theory, InlineData("?limit=x"), InlineData("?limit=1.0"), InlineData("?wait=soon")]
    public async Task a_parameter_of_the_wrong_type_comes_before_the_body(string query) =>
        (await _client.Post(Claims + query, "[")).ShouldBe(400, "Invalid parameter");

    [Fact]
    public async Task a_live_claim_shows_its_age_its_ttl_and_what_it_still_holds()
    {
        var ids = await _client.PostBodies("q", "1", "2");
        var claim = await _client.Claim("q", """{"ttl": 100, "grace": 60}""");
        await _client.Delete($"/v2/queues/q/messages/{ids[0]}?claim_id={claim}");
        service.Advance(TimeSpan.FromSeconds(19));

        var shown = await _client.Get($"{Claims}/{claim}");

        shown.Status.Should().Be(200);
        shown.Json.Keys().Should().BeEquivalentTo("age", "ttl", "messages", "href");
        shown.Json.GetProperty("ttl").GetInt32().Should().Be(100);
        shown.Json.GetProperty("age").GetInt32().Should().BeInRange(19, 79);
        shown.Json.GetProperty("href").GetString().Should().Be($"{Claims}/{claim}");
        shown.Ids().Should().Equal(ids[1]);
        shown.Json.GetProperty("messages")[0].GetProperty("href").GetString().Should().EndWith($"?claim_id={claim}");

        await _client.Delete($"/v2/queues/q/messages/{ids[1]}?claim_id={claim}");
        (await _client.Get($"{Claims}/{claim}")).Bodies().Should().BeEmpty("an empty claim lives on");
    }

    [Theory, InlineData(Unknown), InlineData("bogus"), InlineData("00000000-0000-0000-0000-000000000000")]
    public async Task an_unknown_claim_is_404_to_show_and_renew_and_204_to_release(string claim)
    {
        await _client.PostBodies("q", "1");

        (await _client.Get($"{Claims}/{claim}")).ShouldBe(404, "Not found");
        (await _client.Patch($"{Claims}/{claim}", "{}")).ShouldBe(404, "Not found");
        (await _client.Delete($"{Claims}/{claim}")).ShouldBeEmpty(204);
    }

    [Fact]
    public async Task a_renewed_claim_is_young_again_and_lives_as_long_as_it_says_or_the_default()
    {
        await _client.PostBodies("q", "1");
        var claim = await _client.Claim("q", """{"ttl": 60, "grace": 60}""");
        service.Advance(TimeSpan.FromSeconds(50));

        (await _client.Patch($"{Claims}/{claim}", """{"ttl": 200}""")).ShouldBeEmpty(204);
        service.Advance(TimeSpan.FromSeconds(150));
        (await _client.Get($"{Claims}/{claim}")).Json.GetProperty("ttl").GetInt32().Should().Be(200);

        (await _client.Patch($"{Claims}/{claim}", "{}")).ShouldBeEmpty(204);
        var shown = (await _client.Get($"{Claims}/{claim}")).Json;
        shown.GetProperty("ttl").GetInt32().Should().Be(300);
        shown.GetProperty("age").GetInt32().Should().BeLessThan(60);
    }

    [Theory, InlineData("""{"ttl": 59}"""), InlineData("""{"ttl": 43201}""")]
    public async Task a_renewal_checks_the_ttl(string body)
    {
        await _client.PostBodies("q", "1");
        var claim = await _client.Claim("q");

        (await _client.Patch($"{Claims}/{claim}", body)).ShouldBe(400, "Invalid API request");
    }

    [Theory, InlineData("""{"grace": 1}"""), InlineData("""{"grace": -5}"""), InlineData("""{"grace": 9223372036854775807}""")]
    public async Task a_renewal_does_not_check_the_grace(string body)
    {
        await _client.PostBodies("q", "1");
        var claim = await _client.Claim("q");

        (await _client.Patch($"{Claims}/{claim}", body)).ShouldBeEmpty(204);
    }

    [Theory, InlineData(null), InlineData("")]
    public async Task a_renewal_has_a_body(string? body) => (await _client.Patch($"{Claims}/{Unknown}", body)).ShouldBe(400, "Invalid request body");

    [Fact]
    public async Task a_released_claim_gives_its_messages_back_at_once()
    {
        await _client.PostBodies("q", "1", "2");
        var claim = await _client.Claim("q");

        (await _client.Delete($"{Claims}/{claim}")).ShouldBeEmpty(204);

        (await _client.Get($"{Claims}/{claim}")).ShouldBe(404, "Not found");
        (await _client.Post(Claims)).Bodies().Should().Equal("1", "2");
    }

    [Fact]
    public async Task a_claim_that_runs_out_gives_its_messages_back()
    {
        await _client.PostBodies("q", "1");
        var claim = await _client.Claim("q", """{"ttl": 60, "grace": 60}""");
        service.Advance(TimeSpan.FromSeconds(61));

        (await _client.Get($"{Claims}/{claim}")).ShouldBe(404, "Not found");
        (await _client.Patch($"{Claims}/{claim}", "{}")).ShouldBe(404, "Not found");
        (await _client.Post(Claims)).Bodies().Should().Equal("1");
    }

    [Fact]
    public async Task a_message_that_would_not_outlive_its_claim_lives_until_its_grace_is_over()
    {
        await _client.Post("/v2/queues/q/messages", """{"messages": [{"body": 1, "ttl": 60}, {"body": 2, "ttl": 3600}]}""");

        var claimed = await _client.Post(Claims, """{"ttl": 100, "grace": 70}""");
        claimed.Json.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("ttl").GetInt32()).Should().Equal(170, 3600);

        await _client.Patch(claimed.Location!, """{"ttl": 200}""");
        (await _client.Get(claimed.Location!)).Json.GetProperty("messages")[0].GetProperty("ttl").GetInt32().Should().Be(260);
        service.Advance(TimeSpan.FromSeconds(190));
        (await _client.Get(claimed.Location!)).Bodies().Should().Equal("1", "2");
        service.Advance(TimeSpan.FromSeconds(60));
        (await _client.Get("/v2/queues/q/messages?echo=true")).Bodies().Should().Equal("1", "2");
        service.Advance(TimeSpan.FromSeconds(20));
        (await _client.Get("/v2/queues/q/messages?echo=true")).Bodies().Should().Equal("2");
    }

    [Fact]
    public async Task a_message_claimed_too_often_goes_to_the_dead_letter_queue()
    {
        await _client.Put("/v2/queues/q", """{"_max_claim_count": 2, "_dead_letter_queue": "dead", "_dead_letter_queue_messages_ttl": 500}""");
        var id = (await _client.PostBodies("q", "1"))[0];
        for (var i = 0; i < 2; i++)
            await _client.Delete($"{Claims}/{await _client.Claim("q")}");

        (await _client.Post(Claims)).ShouldBeEmpty(204);

        (await _client.Get("/v2/queues/q/messages?echo=true&include_claimed=true")).Bodies().Should().BeEmpty();
        var dead = await _client.Get($"/v2/queues/dead/messages/{id}");
        dead.Json.GetProperty("body").GetInt32().Should().Be(1);
        dead.Json.GetProperty("ttl").GetInt32().Should().Be(500);
        (await _client.Delete("/v2/queues/dead/messages?pop=1")).Json.GetProperty("messages")[0].GetProperty("claim_count").GetInt32().Should().Be(2);
    }

    [Fact]
    public async Task simultaneous_claims_never_share_a_message()
    {
        await _client.PostBodies("q", [.. Enumerable.Range(0, 100).Select(i => $"{i}")]);

        var claims = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _client.Post($"{Claims}?limit=7")));

        claims.Where(claim => claim.Status == 201).SelectMany(claim => claim.Ids()).Should().HaveCount(100).And.OnlyHaveUniqueItems();
    }
}
