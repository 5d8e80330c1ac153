using FluentAssertions;
using Npgsql;
using Xunit;
using Zaqar.Domain.Queues;
using Zaqar.Integration.Http;
using Zaqar.Integration.Notifications;

namespace Zaqar.Integration.Deliveries;

public sealed class DeliveryLogTests(NotifyingService service) : IClassFixture<NotifyingService>, IAsyncLifetime
{
    private readonly QueueId _queue = new($"project-{Guid.NewGuid():N}", "orders");
    private HttpClient _client = null!;
    private Guid _subscription;

    private NpgsqlDataSource Database => service.Database;

    private string Log => $"/v2/queues/orders/subscriptions/{_subscription}/deliveries";

    public async Task InitializeAsync()
    {
        _client = service.Client(_queue.Project);
        _subscription = await _client.SubscribeTo(_queue.Name, "http://subscriber.example/");
    }

    public Task DisposeAsync()
    {
        _client.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task a_delivery_shows_what_became_of_it_and_nothing_of_what_was_said_to_whom()
    {
        var id = await Database.Ended(_queue, _subscription, "failed");

        (await _client.Get(Log)).Text.Should().Be(
            $$"""
            {"deliveries":[{"id":"{{id}}","kind":"Notification","message_id":"00000000-0000-0001-9f3c-51a7f0f3e2b8","status":"failed",
            "attempts":3,"created_at":"2099-11-23T09:00:00.123Z","next_attempt_at":null,"last_attempt_at":"2099-11-23T09:00:05.000Z",
            "ended_at":"2099-11-23T09:00:05.250Z","last_status":503,"last_reason":"The subscriber answered 503.","latency_ms":17}],
            "links":[{"rel":"next","href":"{{Log}}?marker={{id}}"}]}
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public async Task one_that_waits_for_its_first_attempt_has_nulls()
    {
        var id = await Database.Waiting(_queue, _subscription);

        (await _client.Get(Log)).Json.GetProperty("deliveries")[0].GetRawText().Should().Be(
            $$"""
            {"id":"{{id}}","kind":"Notification","message_id":"00000000-0000-0001-9f3c-51a7f0f3e2b8","status":"waiting",
            "attempts":0,"created_at":"2099-11-23T09:00:00.123Z","next_attempt_at":"2099-11-23T09:00:01.000Z","last_attempt_at":null,
            "ended_at":null,"last_status":null,"last_reason":null,"latency_ms":null}
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public async Task pages_follow_their_links_in_the_order_of_creation_to_an_empty_page_without_one()
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++)
            ids.Add(await Database.Ended(_queue, _subscription, i % 2 == 0 ? "failed" : "delivered"));

        var seen = new List<Guid>();
        var page = await _client.Get($"{Log}?limit=2");
        while (page.Json.GetProperty("links").GetArrayLength() == 1)
        {
            seen.AddRange(Ids(page));
            page = await _client.Get(Next(page));
        }

        seen.Should().Equal(ids);
        page.Text.Should().Be("""{"deliveries":[],"links":[]}""");
        Ids(await _client.Get($"{Log}?marker={ids[3]}")).Should().Equal(ids[4]);
        Ids(await _client.Get($"{Log}?marker=bogus")).Should().BeEmpty();
        Ids(await _client.Get($"{Log}?marker=")).Should().Equal(ids);
    }

    [Fact]
    public async Task a_status_picks_and_the_link_keeps_it()
    {
        var delivered = await Database.Ended(_queue, _subscription, "delivered");
        var waiting = await Database.Waiting(_queue, _subscription);
        var failed = await Database.Ended(_queue, _subscription, "failed");
        var failedToo = await Database.Ended(_queue, _subscription, "failed");

        Ids(await _client.Get($"{Log}?status=delivered")).Should().Equal(delivered);
        Ids(await _client.Get($"{Log}?status=waiting")).Should().Equal(waiting);
        Ids(await _client.Get($"{Log}?status=failed")).Should().Equal(failed, failedToo);
        Ids(await _client.Get($"{Log}?status=")).Should().Equal(delivered, waiting, failed, failedToo);
        Next(await _client.Get($"{Log}?status=failed&limit=1")).Should().Be($"{Log}?limit=1&status=failed&marker={failed}");
    }

    [Theory, InlineData("status=Failed"), InlineData("status=1"), InlineData("status=gone"), InlineData("limit=x"), InlineData("marker=%00")]
    public async Task a_parameter_of_the_wrong_sort_is_refused(string query) =>
        (await _client.Get($"{Log}?{query}")).ShouldBe(400, "Invalid parameter");

    [Theory, InlineData("limit=0"), InlineData("limit=21"), InlineData("limit=-1")]
    public async Task a_limit_outside_1_to_20_is_refused(string query) =>
        (await _client.Get($"{Log}?{query}")).ShouldBe(400, "Invalid API request");

    [Fact]
    public async Task a_page_has_10_deliveries_unless_asked_otherwise()
    {
        for (var i = 0; i < 12; i++)
            await Database.Waiting(_queue, _subscription);

        Ids(await _client.Get(Log)).Should().HaveCount(10);
        Ids(await _client.Get($"{Log}?limit=20")).Should().HaveCount(12);
    }

    [Fact]
    public async Task a_subscription_without_deliveries_has_an_empty_page() =>
        (await _client.Get(Log)).Text.Should().Be("""{"deliveries":[],"links":[]}""");

    [Fact]
    public async Task an_unknown_subscription_is_404()
    {
        var expired = await _client.SubscribeTo(_queue.Name, "http://subscriber.example/short", ttl: 60);
        var deleted = await _client.SubscribeTo(_queue.Name, "http://subscriber.example/deleted");
        await _client.Unsubscribe(_queue.Name, deleted);
        service.Advance(TimeSpan.FromSeconds(61));

        foreach (var id in new[] { Guid.CreateVersion7().ToString(), "bogus", Guid.Empty.ToString(), expired.ToString(), deleted.ToString() })
            (await _client.Get($"/v2/queues/orders/subscriptions/{id}/deliveries")).ShouldBe(404, "Not found");
    }

    [Fact]
    public async Task what_is_remembered_of_a_subscription_that_ended_is_shown()
    {
        var id = await Database.Ended(_queue, _subscription, "delivered");
        await _client.Unsubscribe(_queue.Name, _subscription);

        Ids(await _client.Get(Log)).Should().Equal(id);
        Ids(await _client.Get($"{Log}?status=failed")).Should().BeEmpty();
    }

    [Fact]
    public async Task another_queue_or_project_does_not_see_it()
    {
        await Database.Waiting(_queue, _subscription);
        using var other = service.Client();

        (await other.Get(Log)).ShouldBe(404, "Not found");
        (await _client.Get($"/v2/queues/other/subscriptions/{_subscription}/deliveries")).ShouldBe(404, "Not found");
    }

    private static Guid[] Ids(Answer page) =>
        [.. page.Json.GetProperty("deliveries").EnumerateArray().Select(delivery => delivery.GetProperty("id").GetGuid())];

    private static string Next(Answer page) => page.Json.GetProperty("links")[0].GetProperty("href").GetString()!;
}
