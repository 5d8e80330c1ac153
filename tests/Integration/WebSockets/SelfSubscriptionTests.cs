using System.Text.Json;
using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.WebSockets;

/// <summary>A connection that subscribes itself, and what it is told. Source: API contract, section 7.7.</summary>
[Collection(WebSocketCollection.Name)]
public sealed class SelfSubscriptionTests(WebSocketService service)
{
    [Theory]
    [InlineData(FrameKind.Text, "1"), InlineData(FrameKind.Text, "null"), InlineData(FrameKind.Text, """{"e":"é☃𝄞","z":[1.5,{"a":[]}],"a":-1}""")]
    [InlineData(FrameKind.Binary, "1"), InlineData(FrameKind.Binary, "null"), InlineData(FrameKind.Binary, """{"e":"é☃𝄞","z":[1.5,{"a":[]}],"a":-1}""")]
    public async Task a_notification_is_the_payload_that_webhooks_get_and_nothing_around_it(FrameKind kind, string body)
    {
        await using var socket = await service.Connect(kind: kind);
        using var rest = service.Client(socket.Project);
        await socket.Subscribe("w5");

        (await rest.Ask("POST", "/v2/queues/w5/messages", $$"""{"messages": [{"body": {{body}}, "ttl": 60}]}""")).Status.Should().Be(201);

        var told = await socket.Told();
        told.Kind.Should().Be(kind);
        told.Json.Keys().Should().Equal("ttl", "body", "Message_Type", "queue_name");
        told.Json.ShouldEqual($$"""{"ttl": 60, "body": {{body}}, "Message_Type": "Notification", "queue_name": "w5"}""");
        if (kind == FrameKind.Text)
            told.Data.Should().OnlyContain(octet => octet < 128);
        JsonSerializer.Serialize(told.Json.GetProperty("body")).Should().Be(JsonSerializer.Serialize(JsonDocument.Parse(body).RootElement), "the order of its members and their types are kept");
    }

    [Theory, InlineData(FrameKind.Text), InlineData(FrameKind.Binary)]
    public async Task a_queue_that_delays_has_the_delay_told(FrameKind kind)
    {
        await using var socket = await service.Connect(kind: kind);
        await socket.Ask("queue_create", new { queue_name = "slow", metadata = new { _default_message_delay = 3 } });
        await socket.Subscribe("slow");

        await socket.Ask("message_post", """{"queue_name": "slow", "messages": [{"body": 1, "ttl": 60, "delay": 7}, {"body": 2, "ttl": 60}]}""");

        var told = await socket.Told(2);
        told[0].Json.ShouldEqual("""{"ttl": 60, "body": 1, "delay": 7, "Message_Type": "Notification", "queue_name": "slow"}""");
        told[1].Json.ShouldEqual("""{"ttl": 60, "body": 2, "delay": 3, "Message_Type": "Notification", "queue_name": "slow"}""");
    }

    [Fact]
    public async Task all_that_a_connection_is_told_is_of_the_kind_of_its_last_subscription_that_succeeded()
    {
        await using var socket = await service.Connect();
        using var rest = service.Client(socket.Project);
        await socket.Subscribe("a");
        (await KindOf("a")).Should().Be(FrameKind.Text);

        socket.Kind = FrameKind.Binary;
        await socket.Subscribe("b");
        (await KindOf("a")).Should().Be(FrameKind.Binary);
        (await KindOf("b")).Should().Be(FrameKind.Binary);

        // None of these subscribes the connection.
        socket.Kind = FrameKind.Text;
        (await socket.Ask("subscription_create", new { queue_name = "a" })).ShouldBe(409);
        (await socket.Ask("subscription_create", new { queue_name = "c", ttl = 1 })).ShouldBe(400);
        (await socket.Ask("subscription_create", new { queue_name = "c", subscriber = "http://example.com" })).ShouldBe(201);
        (await socket.Ask("queue_list")).ShouldBe(200);
        (await KindOf("a")).Should().Be(FrameKind.Binary);

        await socket.Subscribe("d");
        (await KindOf("a")).Should().Be(FrameKind.Text);
        (await KindOf("b")).Should().Be(FrameKind.Text);

        async Task<FrameKind> KindOf(string queue)
        {
            await rest.Post(queue, 1);
            return (await socket.Told()).Kind;
        }
    }

