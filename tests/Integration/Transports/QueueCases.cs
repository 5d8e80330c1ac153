using System.Text.Json;
using FluentAssertions;
using Xunit;
using Zaqar.Integration.WebSockets;

namespace Zaqar.Integration.Transports;

/// <summary>What every transport makes of queues.</summary>
public abstract class QueueCases(WebSocketService service, Transport transport) : TransportTests(service, transport)
{
    private const string Hook = "http://example.com/hook";

    [Fact]
    public async Task a_queue_is_made_once_and_keeps_its_first_metadata()
    {
        (await Client.CreateQueue("q", """{"colour": "blue"}""")).Should().Be(201);
        (await Client.CreateQueue("q", """{"colour": "red"}""")).Should().Be(204);

        var shown = await Client.GetQueue("q");
        shown.Status.Should().Be(200);
        shown.Value.GetProperty("colour").GetString().Should().Be("blue");
    }

    [Fact]
    public async Task metadata_of_every_type_comes_back_as_it_was()
    {
        const string given = """{"text":"\u0000 \u00E9 \uD834\uDD1E","true":true,"null":null,"whole":9223372036854775807,"broken":1.5,"nested":{"a":[1,{"b":[]}]},"_default_message_ttl":60}""";
        await Client.CreateQueue("q", given);

        var shown = (await Client.GetQueue("q")).Value;
        var listed = (await Client.ListQueues(detailed: true)).Value.Should().ContainSingle().Subject;

        foreach (var metadata in new[] { shown, listed.Metadata!.Value })
            foreach (var member in JsonDocument.Parse(given).RootElement.EnumerateObject())
                SeenMessage.Spelled(metadata.GetProperty(member.Name)).Should().Be(SeenMessage.Spelled(member.Value));
    }

    [Theory]
    [InlineData("""{"_default_message_ttl": 59}"""), InlineData("""{"_default_message_ttl": "60"}"""), InlineData("""{"_default_message_ttl": 1209601}""")]
    [InlineData("""{"_default_message_delay": 901}"""), InlineData("""{"_default_message_delay": -1}"""), InlineData("""{"_default_message_delay": ""}""")]
    [InlineData("""{"_max_messages_post_size": 262145}"""), InlineData("""{"_max_messages_post_size": 0}"""), InlineData("""{"_max_messages_post_size": []}""")]
    [InlineData("""{"_dead_letter_queue_messages_ttl": 1}"""), InlineData("""{"_max_claim_count": "1"}""")]
    [InlineData("""{"_retry_policy": 1}"""), InlineData("""{"_retry_policy": {"minimum_delay": 30, "maximum_delay": 31}}"""), InlineData("""{"_enable_encrypt_messages": "yes"}""")]
    [InlineData("[]"), InlineData("1"), InlineData("\"text\""), InlineData("[{}]"), InlineData("true")]
    public async Task metadata_that_breaks_a_rule_makes_no_queue(string metadata)
    {
        (await Client.CreateQueue("q", metadata)).Should().Be(400);

        (await Client.ListQueues()).Value.Should().BeEmpty();
    }

    [Fact]
    public async Task metadata_has_a_longest_length()
    {
        (await Client.CreateQueue("q", $$"""{"a": "{{new string('x', 65_536)}}"}""")).Should().Be(400);
        (await Client.CreateQueue("q", $$"""{"a": "{{new string('x', 60_000)}}"}""")).Should().Be(201);
    }

