using FluentAssertions;
using Xunit;
using Zaqar.Domain.Queues;
using Zaqar.Integration.Delivery.Sinks;
using Zaqar.Integration.Http;
using Zaqar.Integration.Notifications;

namespace Zaqar.Integration.Deliveries;

public sealed class RedeliverTests(NotifyingService service) : IClassFixture<NotifyingService>, IDisposable
{
    private static readonly object _patient = new
    {
        retries_with_no_delay = 0, minimum_delay_retries = 1, minimum_delay = 3600, maximum_delay = 3610,
    };

    private readonly QueueId _queue = new($"project-{Guid.NewGuid():N}", "orders");
    private readonly HttpClient _client = service.Client();
    private readonly string _path = NotifyingService.NewPath();

    public void Dispose() => _client.Dispose();

    [Theory, InlineData("delivered", 200), InlineData("failed", 404), InlineData("waiting", 503)]
    public async Task a_delivery_is_made_again_at_once_under_the_same_id_whatever_became_of_it(string status, int answered)
    {
        var subscriber = service.Sink.Answers(_path, SinkAnswer.Status(answered), SinkAnswer.Status(404), SinkAnswer.Status(202));
        var subscription = await _client.SubscribeTo("orders", subscriber, new { secret = "s", _retry_policy = _patient });
        await _client.Post("orders", new { n = 1 }, new { n = 2 });
        var log = await Eventually.Holds(() => _client.Log("orders", subscription),
            log => log.Count == 2 && log[0].Status == status && log[1].Status == "failed", $"the deliveries are {status} and failed");
        var other = log[1];

        var answer = await _client.Ask("POST", $"{OwnersRequests.LogOf("orders", subscription)}/{log[0].Id}/redeliver");

        answer.ShouldBeEmpty(202);
        answer.Location.Should().Be(OwnersRequests.LogOf("orders", subscription));
        await Eventually.Is(() => service.Sink.RequestsTo(_path).Count == 3, "the subscriber gets it again");
        var requests = service.Sink.RequestsTo(_path);
        requests[2].Headers["webhook-id"].Should().Be(requests[0].Headers["webhook-id"]).And.Be(log[0].Id.ToString("N"));
        requests[2].Body.Should().Equal(requests[0].Body);

        var again = (await Eventually.Holds(() => _client.Log("orders", subscription), log => log[0] is { Status: "delivered", LastStatus: 202 }, "it is delivered"))[0];
        again.Should().BeEquivalentTo(log[0] with { Status = "delivered" }, options => options
            .Including(entry => entry.Id).Including(entry => entry.MessageId).Including(entry => entry.CreatedAt).Including(entry => entry.Status));
        again.Attempts.Should().Be(1, "the attempts are counted anew");
        again.LastReason.Should().BeNull();
        (await _client.Log("orders", subscription))[1].Should().Be(other, "it was not asked for");
    }

    [Fact]
    public async Task one_that_was_given_up_begins_its_retry_policy_anew()
    {
        var subscriber = service.Sink.Answers(_path, SinkAnswer.Status(404), SinkAnswer.Status(503));
        var subscription = await _client.SubscribeTo("orders", subscriber, new { _retry_policy = _patient });
        await _client.Post("orders", 1);
        var failed = await _client.Delivery("orders", subscription, entry => entry.Status == "failed", "it is refused");

        await _client.Ask("POST", $"{OwnersRequests.LogOf("orders", subscription)}/{failed.Id}/redeliver");

        var waiting = await _client.Delivery("orders", subscription, entry => entry.LastStatus == 503, "it is tried again");
        (waiting.Status, waiting.Attempts, waiting.EndedAt, waiting.Wait).Should().Be(("waiting", 1, null, TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task what_is_unknown_is_404_and_nothing_is_sent()
    {
        using var owner = service.Client(_queue.Project);
        var subscription = await owner.SubscribeTo("orders", service.Sink.At(_path));
        var otherSubscription = await owner.SubscribeTo("orders", service.Sink.At($"{_path}/other"));
        var log = OwnersRequests.LogOf("orders", subscription);
        var id = await service.Database.Ended(_queue, subscription, "failed");
        using var stranger = service.Client();

        (await owner.Ask("POST", $"{log}/{Guid.CreateVersion7()}/redeliver")).ShouldBe(404, "Not found");
        (await owner.Ask("POST", $"{log}/bogus/redeliver")).ShouldBe(404, "Not found");
        (await owner.Ask("POST", $"{OwnersRequests.LogOf("orders", otherSubscription)}/{id}/redeliver")).ShouldBe(404, "Not found");
        (await owner.Ask("POST", $"{OwnersRequests.LogOf("other", subscription)}/{id}/redeliver")).ShouldBe(404, "Not found");
        (await stranger.Ask("POST", $"{log}/{id}/redeliver")).ShouldBe(404, "Not found");

        (await owner.Log("orders", subscription)).Should().ContainSingle().Which.Status.Should().Be("failed");

        // What was to be sent would be sent first.
        await owner.Post("orders", "fence");
        await Eventually.Is(() => service.Sink.RequestsTo(_path).Count > 0, "the fence arrives");
        service.Sink.RequestsTo(_path).Should().ContainSingle().Which.Text.Should().Contain("fence");
    }

    [Fact]
    public async Task only_a_post_redelivers()
    {
        using var owner = service.Client(_queue.Project);
        var subscription = await owner.SubscribeTo("orders", service.Sink.At(_path));
        var id = await service.Database.Ended(_queue, subscription, "failed");

        var answer = await owner.Get($"{OwnersRequests.LogOf("orders", subscription)}/{id}/redeliver");

        answer.ShouldBe(405, "405 Method Not Allowed");
        answer.Header("Allow").Should().Be("POST, OPTIONS");
    }
}