    [Fact]
    public async Task a_subscription_is_listed_with_an_address_that_is_the_connections_own()
    {
        await using var socket = await service.Connect();
        await using var other = await service.Connect(socket.Project);
        using var rest = service.Client(socket.Project);
        var id = await socket.Subscribe("q");
        await socket.Subscribe("w");
        await other.Subscribe("q");

        var listed = (await socket.Ask("subscription_list", new { queue_name = "q" })).ShouldBe(200).Body.GetProperty("subscriptions");
        var elsewhere = (await socket.Ask("subscription_list", new { queue_name = "w" })).ShouldBe(200).Body.GetProperty("subscriptions");
        var overRest = (await rest.Get("/v2/queues/q/subscriptions")).Json.GetProperty("subscriptions");

        listed.GetArrayLength().Should().Be(2);
        listed[0].GetProperty("id").GetString().Should().Be(id);
        listed[0].GetProperty("source").GetString().Should().Be("q");
        listed[0].GetProperty("ttl").GetInt32().Should().Be(3600);
        listed[0].GetProperty("options").ShouldEqual("{}");
        var subscriber = listed[0].GetProperty("subscriber").GetString()!;
        subscriber.Should().MatchRegex("^http://[^/:]+:[0-9]+/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$");
        elsewhere[0].GetProperty("subscriber").GetString().Should().Be(subscriber, "it is one connection");
        listed[1].GetProperty("subscriber").GetString().Should().NotBe(subscriber, "it is another connection");
        overRest[0].GetProperty("subscriber").GetString().Should().Be(subscriber);
        (await socket.Ask("subscription_get", new { queue_name = "q", subscription_id = id })).ShouldBe(200).Body.GetProperty("subscriber").GetString().Should().Be(subscriber);
    }

    [Fact]
    public async Task a_connection_subscribes_to_a_queue_once()
    {
        await using var socket = await service.Connect();
        await using var other = await service.Connect(socket.Project);
        await socket.Subscribe("q");

        (await socket.Ask("subscription_create", new { queue_name = "q" })).ShouldBe(409).Body.GetString().Should().NotBeNullOrEmpty();
        await socket.Subscribe("w");
        await other.Subscribe("q");

        await socket.Post("q", 1);
        await socket.Post("w", 2);
        (await socket.Told(2)).Select(frame => (frame.Json.GetProperty("queue_name").GetString(), frame.Json.GetProperty("body").GetInt32()))
            .Should().BeEquivalentTo([("q", 1), ("w", 2)]);
        (await other.ToldNumbers(1)).Should().Equal(1);
    }

    [Fact]
    public async Task a_subscription_makes_its_queue()
    {
        await using var socket = await service.Connect();

        await socket.Subscribe("q");

        (await socket.Ask("queue_list")).Body.ShouldEqual("""{"queues": [{"name": "q"}]}""");
    }

    [Theory, InlineData("""{"queue_name": "q", "ttl": 59}"""), InlineData("""{"queue_name": "q", "ttl": 9223372036854775807}"""), InlineData("""{"queue_name": "a b"}"""), InlineData("""{"queue_name": "q", "options": {"_retry_policy": 1}}""")]
    public async Task a_subscription_that_breaks_a_rule_is_not_made(string body)
    {
        await using var socket = await service.Connect();

        (await socket.Ask("subscription_create", body)).ShouldBe(400);

        (await socket.Ask("queue_list")).Body.ShouldEqual("""{"queues": []}""");
    }

