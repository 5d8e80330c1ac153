using FluentAssertions;
using Xunit;
using Zaqar.Domain.Queues;
using Zaqar.Integration.Deliveries;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Topics;

[Collection(HttpCollection.Name)]
public sealed class TopicSubscriptionsTests(ZaqarService service) : IDisposable
{
    private const string All = "/v2/topics/t/subscriptions";

    private readonly string _project = $"project-{Guid.NewGuid():N}";
    private readonly HttpClient _client = service.Client();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task subscribing_makes_the_topic_and_shows_it_as_the_source()
    {
        var created = await _client.Ask("POST", All, """{"subscriber": "http://example.com/hook", "ttl": 600, "options": {"a": 1}}""");

        created.Status.Should().Be(201, created.Text);
        created.Location.Should().Be(All);
        (await _client.Head("/v2/topics/t")).ShouldBeEmpty(204);
        var id = created.Json.GetProperty("subscription_id").GetString();
        var shown = (await _client.Get($"{All}/{id}")).Json;
        shown.Keys().Should().Equal("id", "source", "subscriber", "ttl", "age", "options", "confirmed");
        shown.GetProperty("source").GetString().Should().Be("t");
        shown.GetProperty("confirmed").GetBoolean().Should().BeFalse();
        (await _client.Get(All)).Json.GetProperty("subscriptions")[0].GetProperty("source").GetString().Should().Be("t");
    }

    [Fact]
    public async Task a_subscriber_subscribes_once_and_the_conflict_names_the_topics_collection()
    {
        var id = await _client.SubscribeToTopic("t");

        (await _client.SubscribeToTopic("t")).Should().Be(id, "it waits to be confirmed");
        var confirmed = await _client.Put($"{All}/{id}/confirm", """{"confirmed": true}""");
        confirmed.ShouldBeEmpty(204);
        confirmed.Location.Should().Be($"{All}/{id}/confirm");

        var again = await _client.Ask("POST", All, $$"""{"subscriber": "{{Subscribing.Hook}}"}""");
        again.ShouldBe(409, "Resource conflict");
        again.Location.Should().Be(All);
        again.Text.Should().NotContain("~");
    }

    [Fact]
    public async Task a_subscription_is_changed_and_ended_under_its_topic()
    {
        var id = await _client.SubscribeToTopic("t");
        var other = await _client.SubscribeToTopic("t", $"{Subscribing.Hook}/2");

        var changed = await _client.Patch($"{All}/{id}", """{"ttl": 7200, "options": {"b": 2}}""");

        changed.ShouldBeEmpty(204);
        changed.Location.Should().Be($"{All}/{id}");
        (await _client.Get($"{All}/{id}")).Json.GetProperty("ttl").GetInt32().Should().Be(7200);
        var conflict = await _client.Patch($"{All}/{other}", $$"""{"subscriber": "{{Subscribing.Hook}}"}""");
        conflict.ShouldBe(409, "Resource conflict");
        conflict.Location.Should().Be(All);
        (await _client.Patch($"{All}/{id}", "{}")).ShouldBe(400, "Unable to update subscription");
        (await _client.Delete($"{All}/{id}")).ShouldBeEmpty(204);
        (await _client.Get($"{All}/{id}")).ShouldBe(404, "Not found");
    }

    [Fact]
    public async Task pages_go_on_under_the_topic()
    {
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
            ids.Add(await _client.SubscribeToTopic("t", $"{Subscribing.Hook}/{i}"));

        var page = await _client.Get($"{All}?limit=2");

        Subscribing.SubscriptionIds(page).Should().Equal(ids[..2]);
        page.Next().Should().Be($"{All}?limit=2&marker={ids[1]}");
        Subscribing.SubscriptionIds(await _client.Get(page.Next()!)).Should().Equal(ids[2]);
    }

    [Fact]
    public async Task subscriptions_outlive_their_topic()
    {
        var id = await _client.SubscribeToTopic("t");

        await _client.Delete("/v2/topics/t");

        Subscribing.SubscriptionIds(await _client.Get(All)).Should().Equal(id);
    }

    [Fact]
    public async Task deliveries_are_listed_and_repeated_under_the_topic()
    {
        using var client = service.Client(_project);
        var id = await client.SubscribeToTopic("t");
        var deliveries = new List<Guid>();
        for (var i = 0; i < 2; i++)
            deliveries.Add(await service.Database.Ended(QueueId.OfTopic(_project, "t"), Guid.Parse(id), "failed"));

        var page = await client.Get($"{All}/{id}/deliveries?limit=1");

        page.Json.GetProperty("deliveries")[0].GetProperty("id").GetGuid().Should().Be(deliveries[0]);
        page.Next().Should().Be($"{All}/{id}/deliveries?limit=1&marker={deliveries[0]}");
        var redelivered = await client.Ask("POST", $"{All}/{id}/deliveries/{deliveries[1]}/redeliver");
        redelivered.Status.Should().Be(202);
        redelivered.Location.Should().Be($"{All}/{id}/deliveries");
        (await client.Get($"/v2/queues/t/subscriptions/{id}/deliveries")).ShouldBe(404, "Not found");
        (await client.Ask("POST", $"/v2/queues/t/subscriptions/{id}/deliveries/{deliveries[1]}/redeliver")).ShouldBe(404, "Not found");
    }
}
