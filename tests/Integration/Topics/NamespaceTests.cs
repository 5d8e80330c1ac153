using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;
using Zaqar.Integration.WebSockets;

namespace Zaqar.Integration.Topics;

/// <summary>A queue and a topic of one name never meet, and no name that a client gives leads from the one to the other.</summary>
[Collection(HttpCollection.Name)]
public sealed class NamespaceTests(ZaqarService service) : IDisposable
{
    private readonly string _project = $"project-{Guid.NewGuid():N}";
    private readonly HttpClient _client = service.Client();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task a_queue_and_a_topic_of_one_name_have_nothing_in_common()
    {
        await _client.Put("/v2/queues/n", """{"a": "queue"}""");
        (await _client.Head("/v2/topics/n")).Status.Should().Be(404);
        (await _client.Put("/v2/topics/n", """{"a": "topic"}""")).Status.Should().Be(201);

        var posted = (await _client.PostBodies("n", "1"))[0];
        var published = (await _client.Publish("n", "2"))[0];

        (await _client.Get("/v2/queues/n/messages?echo=true")).Bodies().Should().Equal("1");
        (await _client.Published("n")).Should().Equal("2");
        (await _client.Get($"/v2/queues/n/messages/{published}")).ShouldBe(404, "Not found");
        (await _client.Get($"/v2/topics/n/messages/{posted}")).ShouldBe(404, "Not found");
        (await _client.Delete($"/v2/topics/n/messages?ids={posted}")).ShouldBeEmpty(204);
        (await _client.Get("/v2/queues/n/messages?echo=true")).Bodies().Should().Equal("1");
        (await _client.Get("/v2/queues/n")).Json.GetProperty("a").GetString().Should().Be("queue");
        (await _client.Get("/v2/topics/n")).Json.GetProperty("a").GetString().Should().Be("topic");

        (await _client.Delete("/v2/queues/n")).ShouldBeEmpty(204);
        (await _client.Published("n")).Should().Equal("2");
        (await _client.Head("/v2/topics/n")).ShouldBeEmpty(204);
    }

    [Fact]
    public async Task nobody_claims_a_topics_messages_through_a_queue_of_its_name()
    {
        await _client.Publish("n", "1");

        (await _client.Ask("POST", "/v2/queues/n/claims")).ShouldBeEmpty(204);
        (await _client.Ask("POST", "/v2/queues/~n/claims")).ShouldBe(400, "Invalid queue identification");
        (await _client.Published("n")).Should().Equal("1");
    }

    [Fact]
    public async Task their_subscriptions_are_apart_too()
    {
        var ofQueue = await _client.Subscribe("n");
        var ofTopic = await _client.SubscribeToTopic("n");

        ofTopic.Should().NotBe(ofQueue);
        (await _client.Subscriptions("n")).Should().Equal(ofQueue);
        Subscribing.SubscriptionIds(await _client.Get("/v2/topics/n/subscriptions")).Should().Equal(ofTopic);
        (await _client.Get($"/v2/topics/n/subscriptions/{ofQueue}")).ShouldBe(404, "Not found");
        (await _client.Put($"/v2/topics/n/subscriptions/{ofQueue}/confirm", """{"confirmed": true}""")).ShouldBe(404, "Not found");
        (await _client.Delete($"/v2/topics/n/subscriptions/{ofQueue}")).ShouldBeEmpty(204);
        (await _client.Ask("POST", "/v2/topics/n/purge")).ShouldBeEmpty(204);
        (await _client.Subscriptions("n")).Should().Equal(ofQueue);
    }