    [Fact]
    public async Task a_subscription_ends_with_its_time_and_without_a_word()
    {
        await using var socket = await service.Connect();
        using var rest = service.Client(socket.Project);
        await socket.Subscribe("q", ttl: 60);
        await socket.Post("q", 1);
        (await socket.ToldNumbers(1)).Should().Equal(1);

        service.Advance(TimeSpan.FromSeconds(61));

        await socket.Post("q", 2);
        (await rest.Subscriptions("q")).Should().BeEmpty();
        await socket.Subscribe("q");
        await socket.Post("q", 3);
        (await socket.ToldNumbers(1)).Should().Equal(3);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task who_goes_is_subscribed_no_more(bool politely)
    {
        var socket = await service.Connect();
        using var rest = service.Client(socket.Project);
        await socket.Subscribe("q");
        await socket.Subscribe("w");
        await socket.Ask("subscription_create", new { queue_name = "q", subscriber = "http://example.com" });
        (await rest.Subscriptions("q")).Should().HaveCount(2);

        if (!politely)
            socket.Abort();
        await socket.DisposeAsync();

        await Eventually.Holds(async () => (await rest.Subscriptions("q")).Length + (await rest.Subscriptions("w")).Length, count => count == 1, "its own are gone and the other stays");
        (await rest.Get("/v2/queues/q/subscriptions")).Json.GetProperty("subscriptions")[0].GetProperty("subscriber").GetString().Should().Be("http://example.com");
    }

    [Theory, InlineData("rest"), InlineData("socket"), InlineData("purge")]
    public async Task what_is_deleted_is_silent_and_may_be_made_again(string by)
    {
        await using var socket = await service.Connect();
        using var rest = service.Client(socket.Project);
        var id = await socket.Subscribe("q");
        await socket.Subscribe("w");

        if (by == "rest")
            (await rest.Delete($"/v2/queues/q/subscriptions/{id}")).ShouldBeEmpty(204);
        else if (by == "socket")
            (await socket.Ask("subscription_delete", new { queue_name = "q", subscription_id = id })).ShouldBe(204);
        else
            (await socket.Ask("queue_purge", """{"queue_name": "q", "resource_types": ["subscriptions"]}""")).ShouldBe(204);
        await rest.Post("q", 1);
        await rest.Post("w", 2);

        (await socket.ToldNumbers(1)).Should().Equal(2);
        await socket.Subscribe("q");
        await rest.Post("q", 3);
        (await socket.ToldNumbers(1)).Should().Equal(3);
    }

    [Fact]
    public async Task another_connection_may_end_it()
    {
        await using var socket = await service.Connect();
        await using var other = await service.Connect(socket.Project);
        var id = await socket.Subscribe("q");
        await socket.Subscribe("w");

        (await other.Ask("subscription_delete", new { queue_name = "q", subscription_id = id })).ShouldBe(204);
        await other.Post("q", 1);
        await other.Post("w", 2);

        (await socket.ToldNumbers(1)).Should().Equal(2);
    }

    [Fact]
    public async Task a_subscription_that_is_moved_to_another_address_is_told_there()
    {
        await using var socket = await service.Connect();
        using var rest = service.Client(socket.Project);
        var id = await socket.Subscribe("q");
        await socket.Subscribe("w");

        (await rest.Patch($"/v2/queues/q/subscriptions/{id}", """{"subscriber": "http://example.com/elsewhere"}""")).ShouldBeEmpty(204);
        await rest.Post("q", 1);
        await rest.Post("w", 2);

        (await socket.ToldNumbers(1)).Should().Equal(2);
    }

    [Fact]
    public async Task the_address_of_a_connection_is_of_no_use_to_others()
    {
        await using var socket = await service.Connect();
        await using var thief = await service.Connect();
        await socket.Subscribe("q");
        var address = (await socket.Ask("subscription_list", new { queue_name = "q" })).Body.GetProperty("subscriptions")[0].GetProperty("subscriber").GetString();

        // Whatever it answers, the connection hears nothing of it.
        await thief.Ask("subscription_create", new { queue_name = "q", subscriber = address });
        await thief.Post("q", 666);
        await socket.Post("q", 1);

        (await socket.ToldNumbers(1)).Should().Equal(1);
    }

    [Fact]
    public async Task what_other_projects_post_and_what_was_there_before_is_not_told()
    {
        await using var socket = await service.Connect();
        await using var stranger = await service.Connect();
        await socket.Post("q", 1, 2);
        await stranger.Subscribe("q");
        await socket.Subscribe("q");

        await stranger.Post("q", 3);
        await socket.Post("q", 4);
        await socket.Post("other", 5);
        await socket.Post("q", 6);

        (await socket.ToldNumbers(2)).Should().Equal(4, 6);
        (await stranger.ToldNumbers(1)).Should().Equal(3);
    }

    [Fact]
    public async Task the_messages_of_posts_come_one_by_one_in_their_order_to_each_connection()
    {
        await using var socket = await service.Connect();
        await using var binary = await service.Connect(socket.Project, kind: FrameKind.Binary);
        using var rest = service.Client(socket.Project);
        await socket.Subscribe("q");
        await binary.Subscribe("q");

        for (var post = 0; post < 5; post++)
            await rest.Post("q", [.. Enumerable.Range(post * 20, 20).Cast<object>()]);

        (await socket.ToldNumbers(100)).Should().Equal(Enumerable.Range(0, 100));
        (await binary.ToldNumbers(100)).Should().Equal(Enumerable.Range(0, 100));
    }

    [Fact]
    public async Task replies_and_notifications_come_in_turn_and_each_in_its_order()
    {
        await using var socket = await service.Connect();
        await socket.Subscribe("q");

        var replies = await socket.AskAll([.. Enumerable.Range(0, 300).Select(n => n % 3 == 0
            ? socket.Request("queue_get_stats", new { queue_name = "q" })
            : socket.Request("message_post", $$"""{"queue_name": "q", "messages": [{"body": {{n}}}]}"""))]);

        replies.Select(reply => reply.Status).Should().Equal(Enumerable.Range(0, 300).Select(n => n % 3 == 0 ? 200 : 201));
        (await socket.ToldNumbers(200)).Should().Equal(Enumerable.Range(0, 300).Where(n => n % 3 != 0));
    }

    [Fact]
    public async Task a_message_that_is_taken_at_once_is_told_of_all_the_same()
    {
        await using var socket = await service.Connect();
        await using var taker = await service.Connect(socket.Project);
        await socket.Subscribe("q");

        await taker.AskAll([.. Enumerable.Range(0, 60).SelectMany(n => new[]
        {
            taker.Request("message_post", $$"""{"queue_name": "q", "messages": [{"body": {{n}}}]}"""),
            (n % 3) switch
            {
                0 => taker.Request("message_delete_many", new { queue_name = "q", pop = 1 }),
                1 => taker.Request("claim_create", new { queue_name = "q" }),
                _ => taker.Request("queue_purge", """{"queue_name": "q", "resource_types": ["messages"]}"""),
            },
        })]);

        (await socket.ToldNumbers(60)).Should().Equal(Enumerable.Range(0, 60));
    }

    [Fact]
    public async Task a_queue_that_is_deleted_and_made_anew_keeps_its_subscribers()
    {
        await using var socket = await service.Connect();
        await socket.Subscribe("q");
        await socket.Post("q", 1);

        (await socket.Ask("queue_delete", new { queue_name = "q" })).ShouldBe(204);
        await socket.Post("q", 2);
        (await socket.Ask("queue_delete", new { queue_name = "q" })).ShouldBe(204);
        (await socket.Ask("queue_create", new { queue_name = "q" })).ShouldBe(201);
        await socket.Post("q", 3);

        (await socket.ToldNumbers(3)).Should().Equal(1, 2, 3);
    }

    [Fact]
    public async Task a_queue_that_is_deleted_behind_each_post_has_all_of_them_told()
    {
        await using var socket = await service.Connect();
        await using var other = await service.Connect(socket.Project);
        await socket.Subscribe("q");

        await other.AskAll([.. Enumerable.Range(0, 60).Select(n => n % 2 == 0
            ? other.Request("message_post", $$"""{"queue_name": "q", "messages": [{"body": {{n}}}, {"body": {{n + 1}}}]}""")
            : other.Request("queue_delete", new { queue_name = "q" }))]);

        (await socket.ToldNumbers(60)).Should().Equal(Enumerable.Range(0, 60));
    }

    [Fact]
    public async Task a_post_right_behind_a_subscription_is_told_and_one_right_before_it_is_not()
    {
        await using var socket = await service.Connect();
        for (var time = 0; time < 20; time++)
        {
            var queue = $"q{time}";
            await socket.AskAll(
            [
                socket.Request("message_post", $$"""{"queue_name": "{{queue}}", "messages": [{"body": -1}]}"""),
                socket.Request("subscription_create", new { queue_name = queue }),
                socket.Request("message_post", $$"""{"queue_name": "{{queue}}", "messages": [{"body": {{time}}}]}"""),
            ]);

            (await socket.ToldNumbers(1)).Should().Equal(time);
        }
    }

    [Fact]
    public async Task who_subscribes_while_others_post_is_told_of_all_from_some_message_on()
    {
        await using var poster = await service.Connect();
        var posting = poster.AskAll([.. Enumerable.Range(0, 400).Select(n => poster.Request("message_post", $$"""{"queue_name": "q", "messages": [{"body": {{n}}}]}"""))]);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(async n =>
        {
            await using var socket = await service.Connect(poster.Project, kind: (FrameKind)(n % 2));
            await socket.Subscribe("q");
            await posting;

            // A message of its own ends the wait.
            await socket.Post("q", 400 + n);
            var told = new List<int>();
            while (told.Count == 0 || told[^1] != 400 + n)
                told.AddRange(await socket.ToldNumbers(1));

            var first = told[0];
            told.Where(number => number < 400).Should().Equal(Enumerable.Range(Math.Min(first, 400), Math.Max(0, 400 - first)));
        }));
    }

