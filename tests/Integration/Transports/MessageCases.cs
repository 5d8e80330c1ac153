using FluentAssertions;
using Xunit;
using Zaqar.Integration.WebSockets;

namespace Zaqar.Integration.Transports;

/// <summary>What every transport makes of posting, listing and getting messages.</summary>
public abstract class MessageCases(WebSocketService service, Transport transport) : TransportTests(service, transport)
{
    private const string UnknownMessage = "00000000-0000-0001-0000-000000000000";

    [Fact]
    public async Task a_posted_message_is_listed_with_what_was_said_of_it()
    {
        var posted = await Client.Post("q", """[{"body": {"a": 1}, "ttl": 300}]""");

        posted.Status.Should().Be(201);
        var listed = await Client.List("q", echo: true);
        listed.Status.Should().Be(200);
        var message = listed.Value.Should().ContainSingle().Subject;
        message.Should().Be(new SeenMessage(posted.Value!.Single(), 300, message.Age, """{"a":1}""", null));
        message.Age.Should().BeInRange(0, 60);
    }

    [Fact]
    public async Task a_post_makes_its_queue_and_keeps_its_messages_in_order()
    {
        var first = await Posted(Client, "q", 1, 2, 3);
        var second = await Posted(Client, "q", 4, 5);

        var listed = (await Client.List("q", echo: true)).Value!;
        listed.Select(message => message.Id).Should().Equal([.. first, .. second]);
        listed.Select(message => message.Body).Should().Equal("1", "2", "3", "4", "5");
        (await Client.ListQueues()).Value.Should().ContainSingle().Which.Name.Should().Be("q");
    }

    [Theory]
    [InlineData("null"), InlineData("true"), InlineData("false"), InlineData("0"), InlineData("-1"), InlineData("1.5"), InlineData("-0.25")]
    [InlineData("9223372036854775807"), InlineData("-9223372036854775808"), InlineData("\"\""), InlineData("\"text\""), InlineData("[]"), InlineData("{}")]
    [InlineData("""["\u00E9\u2603","\uD834\uDD1E","\u0000\u001F\u007F\u2028","\"\\/\b\f\n\r\t"]"""), InlineData("""{"":"","\u00E9":{"$ref":"x"},"a b":[null,[],{},[[1]]]}""")]
    [InlineData("""{"z":1,"a":{"z":1,"a":2},"m":3}"""), InlineData("""{"body":{"body":1},"ttl":1,"queue_name":"other","messages":[]}""")]
    public async Task a_body_may_be_any_json_and_comes_back_by_every_way_as_it_was(string body)
    {
        var expected = SeenMessage.Spelled(System.Text.Json.JsonDocument.Parse(body).RootElement);
        var id = (await Client.Post("q", $$"""[{"body": {{body}}, "ttl": 600}]""")).Value!.Single();

        (await Client.List("q", echo: true)).Value!.Single().Body.Should().Be(expected);
        (await Client.Get("q", id)).Value!.Body.Should().Be(expected);
        (await Client.GetMany("q", [id])).Value!.Single().Body.Should().Be(expected);
        var claim = (await Client.Claim("q")).Value!;
        claim.Messages.Single().Body.Should().Be(expected);
        (await Client.GetClaim("q", claim.Id!)).Value!.Messages.Single().Body.Should().Be(expected);
        await Client.ReleaseClaim("q", claim.Id!);
        (await Client.Pop("q", 1)).Value!.Single().Body.Should().Be(expected);
    }

