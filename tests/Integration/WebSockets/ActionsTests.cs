using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.WebSockets;

/// <summary>Which actions there are, and what their requests must have.</summary>
[Collection(WebSocketCollection.Name)]
public sealed class ActionsTests(WebSocketService service)
{
    private const string SchemaFailure = "Schema validation failed.";
    private const string Some = "3381af92-2b9e-11e3-b191-71861300734c";

    // What fits no other type than its own.
    private static readonly Dictionary<string, string[]> _mistyped = new()
    {
        ["text"] = ["1", "[]", "{}", "true"],
        ["integer"] = ["\"1\"", "1.5", "[]", "{}"],
        ["boolean"] = ["\"true\"", "1", "[]", "{}"],
        ["array"] = ["{}", "\"x\"", "1", "true"],
        ["object"] = ["[]", "\"x\"", "1", "true"],
    };

    /// <summary>Every action with its members, a valid value for each, the required ones marked.</summary>
    public static TheoryData<string, string> Actions => new()
    {
        { "queue_list", "marker:text=\"a\" limit:integer=1 detailed:boolean=true" },
        { "queue_create", "queue_name!:text=\"q\"" },
        { "queue_delete", "queue_name!:text=\"gone\"" },
        { "queue_get", "queue_name!:text=\"q\"" },
        { "queue_get_stats", "queue_name!:text=\"gone\"" },
        { "queue_purge", "queue_name!:text=\"q\" resource_types:array=[]" },
        { "message_list", "queue_name!:text=\"q\" marker:text=\"a\" limit:integer=1 echo:boolean=true include_claimed:boolean=true" },
        { "message_get", $"queue_name!:text=\"q\" message_id!:text=\"{Some}\"" },
        { "message_get_many", "queue_name!:text=\"q\" message_ids!:array=[]" },
        { "message_post", "queue_name!:text=\"q\" messages!:array=[]" },
        { "message_delete", $"queue_name!:text=\"q\" message_id!:text=\"{Some}\" claim_id:text=\"{Some}\"" },
        { "message_delete_many", "queue_name!:text=\"q\" message_ids:array=[]" },
        { "message_delete_many", "queue_name!:text=\"q\" pop:integer=1" },
        { "claim_create", "queue_name!:text=\"q\" limit:integer=1 ttl:integer=60 grace:integer=60" },
        { "claim_get", $"queue_name!:text=\"q\" claim_id!:text=\"{Some}\"" },
        { "claim_update", $"queue_name!:text=\"q\" claim_id!:text=\"{Some}\" ttl:integer=60" },
        { "claim_delete", $"queue_name!:text=\"q\" claim_id!:text=\"{Some}\"" },
        { "subscription_create", "queue_name!:text=\"q\" subscriber:text=\"http://example.com\" ttl:integer=60 options:object={}" },
        { "subscription_list", "queue_name!:text=\"q\"" },
        { "subscription_get", $"queue_name!:text=\"q\" subscription_id!:text=\"{Some}\"" },
        { "subscription_delete", $"queue_name!:text=\"q\" subscription_id!:text=\"{Some}\"" },
    };

    /// <summary>Actions that the original declares and then never answers, and others that it has not.</summary>
    public static TheoryData<string> NoActions =>
    [
        "get_home_doc", "check_node_health", "ping_node", "pool_list", "pool_create", "pool_get", "pool_update", "pool_delete", "pool_get_detail",
        "flavor_list", "flavor_create", "flavor_get", "flavor_update", "flavor_delete", "subscription_update", "subscription_confirm", "queue_update",
        "queue_share", "topic_create", "message_update", "QUEUE_LIST", "queue_list ", "", "action", "Équeue", "__class__",
    ];

    [Theory, MemberData(nameof(NoActions))]
    public async Task an_action_that_is_none_is_refused_at_once(string action)
    {
        foreach (var kind in new[] { FrameKind.Text, FrameKind.Binary })
        {
            await using var socket = await service.Connect(kind: kind);

            (await socket.Ask(action)).ShouldRefuse(400, $"{action} is not a valid action");
            (await socket.AskJson($$"""{"action": "{{action}}"}""")).ShouldRefuse(400, $"{action} is not a valid action");
            await socket.ShouldGoOn();
        }
    }

