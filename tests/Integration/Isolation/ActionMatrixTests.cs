using System.Text.Json;
using FluentAssertions;
using Xunit;
using Zaqar.Api.WebSockets;
using Zaqar.Integration.WebSockets;

namespace Zaqar.Integration.Isolation;

/// <summary>Every action of the WebSocket's table, asked in every way by those who may not, and in some by those who may.</summary>
[Collection(IsolationCollection.Name)]
public sealed class ActionMatrixTests(IsolatedService service)
{
    private const string NotAuthentified = """{"error":"Not authentified."}""";

    private readonly Tenant _victim = service.Victim;

    public static TheoryData<string> Actions => new(ActionTable.All.Select(action => action.Name));

    [Fact]
    public void each_action_has_a_recipe_and_each_recipe_an_action() =>
        ActionRecipes.All.Keys.Should().BeEquivalentTo(ActionTable.All.Select(action => action.Name));

    [Theory, MemberData(nameof(Actions))]
    public async Task before_a_good_token_was_shown_it_is_shut(string action)
    {
        var complaints = new Complaints(action);
        var before = await service.Everything(_victim.Project);
        var beside = new UriBuilder(service.Address) { Scheme = "ws", Path = "/v2/ws" }.Uri;
        foreach (var (address, kind) in new[] { (service.WebSocketAddress, FrameKind.Text), (service.WebSocketAddress, FrameKind.Binary), (beside, FrameKind.Text) })
        {
            await using var socket = await IsolatedSocket.Connect(address, kind);
            foreach (var way in ActionRecipes.All[action])
                foreach (var (name, headers) in WithoutAToken(action))
                    await Refuse(complaints, socket, action, way, name, headers);
        }

        await Unharmed(complaints, before);
        complaints.ShouldBeNone();
    }

    [Theory, MemberData(nameof(Actions))]
    public async Task after_a_bad_token_was_shown_it_is_shut(string action)
    {
        var (complaints, stranger) = (new Complaints(action), await service.Stranger());
        var before = await service.Everything(_victim.Project);
        await using var socket = await IsolatedSocket.Connect(service.WebSocketAddress);
        (string Name, string Project, string Token, int Status)[] shown =
        [
            .. service.BadTokens.All.Select(bad => (bad.Name, _victim.Project, bad.Token, 401)),
            ("a token of no project", _victim.Project, service.BadTokens.OfNoProject, 403),
            ("a stranger's token for the victim's project", _victim.Project, stranger.Token, 403),
            ("the right token for another project", stranger.Project, _victim.Token, 403),
            ("the right token for no project", "", _victim.Token, 403),
        ];

        foreach (var way in ActionRecipes.All[action])
            foreach (var (name, project, token, status) in shown)
            {
                var reply = await socket.Authenticate(project, token);
                complaints.Unless(reply.Status == status, $"authenticate, {name}", $"{status}", reply);
                await Refuse(complaints, socket, action, way, name, Headers(_victim.Project));
            }

        await Unharmed(complaints, before);
        complaints.ShouldBeNone();
    }

    /// <summary>Whichever project a frame names, the connection's token names its own.</summary>
    [Theory, MemberData(nameof(Actions))]
    public async Task a_frame_cannot_name_another_project_than_its_connections(string action)
    {
        var (complaints, stranger) = (new Complaints(action), await service.Stranger());
        var before = await service.Everything(_victim.Project);
        await using var socket = await IsolatedSocket.Connect(service.WebSocketAddress, stranger);
        await using var binary = await IsolatedSocket.Connect(service.WebSocketAddress, stranger, FrameKind.Binary);
        (string Name, string Headers)[] cases =
        [
            ("the victim's", Headers(_victim.Project)),
            ("the victim's in capitals", Headers(_victim.Project.ToUpperInvariant())),
            ("its own, and then the victim's", $$"""{"Client-ID": "{{IsolatedService.ClientId}}", "X-Project-ID": "{{stranger.Project}}", "X-Project-ID": "{{_victim.Project}}"}"""),
            ("both", Headers($"{stranger.Project},{_victim.Project}")),
            ("none", Headers("")),
            ("its own with a space", Headers($"{stranger.Project} ")),
            ("the victim's, and what a gateway might set", Headers(_victim.Project, RouteMatrixTests.Spoofed(_victim.Project))),
            ("the victim's, and the victim's token", Headers(_victim.Project, ("X-Auth-Token", _victim.Token))),
        ];
        foreach (var way in ActionRecipes.All[action])
        {
            foreach (var (name, headers) in cases)
            {
                await Refuse(complaints, socket, action, way, name, headers);
                await Refuse(complaints, binary, action, way, $"{name}, in a binary frame", headers);
            }

            // Another project's good token does not move the connection there, either.
            var moved = await socket.Authenticate(_victim.Project, _victim.Token);
            complaints.Unless(moved.Status == 403, "authenticate with the victim's token", "403", moved);
            await Refuse(complaints, socket, action, way, "after the victim's token", Headers(_victim.Project));
        }

        var own = await socket.Ask("queue_get", Headers(stranger.Project), stranger.Has.Fill("""{"queue_name": "{queue_name}"}"""));
        complaints.Unless(own.Status == 200 && own.Body.Contains(stranger.Has.Secret, StringComparison.Ordinal), "its own project afterwards", "200", own);
        await Unharmed(complaints, before);
        complaints.ShouldBeNone();
    }

