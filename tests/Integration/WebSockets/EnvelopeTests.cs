using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.WebSockets;

/// <summary>What surrounds every request and reply.</summary>
[Collection(WebSocketCollection.Name)]
public sealed class EnvelopeTests(WebSocketService service)
{
    [Theory, InlineData(FrameKind.Text), InlineData(FrameKind.Binary)]
    public async Task a_reply_echoes_action_body_and_headers_as_they_were(FrameKind kind)
    {
        await using var socket = await service.Connect(kind: kind);
        var headers = $$"""{"Client-ID": "{{socket.ClientId}}", "X-Project-ID": "{{socket.Project}}", "User-Agent": "é\u2603", "x-other": "\u0000"}""";
        const string body = """{"queue_name": "q", "messages": [{"body": {"a": [1, -1.5, null, true, "\uD834\uDD1E"]}, "ttl": 60}], "more": {"": []}}""";

        var reply = await socket.AskJson($$"""{"action": "message_post", "headers": {{headers}}, "body": {{body}}, "more": 1}""");

        reply.ShouldBe(201);
        reply.Json.Keys().Should().BeEquivalentTo("request", "body", "headers");
        reply.Json.GetProperty("headers").ShouldEqual("""{"status": 201}""");
        reply.Request.Keys().Should().BeEquivalentTo("action", "body", "headers", "api");
        reply.Request.GetProperty("action").GetString().Should().Be("message_post");
        reply.Request.GetProperty("api").GetString().Should().Be("v2");
        reply.Request.GetProperty("headers").ShouldEqual(headers);
        reply.Request.GetProperty("body").ShouldEqual(body);
    }

    [Theory, InlineData(FrameKind.Text), InlineData(FrameKind.Binary)]
    public async Task what_was_absent_is_echoed_as_an_empty_object(FrameKind kind)
    {
        await using var socket = await service.Connect(kind: kind);

        (await socket.Ask("queue_list")).ShouldBe(200).Request.GetProperty("body").ShouldEqual("{}");
        (await socket.AskJson("""{"action": "queue_list"}""")).ShouldBe(400).Request
            .ShouldEqual("""{"action": "queue_list", "body": {}, "headers": {}, "api": "v2"}""");
        (await socket.AskJson("{}")).ShouldBe(400).Request.ShouldEqual("""{"action": null, "body": {}, "headers": {}, "api": "v2"}""");
    }

    [Theory, InlineData(FrameKind.Text), InlineData(FrameKind.Binary)]
    public async Task a_refusal_echoes_its_request_too(FrameKind kind)
    {
        await using var socket = await service.Connect(kind: kind);

        var reply = await socket.Ask("message_get", new { queue_name = "q", message_id = "bogus" });

        reply.ShouldBe(404);
        reply.Body.Keys().Should().BeEquivalentTo("exception", "error");
        reply.Body.GetProperty("exception").GetString().Should().NotBeNullOrEmpty();
        reply.Request.GetProperty("body").ShouldEqual("""{"queue_name": "q", "message_id": "bogus"}""");
    }

    [Fact]
    public async Task a_reply_is_of_its_requests_kind()
    {
        await using var socket = await service.Connect();

        foreach (var kind in new[] { FrameKind.Text, FrameKind.Binary, FrameKind.Binary, FrameKind.Text })
        {
            socket.Kind = kind;
            (await socket.Ask("queue_list")).Kind.Should().Be(kind);
            (await socket.Ask("nonsense")).Kind.Should().Be(kind);
            (await socket.Ask("queue_get", "{}")).Kind.Should().Be(kind);
        }
    }

    [Fact]
    public async Task a_text_reply_is_ascii()
    {
        await using var socket = await service.Connect();
        await socket.Post("q", "é\u2603\uD834\uDD1E\u007F");

        var listed = await socket.Ask("message_list", new { queue_name = "q", echo = true });

        listed.Data.Should().OnlyContain(octet => octet < 128);
        listed.Body.GetProperty("messages")[0].GetProperty("body").GetString().Should().Be("é\u2603\uD834\uDD1E\u007F");
        (await socket.AskJson("""{"action": "é"}""")).Data.Should().OnlyContain(octet => octet < 128);
    }

