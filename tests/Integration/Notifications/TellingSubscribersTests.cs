using FluentAssertions;
using Xunit;
using Zaqar.Integration.Delivery;
using Zaqar.Integration.Delivery.Sinks;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Notifications;

/// <summary>What subscribers are told, and which.</summary>
/// <remarks>Who gets nothing is known by a fence: a later message that it does get, and that nothing came before.</remarks>
public sealed class TellingSubscribersTests(NotifyingService service) : IClassFixture<NotifyingService>, IDisposable
{
    private readonly HttpClient _client = service.Client();
    private readonly string _path = NotifyingService.NewPath();

    private WebhookSink Sink => service.Sink;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task a_message_reaches_its_subscriber_as_the_original_sends_it()
    {
        await _client.SubscribeTo("n1", Sink.At(_path + "?a=1"));

        (await _client.Ask("POST", "/v2/queues/n1/messages", """{"messages": [{"body": {"u":"é", "n": 1.50}, "ttl": 60}]}""")).Status.Should().Be(201);

        var request = (await Arrived(_path, 1))[0];
        (request.Method, request.Target).Should().Be(("POST", _path + "?a=1"));
        request.Headers["Content-Type"].Should().Be("application/json");
        request.Headers.Keys.Should().BeEquivalentTo("Host", "Content-Type", "Content-Length", "User-Agent", "Accept");
        request.Text.Should().Be("""{"ttl": 60, "body": {"u":"\u00e9", "n": 1.50}, "Message_Type": "Notification", "queue_name": "n1"}""");
    }

    [Fact]
    public async Task a_delaying_queue_tells_the_delay_too()
    {
        await _client.Put("/v2/queues/slow", """{"_default_message_delay": 3}""");
        await _client.SubscribeTo("slow", Sink.At(_path));

        await _client.Ask("POST", "/v2/queues/slow/messages", """{"messages": [{"body": 1, "ttl": 60, "delay": 7}]}""");

        await _client.Ask("POST", "/v2/queues/slow/messages", """{"messages": [{"body": 2, "ttl": 60}, {"body": 3, "ttl": 60, "delay": 0}]}""");

        (await Arrived(_path, 3)).Select(request => request.Text).Should().Equal(
            """{"ttl": 60, "body": 1, "delay": 7, "Message_Type": "Notification", "queue_name": "slow"}""",
            """{"ttl": 60, "body": 2, "delay": 3, "Message_Type": "Notification", "queue_name": "slow"}""",
            """{"ttl": 60, "body": 3, "delay": 0, "Message_Type": "Notification", "queue_name": "slow"}""");
    }

    [Fact]
    public async Task the_messages_of_posts_come_one_by_one_in_their_order_to_each_subscriber()
    {
        await _client.SubscribeTo("q", Sink.At(_path + "/a"));
        await _client.SubscribeTo("q", Sink.At(_path + "/b"));

        for (var post = 0; post < 3; post++)
            await _client.Post("q", [.. Enumerable.Range(post * 20, 20).Cast<object>()]);

        foreach (var path in new[] { _path + "/a", _path + "/b" })
            (await Arrived(path, 60)).Select(Body).Should().Equal(Enumerable.Range(0, 60));
    }

    [Fact]
    public async Task another_queues_or_projects_subscriber_gets_nothing()
    {
        using var stranger = service.Client();
        await _client.SubscribeTo("q", Sink.At(_path));
        await _client.SubscribeTo("other", Sink.At(_path + "/other"));
        await stranger.SubscribeTo("q", Sink.At(_path + "/stranger"));

        await _client.Post("q", 1);
        await _client.Post("other", 2);
        await stranger.Post("q", 3);

        foreach (var (path, only) in new[] { (_path, 1), (_path + "/other", 2), (_path + "/stranger", 3) })
            (await Arrived(path, 1)).Select(Body).Should().Equal(only);
    }

    [Fact]
    public async Task what_was_posted_before_the_subscription_is_not_sent()
    {
        await _client.Post("q", 1, 2);
        var subscription = await _client.SubscribeTo("q", Sink.At(_path));

        await _client.Post("q", 3);

        (await Arrived(_path, 1)).Select(Body).Should().Equal(3);
        (await _client.Log("q", subscription)).Should().ContainSingle();
    }

    [Fact]
    public async Task who_unsubscribed_or_is_over_gets_nothing()
    {
        var left = await _client.SubscribeTo("q", Sink.At(_path + "/left"));
        await _client.SubscribeTo("q", Sink.At(_path + "/short"), ttl: 60);
        await _client.SubscribeTo("q", Sink.At(_path));
        await _client.Post("q", 1);
        foreach (var path in new[] { _path, _path + "/left", _path + "/short" })
            await Arrived(path, 1);

        await _client.Unsubscribe("q", left);
        await _client.Post("q", 2);
        await Arrived(_path + "/short", 2);
        service.Advance(TimeSpan.FromSeconds(61));
        await _client.Post("q", 3);
        await Arrived(_path, 3);

        // Subscribing again begins anew: what is told first was posted after it.
        await _client.SubscribeTo("q", Sink.At(_path + "/left"));
        await _client.SubscribeTo("q", Sink.At(_path + "/short"));
        await _client.Post("q", 4);

        (await Arrived(_path + "/left", 2)).Select(Body).Should().Equal(1, 4);
        (await Arrived(_path + "/short", 3)).Select(Body).Should().Equal(1, 2, 4);
        (await Arrived(_path, 4)).Select(Body).Should().Equal(1, 2, 3, 4);
    }