    [Theory, MemberData(nameof(Actions))]
    public async Task a_signature_that_is_not_exactly_right_opens_nothing(string action)
    {
        var (complaints, stranger) = (new Complaints(action), await service.Stranger());
        var before = await service.Everything(_victim.Project);
        var (path, method) = ($"/v2/queues/{_victim.Has.Queue}/messages", Find(action).SignedMethod ?? "GET");
        var right = SignedHeaders.Of(_victim.Project, method, path);
        (string Name, string Headers)[] cases =
        [
            .. SignedHeaders.Wrong(_victim.Project, method, path, _victim.Has.Queue, stranger.Project)
                .Select(one => ($"a signature {one.Name}", Signed(one.Headers))),
            ("one without a time", Without(right, "URL-Expires")),
            ("one without methods", Without(right, "URL-Methods")),
            ("one without paths", Without(right, "URL-Paths")),
            ("one without a signature", Without(right, "URL-Signature")),
            ("one with names in small letters", Signed(right).Replace("URL-", "url-", StringComparison.Ordinal)),
            .. Find(action).SignedMethod is null
                ? [("a right one, for what no signature opens", Signed(SignedHeaders.Of(_victim.Project, "GET,POST,DELETE,PUT,PATCH", $"/v2,/v2/queues,/v2/queues/{_victim.Has.Queue},{path}")))]
                : Array.Empty<(string, string)>(),
        ];

        await using var nobody = await IsolatedSocket.Connect(service.WebSocketAddress);
        await using var somebody = await IsolatedSocket.Connect(service.WebSocketAddress, stranger, FrameKind.Binary);
        foreach (var way in ActionRecipes.All[action])
            foreach (var (name, headers) in cases)
            {
                await Refuse(complaints, nobody, action, way, name, headers);
                if (!headers.Contains(stranger.Project, StringComparison.Ordinal))
                    await Refuse(complaints, somebody, action, way, $"{name}, with a stranger's token", headers);
            }

        await Unharmed(complaints, before);
        complaints.ShouldBeNone();
    }

    [Theory, MemberData(nameof(Actions))]
    public async Task a_role_that_its_rule_refuses_opens_nothing(string action)
    {
        var complaints = new Complaints(action);
        var before = await service.Everything(_victim.Project);
        var refused = _victim with { Token = service.Keystone.Give(_victim.Project, user: "refused", roles: Roles.RefusedBy(Find(action).Rule)) };
        await using var socket = await IsolatedSocket.Connect(service.WebSocketAddress, refused);
        foreach (var way in ActionRecipes.All[action])
            foreach (var headers in new[] { Headers(_victim.Project), Headers(_victim.Project, RouteMatrixTests.Spoofed(_victim.Project)) })
            {
                var reply = await socket.Ask(action, headers, _victim.Has.Fill(way.Body));
                complaints.Unless(reply.Status == 403 && reply.Body.Contains("Not authorized", StringComparison.Ordinal), way.Name, "403 Not authorized", reply);
                await Unharmed(complaints, way.Name, before, reply, _victim.Has.Fill(way.Body));
            }

        complaints.ShouldBeNone();
    }

    /// <summary>Whatever belongs to another project is answered as what is nowhere, and nothing of it shows.</summary>
    [Theory, MemberData(nameof(Actions))]
    public async Task what_is_foreign_is_answered_as_what_is_not_there(string action)
    {
        var complaints = new Complaints(action);
        var before = await service.Everything(_victim.Project);
        foreach (var way in ActionRecipes.All[action])
            foreach (var (what, foreign, absent) in service.Foreign())
            {
                if (!way.Names(what))
                    continue;

                // What changes nothing may be asked of the same project twice.
                var one = await service.Stranger();
                var request = foreign(one.Has).Fill(way.Body);
                var other = way.Changes ? await service.Stranger() : one;
                var seen = await Ask(one, request);
                var expected = await Ask(other, absent(other.Has).Fill(way.Body));
                complaints.Unless(Comparable.Of(seen.ToString(), foreign(one.Has)) == Comparable.Of(expected.ToString(), absent(other.Has)),
                    $"{way.Name}, {what}", expected.ToString(), seen);
                await Unharmed(complaints, $"{way.Name}, {what}", before, seen, request);
            }

        complaints.ShouldBeNone();

        async Task<SocketReply> Ask(Tenant tenant, string body)
        {
            await using var socket = await IsolatedSocket.Connect(service.WebSocketAddress, tenant);
            return await socket.Ask(action, Headers(tenant.Project), body);
        }
    }