    [Theory, InlineData(FrameKind.Text), InlineData(FrameKind.Binary)]
    public async Task authenticating_where_nobody_asks_for_it_is_answered_and_echoes_no_token(FrameKind kind)
    {
        await using var socket = await service.Connect(kind: kind);

        var reply = await socket.Ask("authenticate", null, ("X-Auth-Token", "a secret of mine"));

        reply.ShouldBe(200).Body.ShouldEqual("""{"message": "Authentified."}""");
        reply.Text.Should().NotContain("secret");
        reply.Request.GetProperty("headers").ShouldEqual("{}");
        reply.Request.GetProperty("body").ShouldEqual("{}");
        await socket.ShouldGoOn();
    }

    [Fact]
    public async Task null_counts_as_absent_where_nothing_is_required()
    {
        await using var socket = await service.Connect();
        await socket.Post("q", 1);

        (await socket.Ask("queue_list", """{"marker": null, "limit": null, "detailed": null}""")).ShouldBe(200);
        (await socket.Ask("message_list", """{"queue_name": "q", "limit": null, "echo": null}""")).ShouldBe(200);
        (await socket.Ask("claim_create", """{"queue_name": "q", "ttl": null, "grace": null, "limit": null}""")).ShouldBe(201);
        (await socket.Ask("queue_create", """{"queue_name": "w", "metadata": null}""")).ShouldBe(201);
    }

    [Fact]
    public async Task many_are_deleted_by_their_ids_or_popped_and_not_both()
    {
        await using var socket = await service.Connect();
        var ids = await socket.Post("q", 1);

        (await socket.Ask("message_delete_many", new { queue_name = "q" })).ShouldBe(400);
        (await socket.Ask("message_delete_many", new { queue_name = "q", message_ids = ids, pop = 1 })).ShouldBe(400);
        (await socket.Ask("message_delete_many", """{"queue_name": "q", "message_ids": [1]}""")).ShouldBe(400);
        (await socket.Ask("message_get_many", """{"queue_name": "q", "message_ids": [1]}""")).ShouldBe(400);
        (await socket.Ask("queue_get_stats", new { queue_name = "q" })).Body.GetProperty("messages").GetProperty("total").GetInt32().Should().Be(1);
    }

    [Theory, InlineData("""["nonsense"]"""), InlineData("[]")]
    public async Task a_purge_of_what_there_is_not_takes_nothing(string types)
    {
        await using var socket = await service.Connect();
        await socket.Post("q", 1);

        (await socket.Ask("queue_purge", $$"""{"queue_name": "q", "resource_types": {{types}}}""")).ShouldBe(204);

        (await socket.Ask("queue_get_stats", new { queue_name = "q" })).Body.GetProperty("messages").GetProperty("total").GetInt32().Should().Be(1);
    }