    [Fact]
    public async Task a_hundred_connections_hear_the_same()
    {
        await using var poster = await service.Connect();
        var sockets = await Task.WhenAll(Enumerable.Range(0, 100).Select(n => service.Connect(poster.Project, kind: (FrameKind)(n % 2))));
        foreach (var socket in sockets)
            await socket.Subscribe("q");

        await poster.AskAll([.. Enumerable.Range(0, 50).Select(n => poster.Request("message_post", $$"""{"queue_name": "q", "messages": [{"body": {{n}}}]}"""))]);

        foreach (var socket in sockets)
            (await socket.ToldNumbers(50)).Should().Equal(Enumerable.Range(0, 50));
        await Task.WhenAll(sockets.Select(socket => socket.DisposeAsync().AsTask()));
        await Eventually.Holds(async () => (await poster.Ask("subscription_list", new { queue_name = "q" })).Body.GetProperty("subscriptions").GetArrayLength(),
            left => left == 0, "none is subscribed any more");
    }

    [Fact]
    public async Task options_change_nothing_of_what_is_told()
    {
        await using var socket = await service.Connect();
        (await socket.Ask("subscription_create", """{"queue_name": "q", "options": {"post_data": "x", "a": 1} }""")).ShouldBe(201);

        await socket.Post("q", 1);

        (await socket.Told()).Json.ShouldEqual("""{"ttl": 3600, "body": 1, "Message_Type": "Notification", "queue_name": "q"}""");
        (await socket.Ask("subscription_list", new { queue_name = "q" })).Body.GetProperty("subscriptions")[0].GetProperty("options").ShouldEqual("""{"post_data": "x", "a": 1}""");
    }