    [Fact]
    public async Task a_purge_of_subscriptions_silences_all_of_them()
    {
        for (var i = 0; i < 12; i++)
            await _client.SubscribeTo("q", Sink.At($"{_path}/{i}"));
        (await _client.Ask("POST", "/v2/queues/q/purge", """{"resource_types": ["subscriptions"]}""")).ShouldBeEmpty(204);

        await _client.Post("q", 1);
        await _client.SubscribeTo("q", Sink.At(_path));
        await _client.Post("q", 2);

        (await Arrived(_path, 1)).Select(Body).Should().Equal(2);
        Enumerable.Range(0, 12).Should().OnlyContain(i => Sink.RequestsTo($"{_path}/{i}").Count == 0);
    }

    [Fact]
    public async Task a_queue_that_is_deleted_and_made_anew_keeps_its_subscribers()
    {
        var subscription = await _client.SubscribeTo("q", Sink.At(_path));
        await _client.Post("q", 1);

        (await _client.Delete("/v2/queues/q")).ShouldBeEmpty(204);
        await _client.Post("q", 2);
        (await _client.Delete("/v2/queues/q")).ShouldBeEmpty(204);
        (await _client.Put("/v2/queues/q")).Status.Should().Be(201);
        await _client.Post("q", 3);

        (await Arrived(_path, 3)).Select(Body).Should().Equal(1, 2, 3);
        (await Eventually.Holds(() => _client.Log("q", subscription), log => log.All(entry => entry.Status == "delivered"), "all are delivered"))
            .Should().HaveCount(3);
    }

    [Fact]
    public async Task a_dead_letter_is_told_of_once_and_the_queue_it_comes_to_keeps_its_subscribers()
    {
        await _client.Put("/v2/queues/q", """{"_max_claim_count": 1, "_dead_letter_queue": "dead"}""");
        await _client.SubscribeTo("q", Sink.At(_path + "/q"));
        await _client.SubscribeTo("dead", Sink.At(_path + "/dead"));
        await _client.Delete("/v2/queues/dead");
        await _client.Post("q", 1);

        // The move makes the dead letter queue anew.
        (await _client.Claim("q", limit: 1, ttl: 60, grace: 60)).Should().NotBeNull();
        service.Advance(TimeSpan.FromSeconds(61));
        await Eventually.Holds(() => _client.Claim("q", limit: 1, ttl: 60, grace: 60), claim => claim is null, "the message has moved");
        (await Eventually.Holds(() => _client.List("dead"), page => page.Messages.Count == 1, "it is in the dead letter queue")).Messages[0].Body.Should().Be("1");
        await _client.Post("q", 2);
        await _client.Post("dead", 3);

        (await Arrived(_path + "/q", 2)).Select(Body).Should().Equal(1, 2);
        (await Arrived(_path + "/dead", 1)).Select(Body).Should().Equal(3);
    }

    [Fact]
    public async Task post_data_and_post_headers_make_the_request()
    {
        await _client.SubscribeTo("q", Sink.At(_path), new
        {
            post_data = """{"messages": [{"body": "$zaqar_message$", "ttl": 60}], "again": "$zaqar_message$", "not": "x$zaqar_message$"}""",
            post_headers = new Dictionary<string, string>
            {
                ["X-Project-ID"] = "p", ["Client-ID"] = "c", ["Content-Type"] = "application/vnd.test+json",
            },
        });

        await _client.Post("q", "hi");

        var request = (await Arrived(_path, 1))[0];
        const string document = """{"ttl": 3600, "body": "hi", "Message_Type": "Notification", "queue_name": "q"}""";
        request.Text.Should().Be($$"""{"messages": [{"body": {{document}}, "ttl": 60}], "again": {{document}}, "not": "x$zaqar_message$"}""");
        request.Headers["X-Project-ID"].Should().Be("p");
        request.Headers["Client-ID"].Should().Be("c");
        request.Headers["Content-Type"].Should().Be("application/vnd.test+json");
    }

