using System.Text.Json;
using FluentAssertions;
using Xunit;
using Zaqar.Integration.Delivery.Sinks;
using Zaqar.Integration.Http;
using Zaqar.Integration.Notifications;

namespace Zaqar.Integration.Topics;

/// <summary>What subscribers of a topic are told, and which.</summary>
public sealed class TopicNotificationsTests(NotifyingService service) : IClassFixture<NotifyingService>, IDisposable
{
    private readonly HttpClient _client = service.Client();
    private readonly string _path = NotifyingService.NewPath();

    private WebhookSink Sink => service.Sink;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task a_post_reaches_each_subscriber_whole_and_in_order()
    {
        string[] paths = [.. Enumerable.Range(0, 5).Select(number => $"{_path}/{number}")];
        foreach (var path in paths)
            await _client.SubscribeToTopic("news", Sink.At(path));

        await _client.Publish("news", "\"é\"");
        for (var post = 0; post < 3; post++)
            await _client.Publish("news", [.. Enumerable.Range(post * 5, 5).Select(number => $"{number}")]);

        foreach (var path in paths)
        {
            var told = await Arrived(path, 16);
            told[0].Text.Should().Be("""{"ttl": 3600, "body": "\u00e9", "Message_Type": "Notification", "queue_name": "news"}""");
            told.Skip(1).Select(Body).Should().Equal(Enumerable.Range(0, 15));
        }
    }

    [Fact]
    public async Task what_is_posted_to_a_queue_of_its_name_is_told_to_the_queues_subscribers_alone()
    {
        await _client.SubscribeToTopic("n", Sink.At(_path + "/topic"));
        await _client.Subscribe("n", Sink.At(_path + "/queue"));

        await _client.PostBodies("n", "1");
        await _client.Publish("n", "2");
        await _client.PostBodies("n", "3");
        await _client.Publish("n", "4");

        (await Arrived(_path + "/queue", 2)).Select(Body).Should().Equal(1, 3);
        (await Arrived(_path + "/topic", 2)).Select(Body).Should().Equal(2, 4);
    }

    [Fact]
    public async Task a_delaying_topic_tells_the_delay_too()
    {
        await _client.Put("/v2/topics/slow", """{"_default_message_delay": 3}""");
        await _client.SubscribeToTopic("slow", Sink.At(_path));

        await _client.Publish("slow", "1");

        (await Arrived(_path, 1))[0].Text.Should().Be("""{"ttl": 3600, "body": 1, "delay": 3, "Message_Type": "Notification", "queue_name": "slow"}""");
    }

    [Fact]
    public async Task the_topics_retry_policy_steers_its_deliveries_and_the_log_is_under_the_topic()
    {
        Sink.Answers(_path, SinkAnswer.Status(503), SinkAnswer.Status(200));
        await _client.Put("/v2/topics/t", """{"_retry_policy": {"retries_with_no_delay": 1}}""");
        var subscription = await _client.SubscribeToTopic("t", Sink.At(_path));

        var message = (await _client.Publish("t", "1"))[0];

        await Arrived(_path, 2);
        var log = await Eventually.Holds(
            async () => (await _client.Get($"/v2/topics/t/subscriptions/{subscription}/deliveries?status=delivered")).Json.GetProperty("deliveries"),
            deliveries => deliveries.GetArrayLength() == 1, "the log has the delivery");
        log[0].GetProperty("message_id").GetString().Should().Be(message);
        log[0].GetProperty("attempts").GetInt32().Should().Be(2);
    }

    [Fact]
    public async Task a_subscriber_that_is_gone_ends_its_subscription_to_the_topic()
    {
        Sink.Answers(_path, SinkAnswer.Status(410));
        await _client.SubscribeToTopic("t", Sink.At(_path));

        await _client.Publish("t", "1");

        await Eventually.Holds(async () => Subscribing.SubscriptionIds(await _client.Get("/v2/topics/t/subscriptions")), ids => ids.Length == 0, "the subscription ends");
    }

    private async Task<IReadOnlyList<SinkRequest>> Arrived(string path, int count) =>
        await Eventually.Holds(() => Task.FromResult(Sink.RequestsTo(path)), requests => requests.Count >= count, $"{count} requests came to {path}");

    // Of a message whose body is a number.
    private static int Body(SinkRequest request) => JsonDocument.Parse(request.Body).RootElement.GetProperty("body").GetInt32();
}