    [Fact]
    public async Task a_subscription_that_is_given_more_time_goes_on()
    {
        await using var socket = await service.Connect();
        using var rest = service.Client(socket.Project);
        var id = await socket.Subscribe("q", ttl: 60);

        (await rest.Patch($"/v2/queues/q/subscriptions/{id}", """{"ttl": 600}""")).ShouldBeEmpty(204);
        service.Advance(TimeSpan.FromSeconds(100));
        await socket.Post("q", 1);

        (await socket.ToldNumbers(1)).Should().Equal(1);
    }

    [Fact]
    public async Task of_thousands_of_messages_by_many_posters_none_is_missing()
    {
        const int posters = 8, posts = 10, each = 50;
        await using var socket = await service.Connect();
        await socket.Subscribe("q");

        await Task.WhenAll(Enumerable.Range(0, posters).Select(async poster =>
        {
            await using var posting = await service.Connect(socket.Project, kind: (FrameKind)(poster % 2));
            for (var post = 0; post < posts; post++)
                await posting.Post("q", [.. Enumerable.Range(((poster * posts) + post) * each, each).Cast<object>()]);
        }));

        var told = await socket.ToldNumbers(posters * posts * each);
        told.Order().Should().Equal(Enumerable.Range(0, posters * posts * each));
        told.Chunk(each).Should().OnlyContain(post => post.Zip(post.Skip(1)).All(pair => pair.Second == pair.First + 1), "the messages of a post come in their order");
    }

    [Fact]
    public async Task a_body_as_long_as_a_post_may_be_is_told()
    {
        await using var socket = await service.Connect();
        await socket.Subscribe("q");
        var (text, marks) = (new string('x', 260_000), new string('é', 100_000));

        foreach (var body in new[] { text, marks })
            (await socket.Ask("message_post", $$"""{"queue_name": "q", "messages": [{"body": "{{body}}"}]}""")).ShouldBe(201);

        (await socket.Told()).Json.GetProperty("body").GetString().Should().Be(text);
        (await socket.Told()).Json.GetProperty("body").GetString().Should().Be(marks);
    }
}