    [Theory, InlineData(""), InlineData(""", "action": null"""), InlineData(""", "action": 5"""), InlineData(""", "action": ["queue_list"]"""), InlineData(""", "action": {"queue_list": 1}"""), InlineData(""", "Action": "queue_list" """)]
    public async Task an_action_that_is_missing_or_no_text_is_refused(string action)
    {
        foreach (var kind in new[] { FrameKind.Text, FrameKind.Binary })
        {
            await using var socket = await service.Connect(kind: kind);

            var reply = await socket.AskJson($$"""{"headers": {"Client-ID": "{{socket.ClientId}}", "X-Project-ID": "{{socket.Project}}"}{{action}}}""");

            reply.ShouldRefuse(400);
            reply.Error.Should().EndWith("is not a valid action");
            await socket.ShouldGoOn();
        }
    }

    [Theory, MemberData(nameof(Actions))]
    public async Task a_required_member_may_not_be_missing_and_none_may_be_of_another_type(string action, string members)
    {
        var all = members.Split(' ').Select(Member.Parse).ToList();
        foreach (var kind in new[] { FrameKind.Text, FrameKind.Binary })
        {
            await using var socket = await service.Connect(kind: kind);

            (await socket.Ask(action, Body(all))).Says(SchemaFailure).Should().BeFalse("{0} with all its members is valid", action);
            foreach (var required in all.Where(member => member.Required))
            {
                (await socket.Ask(action, Body(all.Where(member => member != required)))).ShouldRefuse(400, SchemaFailure);
                (await socket.Ask(action, Body(all.Select(member => member == required ? member with { Value = "null" } : member)))).ShouldRefuse(400, SchemaFailure);
            }

            foreach (var member in all)
                foreach (var value in _mistyped[member.Type])
                    (await socket.Ask(action, Body(all.Select(other => other == member ? member with { Value = value } : other)))).ShouldRefuse(400, SchemaFailure);
        }
    }

    [Theory, MemberData(nameof(Actions))]
    public async Task a_request_has_headers_and_a_body_of_the_right_type(string action, string members)
    {
        var body = Body(members.Split(' ').Select(Member.Parse));
        foreach (var kind in new[] { FrameKind.Text, FrameKind.Binary })
        {
            await using var socket = await service.Connect(kind: kind);
            var (client, project) = ($"\"Client-ID\": \"{socket.ClientId}\"", $"\"X-Project-ID\": \"{socket.Project}\"");

            foreach (var headers in new[]
            {
                "[]", "\"x\"", "1", "true", "{}", $"{{{client}}}", $"{{{project}}}", $$"""{{{client}}, "X-Project-ID": 5}""", $$"""{{{client}}, "X-Project-ID": null}""",
                $$"""{{{project}}, "Client-ID": 5}""", $$"""{{{project}}, "Client-ID": ["x"]}""", $$"""{{{project}}, "client-id": "{{socket.ClientId}}"}""",
                $$"""{{{client}}, "x-project-id": "p"}""", $$"""{{{client}}, {{project}}, "X-Auth-Token": 1}""", $$"""{{{client}}, {{project}}, "User-Agent": 1}""",
                $$"""{{{client}}, {{project}}, "Date": {} }""", $$"""{{{client}}, {{project}}, "Accept": []}""",
            })
                (await socket.AskJson($$"""{"action": "{{action}}", "headers": {{headers}}, "body": {{body}}}""")).ShouldRefuse(400, SchemaFailure);

            (await socket.AskJson($$"""{"action": "{{action}}", "body": {{body}}}""")).ShouldRefuse(400, SchemaFailure);
            foreach (var mistyped in new[] { "[]", "\"x\"", "1", "true" })
                (await socket.Ask(action, mistyped)).ShouldRefuse(400, SchemaFailure);
            if (action != "queue_list")
                (await socket.Ask(action)).ShouldRefuse(400, SchemaFailure);
        }
    }

    [Theory, MemberData(nameof(Actions))]
    public async Task members_that_an_action_has_not_are_ignored(string action, string members)
    {
        var known = members.Split(' ').Select(Member.Parse).ToList();
        string[] others = ["marker", "limit", "detailed", "echo", "include_claimed", "include_delayed", "ttl", "grace", "options", "nonsense", "project", "X-Project-ID"];
        // What these mean here is said in words only, not in the schema.
        string[] honoured = action switch
        {
            "message_list" => ["include_delayed"],
            "claim_update" => ["grace"],
            "subscription_list" => ["marker", "limit"],
            _ => [],
        };
        var extra = others.Where(name => !honoured.Contains(name) && known.All(member => member.Name != name))
            .SelectMany(name => new[] { new Member(name, false, "", "\"odd\""), new Member(name, false, "", "[-1, {}]") });
        foreach (var kind in new[] { FrameKind.Text, FrameKind.Binary })
        {
            await using var socket = await service.Connect(kind: kind);

            await socket.Ask(action, Body(known));
            var again = (await socket.Ask(action, Body(known))).Status;
            foreach (var member in extra)
                (await socket.Ask(action, Body(known.Append(member)))).Status.Should().Be(again, "{0} means nothing to {1}", member, action);
            (await socket.AskJson($$"""{"api": "v1", "id": [1], "action": "queue_list", "headers": {"Client-ID": "{{socket.ClientId}}", "X-Project-ID": "{{socket.Project}}", "X-More": {"a": 1} } }"""))
                .ShouldBe(200);
        }
    }