    /// <summary>Without this the refusals would prove nothing: each way to ask is one that is answered, and what it changes shows.</summary>
    [Theory, MemberData(nameof(Actions))]
    public async Task who_may_is_answered(string action)
    {
        var (complaints, api) = (new Complaints(action), Find(action));
        var untouched = await service.Everything(_victim.Project);
        foreach (var way in ActionRecipes.All[action])
        {
            await Welcome("a reader", async (owner, socket) =>
                (await socket.Authenticate(owner.Project, service.Keystone.Give(owner.Project, roles: ["reader"])), Headers(owner.Project)));
            await Welcome("roles that every other rule refuses, and what a gateway might set", async (owner, socket) =>
                (await socket.Authenticate(owner.Project, service.Keystone.Give(owner.Project, roles: Roles.RefusedByAllBut(api.Rule))),
                    Headers(owner.Project, [.. RouteMatrixTests.Spoofed(_victim.Project), ("x-project-id", _victim.Project), ("URL-Signature", ""), ("EXTRA-SPEC", "x")])));
            if (api.SignedMethod is { } method)
                await Welcome("a right signature", (owner, _) => Task.FromResult<(SocketReply?, string)>(
                    (null, Signed(SignedHeaders.Of(owner.Project, method, $"/v2/queues/{owner.Has.Queue}/messages")))));

            async Task Welcome(string name, Func<Tenant, IsolatedSocket, Task<(SocketReply?, string Headers)>> show)
            {
                var owner = await service.Stranger();
                await using var socket = await IsolatedSocket.Connect(service.WebSocketAddress);
                var (_, headers) = await show(owner, socket);
                var before = await service.Everything(owner.Project);
                var reply = await socket.Ask(action, headers, owner.Has.Fill(way.Body));
                var after = await service.Everything(owner.Project);

                complaints.Unless(reply.Status == way.Status, $"{way.Name}, {name}", $"{way.Status}", reply);
                complaints.Unless(before != after == way.Changes, $"{way.Name}, {name}", way.Changes ? "a change" : "no change", $"{before} -> {after}");
                await Unharmed(complaints, $"{way.Name}, {name}", untouched, reply, "");
            }
        }

        complaints.ShouldBeNone();
    }

    private static ApiAction Find(string name) => ActionTable.All.Single(action => action.Name == name);

    private static string Headers(string project, params (string Name, string Value)[] more)
    {
        var headers = more.ToDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal);
        (headers["Client-ID"], headers["X-Project-ID"]) = (IsolatedService.ClientId, project);
        return JsonSerializer.Serialize(headers);
    }

    private static string Signed(SignedHeaders signed) => JsonSerializer.Serialize(Members(signed));

    private static string Without(SignedHeaders signed, string name)
    {
        var members = Members(signed);
        members.Remove(name);
        return JsonSerializer.Serialize(members);
    }

    private static Dictionary<string, object> Members(SignedHeaders signed) => new()
    {
        ["Client-ID"] = IsolatedService.ClientId, ["X-Project-ID"] = signed.Project, ["URL-Signature"] = signed.Signature, ["URL-Expires"] = signed.Expires,
        ["URL-Methods"] = signed.Methods.Split(','), ["URL-Paths"] = signed.Paths.Split(','),
    };

    private IEnumerable<(string Name, string Headers)> WithoutAToken(string action)
    {
        var (project, signed) = (_victim.Project, SignedHeaders.Of(_victim.Project, Find(action).SignedMethod ?? "GET", $"/v2/queues/{_victim.Has.Queue}/messages"));
        yield return ("no token", Headers(project));
        yield return ("the right token in the frame itself", Headers(project, ("X-Auth-Token", _victim.Token)));
        yield return ("what a gateway might set", Headers(project, RouteMatrixTests.Spoofed(project)));
        yield return ("an empty signature", Headers(project, ("URL-Signature", "")));
        yield return ("an empty signature and the rest of a right one", Signed(signed with { Signature = "" }));
        yield return ("no signature, as null", Signed(signed).Replace($"\"{signed.Signature}\"", "null", StringComparison.Ordinal));
        yield return ("EXTRA-SPEC", Headers(project, ("EXTRA-SPEC", "messagecode:x")));
        yield return ("EXTRA-SPEC and an empty signature", Headers(project, ("EXTRA-SPEC", "x"), ("URL-Signature", "")));
    }

    private async Task Refuse(Complaints complaints, IsolatedSocket socket, string action, Way way, string name, string headers)
    {
        var body = _victim.Has.Fill(way.Body);
        var reply = await socket.Ask(action, headers, body);
        complaints.Unless(reply is { Status: 403, Body: NotAuthentified }, $"{way.Name}, {name}", $"403 {NotAuthentified}", reply);
        complaints.Unless(service.LeakIn(reply.Body, headers + body) is null, $"{way.Name}, {name}", "nothing of the victim's", reply);
    }

    private Task Unharmed(Complaints complaints, string before) => Unharmed(complaints, "after all cases", before, new(0, ""), "");

    private async Task Unharmed(Complaints complaints, string what, string before, SocketReply reply, string request)
    {
        var after = await service.Everything(_victim.Project);
        complaints.Unless(after == before, what, $"that nothing of the victim's is changed: {before}", after);
        complaints.Unless(service.LeakIn(reply.Body, request) is null, what, "nothing of the victim's", service.LeakIn(reply.Body, request));
    }
}