    [Fact]
    public async Task a_body_may_be_deep_and_long()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 200)) + "1" + string.Concat(Enumerable.Repeat("]", 200));
        var text = $"\"{new string('x', 200_000)}\"";
        var many = $"[{string.Join(',', Enumerable.Range(0, 20_000))}]";

        foreach (var body in new[] { deep, text, many })
            (await Client.Post("q", $$"""[{"body": {{body}}}]""")).Status.Should().Be(201);

        (await Client.List("q", echo: true)).Value!.Select(message => message.Body).Should().Equal(deep, text, many);
    }

    [Fact]
    public async Task a_post_has_a_longest_length_and_a_queue_may_ask_for_less()
    {
        await Client.CreateQueue("small", """{"_max_messages_post_size": 200}""");

        (await Client.Post("q", $$"""[{"body": "{{new string('x', 262_144)}}"}]""")).Status.Should().Be(400);
        (await Client.Post("small", $$"""[{"body": "{{new string('x', 200)}}"}]""")).Status.Should().Be(400);
        (await Client.Post("small", """[{"body": "x"}]""")).Status.Should().Be(201);

        (await Client.ListQueues()).Value!.Select(queue => queue.Name).Should().Equal("small");
    }

    [Fact]
    public async Task a_ttl_is_the_messages_own_or_its_queues_or_an_hour()
    {
        await Client.CreateQueue("brief", """{"_default_message_ttl": 120}""");
        const string messages = """[{"body": 1}, {"body": 2, "ttl": 60}, {"body": 3, "ttl": 1209600}]""";

        await Client.Post("q", messages);
        await Client.Post("brief", messages);

        (await Client.List("q", echo: true)).Value!.Select(message => message.Ttl).Should().Equal(3600, 60, 1_209_600);
        (await Client.List("brief", echo: true)).Value!.Select(message => message.Ttl).Should().Equal(120, 60, 1_209_600);
    }

    [Theory]
    [InlineData("[]"), InlineData("""[{"body": 1}, {"ttl": 60}]"""), InlineData("""[{"body": 1}, 2]"""), InlineData("""["text"]"""), InlineData("[null]"), InlineData("[[]]")]
    [InlineData("{}"), InlineData("1"), InlineData("\"messages\""), InlineData("null"), InlineData("""{"body": 1}""")]
    [InlineData("""[{"body": 1, "ttl": 59}]"""), InlineData("""[{"body": 1, "ttl": 1209601}]"""), InlineData("""[{"body": 1, "ttl": -1}]"""), InlineData("""[{"body": 1, "ttl": 0}]""")]
    [InlineData("""[{"body": 1, "ttl": "60"}]"""), InlineData("""[{"body": 1, "ttl": 60.5}]"""), InlineData("""[{"body": 1, "ttl": null}]"""), InlineData("""[{"body": 1, "ttl": true}]""")]
    [InlineData("""[{"body": 1, "ttl": []}]"""), InlineData("""[{"body": 1, "ttl": 60}, {"body": 2, "ttl": 59}]""")]
    public async Task a_post_that_breaks_a_rule_posts_nothing_and_makes_no_queue(string messages)
    {
        (await Client.Post("q", messages)).Status.Should().Be(400);

        (await Client.ListQueues()).Value.Should().BeEmpty();
    }

    [Fact]
    public async Task unknown_members_of_a_message_are_dropped()
    {
        (await Client.Post("q", """[{"body": 1, "ttl": 60, "id": "x", "claim_id": "y", "extra": {"a": []}}]""")).Status.Should().Be(201);

        (await Client.List("q", echo: true)).Value.Should().ContainSingle().Which.Should().Match<SeenMessage>(message => message.Body == "1" && message.Claim == null);
    }

    [Fact]
    public async Task a_delayed_message_waits_where_its_queue_delays()
    {
        await Client.CreateQueue("slow", """{"_default_message_delay": 100}""");
        await Client.Post("slow", """[{"body": 1}, {"body": 2, "delay": 0}, {"body": 3, "delay": 200}]""");

        (await Bodies()).Should().Equal("2");
        (await Bodies(includeDelayed: true)).Should().Equal("1", "2", "3");
        (await Client.Claim("slow")).Value!.Messages.Select(message => message.Body).Should().Equal("2");
        (await Client.Pop("slow", 5)).Value.Should().BeEmpty();

        Advance(101);
        (await Bodies()).Should().Equal("1");
        Advance(100);
        (await Bodies()).Should().Equal("1", "3");

        async Task<IEnumerable<string>> Bodies(bool? includeDelayed = null) =>
            (await Client.List("slow", echo: true, includeDelayed: includeDelayed)).Value!.Select(message => message.Body);
    }

    [Fact]
    public async Task a_delay_counts_only_where_the_queue_has_one_and_has_bounds_there()
    {
        await Client.CreateQueue("slow", """{"_default_message_delay": 1}""");

        (await Client.Post("slow", """[{"body": 1, "delay": 901}]""")).Status.Should().Be(400);
        (await Client.Post("slow", """[{"body": 1, "delay": -1}]""")).Status.Should().Be(400);
        (await Client.Post("slow", """[{"body": 1, "delay": "1"}]""")).Status.Should().Be(400);
        await Client.Post("q", """[{"body": 1, "delay": 900}]""");

        (await Client.List("slow", echo: true, includeDelayed: true)).Value.Should().BeEmpty();
        (await Client.List("q", echo: true)).Value.Should().ContainSingle();
    }

    [Fact]
    public async Task a_client_does_not_hear_its_own_messages_unless_it_asks_for_an_echo()
    {
        var other = await Another();
        await Posted(Client, "q", 1);
        await Posted(other, "q", 2);

        (await Client.List("q")).Value!.Select(message => message.Body).Should().Equal("2");
        (await other.List("q", echo: false)).Value!.Select(message => message.Body).Should().Equal("1");
        (await Client.List("q", echo: true)).Value!.Select(message => message.Body).Should().Equal("1", "2");
    }

    [Fact]
    public async Task markers_walk_through_all_messages_once()
    {
        var posted = await Posted(Client, "q", [.. Enumerable.Range(0, 25)]);
        var seen = new List<string>();

        for (var page = await Client.List("q", echo: true); page.Value!.Count > 0; page = await Client.List("q", marker: seen[^1], echo: true))
            seen.AddRange(page.Value.Select(message => message.Id));

        seen.Should().Equal(posted);
        (await Client.List("q", limit: 20, echo: true)).Value.Should().HaveCount(20);
        (await Client.List("q", marker: posted[4], limit: 3, echo: true)).Value!.Select(message => message.Id).Should().Equal(posted.Skip(5).Take(3));
        await Client.Delete("q", posted[4]);
        (await Client.List("q", marker: posted[4], limit: 1, echo: true)).Value!.Single().Id.Should().Be(posted[5], "a deleted message still marks its place");
        (await Client.List("q", marker: "bogus", echo: true)).Value.Should().BeEmpty();
    }

    [Theory, InlineData(0), InlineData(-1), InlineData(21), InlineData(long.MaxValue), InlineData(long.MinValue)]
    public async Task a_page_of_messages_is_from_1_to_20(long limit)
    {
        await Posted(Client, "q", 1);

        (await Client.List("q", limit: limit)).Status.Should().Be(400);
    }

    [Fact]
    public async Task a_claimed_message_is_listed_only_when_it_is_asked_for_and_then_with_its_claim()
    {
        var posted = await Posted(Client, "q", 1, 2);
        var claim = (await Client.Claim("q", limit: 1)).Value!;

        (await Client.List("q", echo: true)).Value!.Select(message => message.Id).Should().Equal(posted[1]);
        var all = (await Client.List("q", echo: true, includeClaimed: true)).Value!;
        all.Select(message => message.Id).Should().Equal(posted);
        all.Select(message => message.Claim).Should().Equal(claim.Id, null);
    }

    [Fact]
    public async Task messages_are_got_by_id_claimed_or_not()
    {
        var posted = await Posted(Client, "q", 1, 2, 3);
        var claim = (await Client.Claim("q", limit: 1)).Value!;

        (await Client.Get("q", posted[1])).Value.Should().Match<SeenMessage>(message => message.Id == posted[1] && message.Body == "2" && message.Ttl == 600 && message.Claim == null);
        (await Client.Get("q", posted[0])).Value!.Claim.Should().Be(claim.Id);
        (await Client.GetMany("q", [posted[2], UnknownMessage, "bogus", posted[0]])).Value!.Select(message => message.Id).Should().BeEquivalentTo(posted[0], posted[2]);
    }

    [Theory, InlineData(UnknownMessage), InlineData("bogus")]
    public async Task a_message_that_is_not_there_is_404_to_get_and_204_to_delete(string id)
    {
        await Posted(Client, "q", 1);

        foreach (var queue in new[] { "q", "missing" })
        {
            (await Client.Get(queue, id)).Status.Should().Be(404);
            (await Client.GetMany(queue, [id])).Status.Should().Be(Client.Differences.NoneOfMany);
            (await Client.Delete(queue, id)).Should().Be(204);
            (await Client.DeleteMany(queue, [id])).Should().Be(204);
        }
    }

    [Fact]
    public async Task a_message_of_one_queue_is_not_in_another()
    {
        var posted = await Posted(Client, "q", 1);
        await Posted(Client, "other", 1);

        (await Client.Get("other", posted[0])).Status.Should().Be(404);
        (await Client.Delete("other", posted[0])).Should().Be(204);
        (await Client.Get("q", posted[0])).Status.Should().Be(200);
    }

    [Fact]
    public async Task at_most_twenty_ids_are_named_at_once()
    {
        var posted = await Posted(Client, "q", [.. Enumerable.Range(0, 21)]);

        (await Client.GetMany("q", posted)).Status.Should().Be(400);
        (await Client.DeleteMany("q", posted)).Should().Be(400);
        (await Client.GetMany("q", [.. posted.Take(20)])).Value.Should().HaveCount(20);
        (await Client.DeleteMany("q", [.. posted.Take(20)])).Should().Be(204);
        (await Client.List("q", echo: true)).Value!.Select(message => message.Id).Should().Equal(posted[20]);
    }

    [Fact]
    public async Task a_message_is_gone_when_its_time_is_over()
    {
        var id = (await Client.Post("q", """[{"body": 1, "ttl": 60}, {"body": 2, "ttl": 300}]""")).Value![0];

        Advance(61);

        (await Client.Get("q", id)).Status.Should().Be(404);
        (await Client.List("q", echo: true)).Value!.Select(message => message.Body).Should().Equal("2");
    }

    [Fact]
    public async Task deleted_messages_are_gone_and_deleting_them_again_is_no_error()
    {
        var posted = await Posted(Client, "q", 1, 2, 3, 4);

        (await Client.Delete("q", posted[0])).Should().Be(204);
        (await Client.Delete("q", posted[0])).Should().Be(204);
        (await Client.DeleteMany("q", [posted[1], posted[0], posted[3]])).Should().Be(204);

        (await Client.List("q", echo: true)).Value!.Select(message => message.Id).Should().Equal(posted[2]);
    }

    [Fact]
    public async Task deleting_many_asks_for_no_claims()
    {
        var posted = await Posted(Client, "q", 1, 2);
        await Client.Claim("q", limit: 1);

        (await Client.DeleteMany("q", posted)).Should().Be(204);

        (await Client.List("q", echo: true, includeClaimed: true)).Value.Should().BeEmpty();
    }

    [Fact]
    public async Task a_pop_takes_the_oldest_that_nobody_holds()
    {
        var posted = await Posted(Client, "q", 1, 2, 3, 4);
        await Client.Claim("q", limit: 1);

        var popped = await Client.Pop("q", 2);

        popped.Status.Should().Be(200);
        popped.Value!.Select(message => (message.Id, message.Body, message.Ttl)).Should().Equal((posted[1], "2", 600), (posted[2], "3", 600));
        (await Client.Pop("q", 20)).Value!.Select(message => message.Id).Should().Equal(posted[3]);
        (await Client.Pop("q", 20)).Value.Should().BeEmpty();
        (await Client.Pop("missing", 1)).Should().Match<Result<IReadOnlyList<SeenMessage>>>(answer => answer.Status == 200 && answer.Value!.Count == 0);
    }

    [Theory, InlineData(0), InlineData(-1), InlineData(21), InlineData(1_000_000_000)]
    public async Task a_pop_is_from_1_to_20(long count)
    {
        await Posted(Client, "q", 1);

        (await Client.Pop("q", count)).Status.Should().Be(400);
        (await Client.List("q", echo: true)).Value.Should().ContainSingle();
    }
}

[Collection(TransportsCollection.Name)]
public sealed class MessagesOverRest(WebSocketService service) : MessageCases(service, Transport.Rest);

[Collection(TransportsCollection.Name)]
public sealed class MessagesOverWebSocket(WebSocketService service) : MessageCases(service, Transport.WebSocket);

[Collection(TransportsCollection.Name)]
public sealed class MessagesOverBinaryWebSocket(WebSocketService service) : MessageCases(service, Transport.BinaryWebSocket);
