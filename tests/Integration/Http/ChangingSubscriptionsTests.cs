using FluentAssertions;
using Xunit;
using static Zaqar.Integration.Http.Subscribing;

namespace Zaqar.Integration.Http;

[Collection(HttpCollection.Name)]
public sealed class ChangingSubscriptionsTests(ZaqarService service) : IDisposable
{
    private const string All = "/v2/queues/q/subscriptions";

    private readonly HttpClient _client = service.Client();

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("""{"subscriber": "https://example.org/new"}""", "https://example.org/new", 300, """{"a": 1}""")]
    [InlineData("""{"ttl": 600}""", Hook, 600, """{"a": 1}""")]
    [InlineData("""{"options": {"b":  2}}""", Hook, 300, """{"b":  2}""")]
    [InlineData("""{"subscriber": null, "ttl": null, "options": {}}""", Hook, 300, "{}")]
    [InlineData("""{"subscriber": "mailto:a@example.org", "ttl": 61, "options": null, "x": 5}""", "mailto:a@example.org", 61, """{"a": 1}""")]
    public async Task what_is_given_is_changed_and_the_rest_stays(string body, string subscriber, int ttl, string options)
    {
        var id = await _client.Subscribe("q", ttl: 300, options: """{"a": 1}""");
        await _client.Confirm("q", id);

        var changed = await _client.Patch($"{All}/{id}", body);

        changed.ShouldBeEmpty(204);
        changed.Location.Should().Be($"{All}/{id}");
        var shown = (await _client.Get($"{All}/{id}")).Json;
        shown.GetProperty("subscriber").GetString().Should().Be(subscriber);
        shown.GetProperty("ttl").GetInt32().Should().Be(ttl);
        shown.GetProperty("options").GetRawText().Should().Be(options);
        shown.GetProperty("confirmed").GetBoolean().Should().BeTrue();
    }

    [Theory]
    [InlineData("", "Unable to update subscription"), InlineData("{}", "Unable to update subscription"), InlineData("""{"confirmed": true}""", "Unable to update subscription")]
    [InlineData("""{"subscriber": null, "ttl": null, "options": null}""", "Unable to update subscription")]
    [InlineData("""{"subscriber": ""}""", "Invalid API request"), InlineData("""{"subscriber": 5}""", "Invalid API request"), InlineData("""{"subscriber": "x://y"}""", "Invalid API request")]
    [InlineData("""{"subscriber": "http://10.0.0.1"}""", "Invalid API request"), InlineData("""{"ttl": 59}""", "Invalid API request"), InlineData("""{"ttl": 0}""", "Invalid API request")]
    [InlineData("""{"ttl": 60.0}""", "Invalid API request"), InlineData("""{"ttl": "60"}""", "Invalid API request"), InlineData("""{"ttl": 9223372036854775807}""", "Invalid API request")]
    [InlineData("""{"options": []}""", "Invalid API request"), InlineData("""{"options": 0}""", "Invalid API request"), InlineData("""{"options": {"_retry_policy": "x"}}""", "Invalid API request")]
    [InlineData("""{"options": {"post_headers": {"Connection": "close"}}}""", "Invalid API request"), InlineData("""{"ttl": 90, "options": {"secret": ""}}""", "Invalid API request")]
    [InlineData("[]", "Invalid request body"), InlineData("null", "Invalid request body"), InlineData("7", "Invalid request body"), InlineData("{\"ttl\": 90", "Invalid request body")]
    public async Task a_bad_change_is_refused_and_changes_nothing(string body, string title)
    {
        var id = await _client.Subscribe("q", ttl: 300, options: """{"a": 1}""");

        (await _client.Patch($"{All}/{id}", body)).ShouldBe(400, title);

        var shown = (await _client.Get($"{All}/{id}")).Json;
        (shown.GetProperty("subscriber").GetString(), shown.GetProperty("ttl").GetInt32(), shown.GetProperty("options").GetRawText())
            .Should().Be((Hook, 300, """{"a": 1}"""));
    }

    [Theory, InlineData("3381af92-2b9e-11e3-b191-71861300734c"), InlineData("no-subscription")]
    public async Task a_change_is_judged_before_it_is_asked_whether_there_is_the_subscription(string id)
    {
        (await _client.Patch($"{All}/{id}", """{"ttl": 59}""")).ShouldBe(400, "Invalid API request");
        (await _client.Patch($"{All}/{id}", """{"ttl": 60}""")).ShouldBe(404, "Not found");
    }

    [Fact]
    public async Task a_subscriber_that_another_subscription_of_the_queue_has_is_in_the_way()
    {
        var id = await _client.Subscribe("q", $"{Hook}/1");
        var other = await _client.Subscribe("q", $"{Hook}/2");
        await _client.Subscribe("other", $"{Hook}/3");

        (await _client.Patch($"{All}/{id}", $$"""{"subscriber": "{{Hook}}/2"}""")).ShouldBe(409, "Resource conflict");
        (await _client.Patch($"{All}/{id}", $$"""{"subscriber": "{{Hook}}/1"}""")).ShouldBeEmpty(204);
        (await _client.Patch($"{All}/{id}", $$"""{"subscriber": "{{Hook}}/3"}""")).ShouldBeEmpty(204);
        (await _client.Patch($"{All}/{other}", $$"""{"subscriber": "{{Hook}}/1"}""")).ShouldBeEmpty(204);
    }
}