    [Theory, InlineData("message_post", "\"messages\": [{\"body\": 1}]"), InlineData("message_list", "\"limit\": 1")]
    public async Task posting_and_listing_ask_for_a_client_that_is_a_uuid(string action, string members)
    {
        await using var socket = await service.Connect();
        await socket.Post("q", 1);
        var body = $$"""{"queue_name": "q", {{members}}}""";

        foreach (var client in new[] { "x", "", "3381af92-2b9e-11e3-b191-7186130073", "not-a-uuid-at-all-but-as-long-as-one" })
            (await socket.Ask(action, body, ("Client-ID", client))).ShouldBe(400);
        foreach (var client in new[] { "3381af922b9e11e3b19171861300734c", "{3381AF92-2B9E-11E3-B191-71861300734C}", "urn:uuid:3381af92-2b9e-11e3-b191-71861300734c" })
            (await socket.Ask(action, body, ("Client-ID", client))).Status.Should().BeOneOf(200, 201);
    }

    [Fact]
    public async Task all_spellings_of_a_uuid_are_one_client()
    {
        await using var socket = await service.Connect(clientId: "3381af922b9e11e3b19171861300734c");
        await socket.Post("q", 1);

        var listed = await socket.Ask("message_list", new { queue_name = "q" }, ("Client-ID", "3381AF92-2b9e-11e3-b191-71861300734c"));

        listed.ShouldBe(200).Body.ShouldEqual("""{"messages": []}""");
    }

    [Fact]
    public async Task a_project_is_neither_empty_nor_too_long()
    {
        await using var socket = await service.Connect();

        (await socket.Ask("queue_create", new { queue_name = "q" }, ("X-Project-ID", ""))).ShouldBe(400);
        (await socket.Ask("queue_create", new { queue_name = "q" }, ("X-Project-ID", new string('p', 257)))).ShouldBe(400);
        (await socket.Ask("queue_create", new { queue_name = "q" }, ("X-Project-ID", Guid.NewGuid() + new string('é', 220)))).ShouldBe(201);
    }

    [Fact]
    public async Task each_frame_says_its_own_project()
    {
        await using var socket = await service.Connect();
        var other = $"project-{Guid.NewGuid():N}";
        await socket.Post("q", 1);

        (await socket.Ask("queue_list", null, ("X-Project-ID", other))).Body.ShouldEqual("""{"queues": []}""");
        (await socket.Ask("queue_create", new { queue_name = "theirs" }, ("X-Project-ID", other))).ShouldBe(201);
        (await socket.Ask("queue_list")).Body.ShouldEqual("""{"queues": [{"name": "q"}]}""");
    }

    [Fact]
    public async Task a_project_over_rest_is_the_same_over_the_socket()
    {
        await using var socket = await service.Connect();
        using var rest = service.Client(socket.Project);

        await rest.Post("q", 1);
        await socket.Post("w", 1);

        (await socket.Ask("queue_list")).Body.ShouldEqual("""{"queues": [{"name": "q"}, {"name": "w"}]}""");
    }

    private static string Body(IEnumerable<Member> members) => "{" + string.Join(", ", members.Select(member => $"\"{member.Name}\": {member.Value}")) + "}";

    /// <param name="Value">As JSON.</param>
    private sealed record Member(string Name, bool Required, string Type, string Value)
    {
        /// <summary>Reads <c>name!:type=value</c>, where the mark says that it is required.</summary>
        public static Member Parse(string text)
        {
            var (colon, equals) = (text.IndexOf(':'), text.IndexOf('='));
            return new(text[..colon].TrimEnd('!'), text[colon - 1] == '!', text[(colon + 1)..equals], text[(equals + 1)..]);
        }
    }
}

file static class Errors
{
    /// <summary>Whether it is refused with this sentence.</summary>
    public static bool Says(this Frame reply, string sentence) =>
        reply.Status == 400 && reply.Body.ValueKind == System.Text.Json.JsonValueKind.Object && reply.Body.TryGetProperty("error", out var error)
        && error.ValueKind == System.Text.Json.JsonValueKind.String && error.GetString() == sentence;
}