    [Theory, InlineData("a b"), InlineData("é"), InlineData("a:b"), InlineData("q\n"), InlineData("x1234567890123456789012345678901234567890123456789012345678901234"), InlineData("")]
    public async Task a_name_that_is_none_is_refused_wherever_it_is_named(string name)
    {
        (await Client.CreateQueue(name)).Should().Be(400);
        (await Client.GetQueue(name)).Status.Should().Be(400);
        (await Client.Stats(name)).Status.Should().Be(400);
        (await Client.DeleteQueue(name)).Should().Be(400);
        (await Client.Purge(name)).Should().Be(400);
        (await Client.Post(name, """[{"body": 1}]""")).Status.Should().Be(400);
        (await Client.List(name)).Status.Should().Be(400);
        (await Client.Pop(name, 1)).Status.Should().Be(400);
        (await Client.Claim(name)).Status.Should().Be(400);
        (await Client.Subscribe(name, Hook)).Status.Should().Be(400);
        (await Client.ListSubscriptions(name)).Status.Should().Be(400);
    }

    [Fact]
    public async Task a_name_may_have_64_letters_digits_dots_dashes_and_underscores()
    {
        var name = "A.b-c_0" + new string('9', 57);

        (await Client.CreateQueue(name)).Should().Be(201);

        (await Client.ListQueues()).Value.Should().ContainSingle().Which.Name.Should().Be(name);
    }

    [Fact]
    public async Task a_listing_goes_by_name_from_the_marker_to_the_limit()
    {
        foreach (var name in new[] { "c", "a", "d", "b", "B" })
            await Client.CreateQueue(name, $$"""{"of": "{{name}}"}""");

        (await Names()).Should().Equal("B", "a", "b", "c", "d");
        (await Names(limit: 2)).Should().Equal("B", "a");
        (await Names(marker: "a", limit: 2)).Should().Equal("b", "c");
        (await Names(marker: "bb")).Should().Equal("c", "d");
        (await Names(marker: "d")).Should().BeEmpty();
        (await Client.ListQueues()).Value.Should().OnlyContain(queue => queue.Metadata == null);
        (await Client.ListQueues(detailed: true)).Value!.Select(queue => queue.Metadata!.Value.GetProperty("of").GetString()).Should().Equal("B", "a", "b", "c", "d");

        async Task<IEnumerable<string>> Names(string? marker = null, long? limit = null) =>
            (await Client.ListQueues(marker, limit)).Value!.Select(queue => queue.Name);
    }

    [Fact]
    public async Task a_page_of_queues_has_ten_unless_another_limit_from_1_to_20_is_given()
    {
        for (var i = 0; i < 21; i++)
            await Client.CreateQueue($"q{i:00}");

        (await Client.ListQueues()).Value.Should().HaveCount(10);
        (await Client.ListQueues(limit: 20)).Value.Should().HaveCount(20);
        foreach (var limit in new long[] { 0, -1, 21, long.MaxValue })
            (await Client.ListQueues(limit: limit)).Status.Should().Be(400);
    }

    [Fact]
    public async Task deleting_a_queue_takes_its_messages_its_claims_and_its_metadata()
    {
        await Client.CreateQueue("q", """{"colour": "blue"}""");
        var posted = await Posted(Client, "q", 1, 2);
        var claim = (await Client.Claim("q", limit: 1)).Value!.Id!;

        (await Client.DeleteQueue("q")).Should().Be(204);
        (await Client.DeleteQueue("q")).Should().Be(204);

        (await Client.ListQueues()).Value.Should().BeEmpty();
        (await Client.CreateQueue("q")).Should().Be(201);
        (await Client.GetQueue("q")).Value.TryGetProperty("colour", out _).Should().BeFalse();
        (await Client.List("q", echo: true, includeClaimed: true)).Value.Should().BeEmpty();
        (await Client.Get("q", posted[0])).Status.Should().Be(404);
        (await Client.GetClaim("q", claim)).Status.Should().Be(404);
    }

    [Fact]
    public async Task a_missing_queue_has_metadata_and_is_not_made_by_asking()
    {
        (await Client.GetQueue("q")).Status.Should().Be(200);
        (await Client.Claim("q")).Status.Should().Be(204);
        (await Client.List("q")).Status.Should().Be(Client.Differences.ListOfMissingQueue);
        (await Client.Stats("q")).Status.Should().Be(Client.Differences.StatsOfMissingQueue);

        (await Client.ListQueues()).Value.Should().BeEmpty();
    }