    [Theory, InlineData(FrameKind.Text), InlineData(FrameKind.Binary)]
    public async Task the_answers_are_spelled_as_the_contract_has_them(FrameKind kind)
    {
        await using var socket = await service.Connect(kind: kind);

        Sentence((await socket.Ask("queue_create", new { queue_name = "q", metadata = new { a = 1 } })).ShouldBe(201));
        Sentence((await socket.Ask("queue_create", new { queue_name = "q" })).ShouldBe(204));
        (await socket.Ask("queue_get", new { queue_name = "q" })).ShouldBe(200).Body.ShouldEqual("""{"a": 1}""");
        (await socket.Ask("queue_get", new { queue_name = "missing" })).ShouldBe(200).Body.ShouldEqual("{}");
        (await socket.Ask("queue_list")).ShouldBe(200).Body.ShouldEqual("""{"queues": [{"name": "q"}]}""");
        (await socket.Ask("queue_list", new { detailed = true })).ShouldBe(200).Body.ShouldEqual("""{"queues": [{"name": "q", "metadata": {"a": 1}}]}""");
        (await socket.Ask("queue_get_stats", new { queue_name = "missing" })).ShouldBe(404).Body.ShouldEqual("""{"messages": {"claimed": 0, "free": 0, "total": 0}}""");
        (await socket.Ask("queue_get_stats", new { queue_name = "q" })).ShouldBe(200).Body.ShouldEqual("""{"messages": {"claimed": 0, "free": 0, "total": 0}}""");

        var posted = (await socket.Ask("message_post", new { queue_name = "q", messages = new[] { new { body = 1, ttl = 60 } } })).ShouldBe(201);
        posted.Body.Keys().Should().Equal("message_ids");
        var id = posted.Body.GetProperty("message_ids")[0].GetString()!;
        (await socket.Ask("message_list", new { queue_name = "q" })).ShouldBe(200).Body.ShouldEqual("""{"messages": []}""");
        (await socket.Ask("message_get", new { queue_name = "q", message_id = id })).ShouldBe(200).Body.GetProperty("messages").Keys()
            .Should().BeEquivalentTo("id", "claim_id", "ttl", "age", "body");
        var marks = (await socket.Ask("queue_get_stats", new { queue_name = "q" })).Body.GetProperty("messages");
        marks.GetProperty("oldest").Keys().Should().BeEquivalentTo("id", "age", "created");
        marks.GetProperty("newest").GetProperty("created").GetString().Should().MatchRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$");

        var claimed = (await socket.Ask("claim_create", new { queue_name = "q", ttl = 60, grace = 60 })).ShouldBe(201).Body;
        claimed.Keys().Should().BeEquivalentTo("claim_id", "messages");
        var claim = claimed.GetProperty("claim_id").GetString()!;
        claimed.GetProperty("messages")[0].Keys().Should().BeEquivalentTo("id", "claim_id", "ttl", "age", "body");
        (await socket.Ask("claim_create", new { queue_name = "q" })).ShouldBe(204).Body.Keys().Should().Equal("claim_id");
        (await socket.Ask("claim_get", new { queue_name = "q", claim_id = claim })).ShouldBe(200).Body.Keys().Should().BeEquivalentTo("age", "ttl", "messages");
        Sentence((await socket.Ask("claim_update", new { queue_name = "q", claim_id = claim, ttl = 60 })).ShouldBe(204));
        Sentence((await socket.Ask("claim_delete", new { queue_name = "q", claim_id = claim })).ShouldBe(204));

        (await socket.Ask("message_delete_many", new { queue_name = "q", pop = 1 })).ShouldBe(200).Body.GetProperty("messages")[0].Keys()
            .Should().BeEquivalentTo("id", "age", "ttl", "body", "claim_id", "claim_count");
        (await socket.Ask("message_delete_many", new { queue_name = "q", message_ids = new[] { id } })).ShouldBe(204).Body.ShouldEqual("{}");
        (await socket.Ask("message_delete", new { queue_name = "q", message_id = id })).ShouldBe(204).Body.ShouldEqual("{}");
        (await socket.Ask("queue_purge", new { queue_name = "q" })).ShouldBe(204).Body.ShouldEqual("{}");

        const string hook = "http://example.com/hook";
        var subscribed = (await socket.Ask("subscription_create", new { queue_name = "q", subscriber = hook })).ShouldBe(201).Body;
        subscribed.Keys().Should().BeEquivalentTo("subscription_id", "message");
        Sentence((await socket.Ask("subscription_create", new { queue_name = "q", subscriber = hook })).ShouldBe(409));
        var subscription = subscribed.GetProperty("subscription_id").GetString()!;
        (await socket.Ask("subscription_get", new { queue_name = "q", subscription_id = subscription })).ShouldBe(200).Body.Keys()
            .Should().BeEquivalentTo("id", "source", "subscriber", "ttl", "age", "options", "confirmed");
        (await socket.Ask("subscription_list", new { queue_name = "q" })).ShouldBe(200).Body.Keys().Should().Equal("subscriptions");
        Sentence((await socket.Ask("subscription_delete", new { queue_name = "q", subscription_id = subscription })).ShouldBe(204));
        Sentence((await socket.Ask("queue_delete", new { queue_name = "q" })).ShouldBe(204));

        static void Sentence(Frame reply) => reply.Body.GetString().Should().NotBeNullOrWhiteSpace();
    }
}
