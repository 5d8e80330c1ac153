using System.Text.Json;
using FluentAssertions;
using Xunit;
using Zaqar.Domain.Queues;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Deliveries;

public sealed class RedeliverTests(DeliveriesService service) : IClassFixture<DeliveriesService>, IAsyncLifetime
{
    private readonly QueueId _queue = new($"project-{Guid.NewGuid():N}", "orders");
    private HttpClient _client = null!;
    private Guid _subscription;

    private string Log => $"/v2/queues/orders/subscriptions/{_subscription}/deliveries";

    public async Task InitializeAsync()
    {
        _client = service.Client(_queue.Project);
        _subscription = await service.Database.Subscription(_queue);
    }

    public Task DisposeAsync()
    {
        _client.Dispose();
        return Task.CompletedTask;
    }

    [Theory, InlineData("delivered"), InlineData("failed"), InlineData("waiting")]
    public async Task a_delivery_waits_again_and_is_due_at_once_whatever_became_of_it(string status)
    {
        var id = status == "waiting"
            ? await service.Database.Waiting(_queue, _subscription)
            : await service.Database.Ended(_queue, _subscription, status);
        var other = await service.Database.Ended(_queue, _subscription, "failed");

        var answer = await _client.Ask("POST", $"{Log}/{id}/redeliver");

        answer.ShouldBeEmpty(202);
        answer.Location.Should().Be(Log);
        var shown = await Shown(id);
        shown.GetProperty("status").GetString().Should().Be("waiting");
        shown.GetProperty("attempts").GetInt32().Should().Be(0);
        shown.GetProperty("ended_at").ValueKind.Should().Be(JsonValueKind.Null);
        shown.GetProperty("last_reason").ValueKind.Should().Be(JsonValueKind.Null);
        (await IsDue(id)).Should().BeTrue();
        (await Shown(other)).GetProperty("status").GetString().Should().Be("failed", "it was not asked for");
        service.Wakes.All.Should().ContainSingle(wake => wake.Subscription == _subscription)
            .Which.Project.Should().Be(_queue.Project);
    }

    [Fact]
    public async Task what_is_unknown_is_404_and_wakes_nobody()
    {
        var id = await service.Database.Ended(_queue, _subscription, "failed");
        var otherSubscription = await service.Database.Subscription(_queue);
        using var stranger = service.Client();

        (await _client.Ask("POST", $"{Log}/{Guid.CreateVersion7()}/redeliver")).ShouldBe(404, "Not found");
        (await _client.Ask("POST", $"{Log}/bogus/redeliver")).ShouldBe(404, "Not found");
        (await _client.Ask("POST", $"/v2/queues/orders/subscriptions/{otherSubscription}/deliveries/{id}/redeliver")).ShouldBe(404, "Not found");
        (await _client.Ask("POST", $"/v2/queues/other/subscriptions/{_subscription}/deliveries/{id}/redeliver")).ShouldBe(404, "Not found");
        (await stranger.Ask("POST", $"{Log}/{id}/redeliver")).ShouldBe(404, "Not found");

        (await Shown(id)).GetProperty("status").GetString().Should().Be("failed");
        service.Wakes.All.Should().NotContain(wake => wake.Subscription == _subscription || wake.Subscription == otherSubscription);
    }

    [Fact]
    public async Task only_a_post_redelivers()
    {
        var id = await service.Database.Ended(_queue, _subscription, "failed");

        var answer = await _client.Get($"{Log}/{id}/redeliver");

        answer.ShouldBe(405, "405 Method Not Allowed");
        answer.Header("Allow").Should().Be("POST, OPTIONS");
    }

    private async Task<JsonElement> Shown(Guid id) =>
        (await _client.Get(Log)).Json.GetProperty("deliveries").EnumerateArray().Single(delivery => delivery.GetProperty("id").GetGuid() == id);

    private async Task<bool> IsDue(Guid id)
    {
        await using var look = service.Database.CreateCommand(
            "select next_at between now() - interval '1 minute' and clock_timestamp() from delivery where id = $1");
        look.Parameters.Add(new() { Value = id });
        return (bool)(await look.ExecuteScalarAsync())!;
    }
}