    [Fact]
    public async Task stats_count_what_is_free_and_what_is_claimed_and_name_both_ends()
    {
        await Client.CreateQueue("q");
        (await Client.Stats("q")).Value.Should().Be(new SeenStats(0, 0, 0, null, null));
        var posted = await Posted(Client, "q", 1, 2, 3);
        await Client.Claim("q", limit: 1);

        (await Client.Stats("q")).Value.Should().Be(new SeenStats(1, 2, 3, posted[0], posted[2]));

        await Client.Delete("q", posted[2]);
        (await Client.Stats("q")).Value.Should().Be(new SeenStats(1, 1, 2, posted[0], posted[1]));
    }

    [Fact]
    public async Task a_purge_takes_free_messages_and_subscriptions_and_leaves_the_rest()
    {
        await Client.CreateQueue("q", """{"colour": "blue"}""");
        var posted = await Posted(Client, "q", 1, 2, 3);
        await Client.Claim("q", limit: 1);
        await Client.Subscribe("q", Hook);

        (await Client.Purge("q")).Should().Be(204);

        (await Client.List("q", echo: true, includeClaimed: true)).Value.Should().ContainSingle().Which.Id.Should().Be(posted[0]);
        (await Client.ListSubscriptions("q")).Value.Should().BeEmpty();
        (await Client.GetQueue("q")).Value.GetProperty("colour").GetString().Should().Be("blue");
    }

    [Theory, InlineData("""["messages"]""", 0, 1), InlineData("""["subscriptions"]""", 1, 0), InlineData("""["subscriptions", "messages"]""", 0, 0)]
    public async Task a_purge_may_name_what_it_takes(string types, int messages, int subscriptions)
    {
        await Posted(Client, "q", 1);
        await Client.Subscribe("q", Hook);

        (await Client.Purge("q", types)).Should().Be(204);

        (await Client.List("q", echo: true)).Value.Should().HaveCount(messages);
        (await Client.ListSubscriptions("q")).Value.Should().HaveCount(subscriptions);
    }

    [Fact]
    public async Task a_project_sees_nothing_of_anothers_queues()
    {
        var stranger = await Another(project: $"project-{Guid.NewGuid():N}");
        await Client.CreateQueue("q", """{"colour": "blue"}""");
        var posted = await Posted(Client, "q", 1);
        var subscription = (await Client.Subscribe("q", Hook)).Value!;
        await stranger.CreateQueue("q");

        (await stranger.GetQueue("q")).Value.TryGetProperty("colour", out _).Should().BeFalse();
        (await stranger.List("q", echo: true, includeClaimed: true)).Value.Should().BeEmpty();
        (await stranger.Get("q", posted[0])).Status.Should().Be(404);
        (await stranger.Pop("q", 1)).Value.Should().BeEmpty();
        (await stranger.Claim("q")).Status.Should().Be(204);
        (await stranger.GetSubscription("q", subscription)).Status.Should().Be(404);
        (await stranger.ListSubscriptions("q")).Value.Should().BeEmpty();
        await stranger.Delete("q", posted[0]);
        await stranger.Unsubscribe("q", subscription);
        await stranger.Purge("q");
        await stranger.DeleteQueue("q");

        (await Client.Get("q", posted[0])).Status.Should().Be(200);
        (await Client.GetSubscription("q", subscription)).Status.Should().Be(200);
    }
}

[Collection(TransportsCollection.Name)]
public sealed class QueuesOverRest(WebSocketService service) : QueueCases(service, Transport.Rest);

[Collection(TransportsCollection.Name)]
public sealed class QueuesOverWebSocket(WebSocketService service) : QueueCases(service, Transport.WebSocket);

[Collection(TransportsCollection.Name)]
public sealed class QueuesOverBinaryWebSocket(WebSocketService service) : QueueCases(service, Transport.BinaryWebSocket);