    [Theory, InlineData("~n"), InlineData("%7En"), InlineData("%7en"), InlineData("~"), InlineData("%257En")]
    public async Task a_tilde_names_no_queue(string name)
    {
        await _client.Publish("n", "1");

        foreach (var (method, path) in new[]
        {
            ("PUT", ""), ("GET", ""), ("HEAD", ""), ("DELETE", ""), ("GET", "/stats"), ("POST", "/purge"), ("POST", "/share"), ("GET", "/messages"), ("POST", "/messages"),
            ("DELETE", "/messages?pop=1"), ("POST", "/claims"), ("GET", "/subscriptions"), ("POST", "/subscriptions"),
        })
        {
            var answer = await _client.Ask(method, $"/v2/queues/{name}{path}");
            answer.Status.Should().Be(400, "{0} {1}", method, path);
            if (method != "HEAD")
                answer.ShouldBe(400, "Invalid queue identification");
        }

        (await _client.Published("n")).Should().Equal("1");
    }

    [Fact]
    public async Task a_socket_reaches_no_topic_by_any_name()
    {
        using var client = service.Client(_project);
        await client.Publish("n", "1");
        await using var socket = await SocketClient.Connect(service.WebSocketAddress, _project);

        foreach (var action in new[] { "queue_create", "queue_get", "queue_get_stats", "queue_delete", "message_list", "claim_create", "subscription_list" })
            (await socket.Ask(action, new { queue_name = "~n" })).ShouldBe(400);
        (await socket.Ask("message_post", new { queue_name = "~n", messages = new[] { new { body = 2, ttl = 60 } } })).ShouldBe(400);
        (await socket.Ask("message_delete_many", new { queue_name = "~n", pop = 1 })).ShouldBe(400);
        (await socket.Ask("queue_list")).ShouldBe(200).Body.GetProperty("queues").GetArrayLength().Should().Be(0);
        (await client.Published("n")).Should().Equal("1");
    }

    [Fact]
    public async Task dead_letters_never_go_to_a_topic()
    {
        await _client.Put("/v2/topics/n");
        await _client.Put("/v2/queues/q", """{"_dead_letter_queue": "~n", "_max_claim_count": 1}""");
        await _client.PostBodies("q", "1");

        for (var i = 0; i < 3; i++)
            await _client.Delete($"/v2/queues/q/claims/{(await _client.Claim("q"))!.Id}");

        (await _client.Published("n")).Should().BeEmpty();
        (await _client.Get("/v2/queues/q/messages?echo=true")).Bodies().Should().Equal("1");
    }

    [Fact]
    public async Task dead_letters_go_to_the_queue_of_a_topics_name()
    {
        await _client.Put("/v2/topics/n");
        await _client.Put("/v2/queues/q", """{"_dead_letter_queue": "n", "_max_claim_count": 1}""");
        await _client.PostBodies("q", "1");

        await _client.Delete($"/v2/queues/q/claims/{(await _client.Claim("q"))!.Id}");
        (await _client.Ask("POST", "/v2/queues/q/claims")).ShouldBeEmpty(204);

        (await _client.Published("n")).Should().BeEmpty();
        (await _client.Get("/v2/queues/n/messages?echo=true")).Bodies().Should().Equal("1");
    }

    [Fact]
    public async Task projects_do_not_meet_in_topics()
    {
        using var stranger = service.Client();
        var id = (await _client.Publish("n", "1"))[0];
        var subscription = await _client.SubscribeToTopic("n");

        (await stranger.Published("n")).Should().BeEmpty();
        (await stranger.Head("/v2/topics/n")).Status.Should().Be(404);
        (await stranger.Get($"/v2/topics/n/messages/{id}")).ShouldBe(404, "Not found");
        (await stranger.Delete($"/v2/topics/n/messages/{id}")).ShouldBeEmpty(204);
        (await stranger.Delete($"/v2/topics/n/subscriptions/{subscription}")).ShouldBeEmpty(204);
        (await stranger.Delete("/v2/topics/n")).ShouldBeEmpty(204);

        (await _client.Published("n")).Should().Equal("1");
        Subscribing.SubscriptionIds(await _client.Get("/v2/topics/n/subscriptions")).Should().Equal(subscription);
    }
}