    [Fact]
    public async Task another_queue_may_be_the_subscriber()
    {
        var queue = new Uri(service.Address, "/v2/queues/copy/messages").AbsoluteUri;
        var (project, client) = ($"project-{Guid.NewGuid():N}", Guid.NewGuid().ToString());
        await _client.SubscribeTo("q", queue, new
        {
            post_data = """{"messages": [{"body": "$zaqar_message$", "ttl": 60}]}""",
            post_headers = new Dictionary<string, string> { ["X-Project-ID"] = project, ["Client-ID"] = client },
        });
        using var reader = service.Client(project);

        await _client.Post("q", "hi");

        (await Eventually.Holds(() => reader.List("copy"), page => page.Messages.Count > 0, "the copy has the message")).Messages
            .Should().ContainSingle().Which.Body.Should().Be("""{"ttl": 3600, "body": "hi", "Message_Type": "Notification", "queue_name": "q"}""");
    }

    [PythonFact]
    public async Task a_secret_signs_each_attempt_with_the_deliverys_id_as_python_reckons_too()
    {
        const string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        Sink.Answers(_path, SinkAnswer.Status(500), SinkAnswer.Status(502), SinkAnswer.Status(200));
        var subscription = await _client.SubscribeTo("q", Sink.At(_path), new { secret, post_headers = new Dictionary<string, string> { ["X-A"] = "1" } });

        await _client.Post("q", "é");

        var requests = await Arrived(_path, 3);
        var delivery = await _client.Delivery("q", subscription, entry => entry.Status == "delivered", "it is delivered");
        requests.Select(request => request.Headers["webhook-id"]).Should().OnlyContain(id => id == delivery.Id.ToString("N"));
        (await PythonJudge.Signatures(requests.Select(request => (request, secret))))
            .Should().Equal(requests.Select(request => request.Headers["webhook-signature"]));
        requests.Select(request => DateTimeOffset.FromUnixTimeSeconds(long.Parse(request.Headers["webhook-timestamp"], null)))
            .Should().OnlyContain(time => (TimeProvider.System.GetUtcNow() - time).Duration() < TimeSpan.FromMinutes(1));
        (await _client.Subscription("q", subscription)).Text.Should().NotContain(secret);
    }

    [Fact]
    public async Task a_changed_subscription_is_told_by_its_new_terms()
    {
        var subscription = await _client.SubscribeTo("q", Sink.At(_path + "/old"));
        await _client.Post("q", 1);
        await Arrived(_path + "/old", 1);

        (await _client.Patch($"/v2/queues/q/subscriptions/{subscription}",
            $$"""{"subscriber": "{{Sink.At(_path + "/new")}}", "options": {"post_data": "now \"$zaqar_message$\""} }""")).ShouldBeEmpty(204);
        await _client.Post("q", 2);

        (await Arrived(_path + "/new", 1))[0].Text.Should().StartWith("now {");
        Sink.RequestsTo(_path + "/old").Should().ContainSingle();
    }

    [Fact]
    public async Task the_log_of_real_deliveries_is_picked_by_status_and_paged()
    {
        Sink.Answers(_path, SinkAnswer.Status(200), SinkAnswer.Status(404), SinkAnswer.Status(200), SinkAnswer.Status(503), SinkAnswer.Status(400), SinkAnswer.Status(201));
        var subscription = await _client.SubscribeTo("q", Sink.At(_path), new
        {
            _retry_policy = new { retries_with_no_delay = 0, minimum_delay_retries = 1, minimum_delay = 3600, maximum_delay = 3610 },
        });

        var messages = await _client.Post("q", 1, 2, 3, 4, 5, 6);

        var log = await Eventually.Holds(() => _client.Log("q", subscription),
            log => log.Count == 6 && log[5].Status != "waiting" && log[3].Attempts == 1, "all were tried");
        log.Select(entry => entry.MessageId).Should().Equal(messages);
        log.Select(entry => (entry.Status, entry.LastStatus)).Should().Equal(
            ("delivered", 200), ("failed", 404), ("delivered", 200), ("waiting", 503), ("failed", 400), ("delivered", 201));
        log.Should().OnlyContain(entry => entry.Attempts == 1 && entry.LatencyMs >= 0 && entry.Kind == "Notification"
            && entry.CreatedAt <= entry.LastAttemptAt && entry.EndedAt.HasValue != entry.NextAttemptAt.HasValue);
        (await _client.Log("q", subscription, "status=failed")).Should().Equal(log[1], log[4]);
        (await _client.Log("q", subscription, "status=waiting")).Should().Equal(log[3]);
        (await _client.Log("q", subscription, "status=delivered&limit=2")).Should().Equal(log[0], log[2]);
        (await _client.Log("q", subscription, $"status=delivered&marker={log[2].Id}")).Should().Equal(log[5]);
    }

    private async Task<IReadOnlyList<SinkRequest>> Arrived(string path, int count) =>
        await Eventually.Holds(() => Task.FromResult(Sink.RequestsTo(path)), requests => requests.Count >= count, $"{count} requests came to {path}");

    // Of a message whose body is a number.
    private static int Body(SinkRequest request) =>
        System.Text.Json.JsonDocument.Parse(request.Body).RootElement.GetProperty("body").GetInt32();
}
