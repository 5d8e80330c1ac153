using FluentAssertions;
using Xunit;
using Zaqar.Api.Routing;
using Zaqar.Api.Settings;

namespace Zaqar.Integration.Isolation;

/// <summary>Every operation of the route table, asked in every way by those who may not, and in some by those who may.</summary>
[Collection(IsolationCollection.Name)]
public sealed class RouteMatrixTests(IsolatedService service)
{
    private const string Refusal = """{"error": {"code": 401, "title": "Unauthorized", "message": "The request you have made requires authentication."}}""";
    private const string NotFound = """{"title":"404 Not Found"}""";

    private static readonly ApiRoute[] _routes = [.. Routes.For(new ServiceSettings { AdminMode = true, Pooling = true })];

    private readonly Tenant _victim = service.Victim;

    public static TheoryData<string> Operations => new(_routes.Select(route => route.Operation.Id));

    /// <summary>What a gateway might set, and a client may not.</summary>
    internal static (string Name, string Value)[] Spoofed(string project) =>
    [
        ("X-Identity-Status", "Confirmed"), ("X-Service-Identity-Status", "Confirmed"), ("X-Project-Id", project), ("X-Tenant-ID", project), ("X-Tenant", project),
        ("X-Tenant-Id", project), ("X-Project-Name", project), ("X-User-Id", "u1"), ("X-User", "u1"), ("X-Roles", "admin,reader,member"), ("X-Role", "admin"),
        ("X-Service-Roles", "admin,service"), ("X-Is-Admin-Project", "True"), ("OpenStack-System-Scope", "all"), ("X-Domain-Id", "default"),
        ("X-Forwarded-User", "u1"), ("X-Remote-User", "u1"), ("Remote-User", "u1"),
    ];

    [Fact]
    public void each_route_has_a_recipe_and_each_recipe_a_route() =>
        RouteRecipes.All.Keys.Should().BeEquivalentTo(_routes.Select(route => route.Operation.Id));

    [Theory, MemberData(nameof(Operations))]
    public async Task without_a_good_token_it_is_shut(string operation)
    {
        var route = Find(operation);
        await RefuseAll(route, call => WithoutAToken(call).Select(one => (one.Name, one.Headers, route.IsOpen ? 300 : 401, route.IsOpen ? null : Refusal)));
    }

    [Theory, MemberData(nameof(Operations))]
    public async Task a_token_of_no_project_opens_nothing(string operation)
    {
        var route = Find(operation);
        (string, (string, string)[], int, string?)[] cases =
        [
            ("a token of no project", Naming(_victim.Project, ("X-Auth-Token", service.BadTokens.OfNoProject)), route.IsOpen ? 300 : 400, null),
            ("one and what a gateway might set", [("X-Auth-Token", service.BadTokens.OfNoProject), .. Naming(_victim.Project), .. Spoofed(_victim.Project)],
                route.IsOpen ? 300 : 400, null),
        ];
        await RefuseAll(route, _ => cases);
    }

    [Theory, MemberData(nameof(Operations))]
    public async Task a_signature_that_is_not_exactly_right_opens_nothing(string operation)
    {
        var (route, stranger) = (Find(operation), await service.Stranger());
        await RefuseAll(route, call => WrongSignatures(call, stranger).Select(one => (one.Name, one.Headers, 404, (string?)NotFound)));
    }

    [Theory, MemberData(nameof(Operations))]
    public async Task a_role_that_its_rule_refuses_opens_nothing(string operation)
    {
        var route = Find(operation);
        if (route.Rule is not { } rule)
        {
            UnguardedRouteException.Check(route).Should().Be(route, "it is a document");
            return;
        }

        var refused = service.Keystone.Give(_victim.Project, user: "refused", roles: Roles.RefusedBy(rule));
        var few = service.Keystone.Give(_victim.Project, user: "reader", roles: ["reader"]);
        await RefuseAll(route, call => new (string Name, (string, string)[] Headers)[]
        {
            ("a refused role", [("X-Auth-Token", refused), ("Client-ID", IsolatedService.ClientId)]),
            ("a refused role and what a gateway might set", [("X-Auth-Token", refused), .. Naming(_victim.Project), .. Spoofed(_victim.Project)]),
            ("a refused role and an empty signature", Naming(_victim.Project, ("X-Auth-Token", refused), ("URL-Signature", ""), ("URL-Paths", call.Path))),
            ("a refused role and EXTRA-SPEC", Naming(_victim.Project, ("X-Auth-Token", refused), ("EXTRA-SPEC", "messagecode:x"))),
        }.Concat(Roles.For(rule).Contains("admin")
            ?
            [
                ("a reader", Naming(_victim.Project, ("X-Auth-Token", few))),
                ("a reader and X-Roles", [("X-Auth-Token", few), .. Naming(_victim.Project), .. Spoofed(_victim.Project)]),
                ("a right signature", [.. SignedHeaders.Of(_victim.Project, call.Method, call.Path).All, ("Client-ID", IsolatedService.ClientId), ("X-Roles", "admin")]),
            ]
            : []).Select(one => (one.Name, one.Headers, 403, (string?)"""{"title":"Not authorized",""")));
    }

    /// <summary>Whatever belongs to another project is answered as what is nowhere, and nothing of it shows.</summary>
    [Theory, MemberData(nameof(Operations))]
    public async Task what_is_foreign_is_answered_as_what_is_not_there(string operation)
    {
        var (route, complaints) = (Find(operation), new Complaints(operation));
        var before = await service.Everything(_victim.Project);
        foreach (var way in RouteRecipes.All[operation])
            foreach (var (what, foreign, absent) in service.Foreign())
            {
                if (!way.Names(what, route.Pattern))
                    continue;

                // What changes nothing may be asked of the same project twice.
                var one = await service.Stranger();
                var other = way.Changes ? await service.Stranger() : one;
                var (theirs, nobodys) = (foreign(one.Has), absent(other.Has));
                var call = Call.Of(route, way, theirs);
                var seen = await call.Ask(service.Address, [("X-Auth-Token", Token(route, one)), ("Client-ID", IsolatedService.ClientId), .. Spoofed(_victim.Project)]);
                var expected = await Call.Of(route, way, nobodys).Ask(service.Address, [("X-Auth-Token", Token(route, other)), ("Client-ID", IsolatedService.ClientId)]);

                complaints.Unless(Comparable.Of(seen.ToString(), theirs) == Comparable.Of(expected.ToString(), nobodys), $"{way.Name}, {what}", expected.ToString(), seen);
                complaints.Unless(seen.Status is >= 200 and < 500, $"{way.Name}, {what}", "an answer of the API", seen);
                await Unharmed(complaints, $"{way.Name}, {what}", before, seen.ToString(), call.Target + call.Body);
            }

        complaints.ShouldBeNone();
    }

    /// <summary>Without this the refusals would prove nothing: each way to ask is one that is answered, and what it changes shows.</summary>
    [Theory, MemberData(nameof(Operations))]
    public async Task who_may_is_answered(string operation)
    {
        var (route, complaints) = (Find(operation), new Complaints(operation));
        var untouched = await service.Everything(_victim.Project);
        foreach (var way in RouteRecipes.All[operation])
        {
            Tenant? owner = null;
            foreach (var (name, headers, status) in Welcome(route))
            {
                owner = owner is null || way.Changes ? await service.Stranger() : owner;
                var call = Call.Of(route, way, owner.Has);
                var before = await service.Everything(owner.Project);
                var seen = await call.Ask(service.Address, headers(owner, call));
                var after = await service.Everything(owner.Project);

                complaints.Unless(seen.Status == (status ?? way.Status), $"{way.Name}, {name}", $"{status ?? way.Status}", seen);
                complaints.Unless(before != after == (way.Changes && status is null), $"{way.Name}, {name}", way.Changes ? "a change" : "no change", $"{before} -> {after}");
                await Unharmed(complaints, $"{way.Name}, {name}", untouched, seen.ToString(), "");
            }
        }

        complaints.ShouldBeNone();
    }

    [Fact]
    public async Task methods_that_no_path_has_are_shut_too()
    {
        foreach (var pattern in _routes.Where(route => !route.IsOpen).Select(route => route.Pattern).Distinct())
        {
            var complaints = new Complaints(pattern);
            var before = await service.Everything(_victim.Project);
            foreach (var method in new[] { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW", "get" })
            {
                var call = new Call(method, _victim.Has.Fill(pattern), "", "");
                var seen = await call.Ask(service.Address, Naming(_victim.Project, ("X-Auth-Token", "garbage")));
                complaints.Unless(seen.Status == 401, method, "401", seen);
            }

            await Unharmed(complaints, "after all methods", before, "", "");
            complaints.ShouldBeNone();
        }
    }

    private static ApiRoute Find(string operation) => _routes.Single(route => route.Operation.Id == operation);

    private static (string Name, string Value)[] Naming(string project, params (string Name, string Value)[] headers) =>
        [("Client-ID", IsolatedService.ClientId), ("X-Project-ID", project), .. headers];

    private string Token(ApiRoute route, Tenant tenant) => service.Keystone.Give(tenant.Project, roles: Roles.For(route.Rule));

    private async Task RefuseAll(ApiRoute route, Func<Call, IEnumerable<(string Name, (string, string)[] Headers, int Status, string? Body)>> cases)
    {
        var complaints = new Complaints(route.Operation.Id);
        var before = await service.Everything(_victim.Project);
        foreach (var way in RouteRecipes.All[route.Operation.Id])
        {
            var call = Call.Of(route, way, _victim.Has);
            foreach (var (name, headers, status, body) in cases(call))
            {
                var seen = await call.Ask(service.Address, headers);
                var isRight = seen.Status == status && (body is null || call.Method == "HEAD" || seen.Body.StartsWith(body, StringComparison.Ordinal))
                    && (status != 401 || seen.Headers.Contains("WWW-Authenticate: Keystone uri=", StringComparison.Ordinal));
                complaints.Unless(isRight, $"{way.Name}, {name}", $"{status} {body}", seen);
                complaints.Unless(service.LeakIn(seen.ToString(), call.Target + call.Body) is null, $"{way.Name}, {name}", "nothing of the victim's", seen);
            }

            await Unharmed(complaints, $"{way.Name}, after all cases", before, "", "");
        }

        complaints.ShouldBeNone();
    }

    private async Task Unharmed(Complaints complaints, string what, string before, string answer, string request)
    {
        var after = await service.Everything(_victim.Project);
        complaints.Unless(after == before, what, $"that nothing of the victim's is changed: {before}", after);
        complaints.Unless(service.LeakIn(answer, request) is null, what, "nothing of the victim's", service.LeakIn(answer, request));
    }

    private IEnumerable<(string Name, (string, string)[] Headers)> WithoutAToken(Call call)
    {
        var (project, token) = (_victim.Project, _victim.Token);
        yield return ("no token", Naming(project));
        yield return ("nothing at all", []);
        foreach (var (name, bad) in service.BadTokens.All)
        {
            yield return (name, Naming(project, ("X-Auth-Token", bad)));
            yield return ($"{name}, the header in small letters", Naming(project, ("x-auth-token", bad)));
        }

        yield return ("the right token twice", Naming(project, ("X-Auth-Token", token), ("X-Auth-Token", token)));
        yield return ("the right token, and garbage", Naming(project, ("X-Auth-Token", token), ("X-Auth-Token", "garbage")));
        yield return ("garbage, and the right token", Naming(project, ("X-Auth-Token", "garbage"), ("X-Auth-Token", token)));
        yield return ("an empty one, and the right token", Naming(project, ("X-Auth-Token", ""), ("x-auth-token", token)));
        yield return ("the right token twice in one header", Naming(project, ("X-Auth-Token", $"{token},{token}")));
        yield return ("the right token as a bearer's", Naming(project, ("Authorization", $"Bearer {token}")));
        yield return ("the right token as another's subject", Naming(project, ("X-Subject-Token", token)));
        yield return ("the right token as a service's", Naming(project, ("X-Service-Token", token)));
        yield return ("the right token in a cookie", Naming(project, ("Cookie", $"X-Auth-Token={token}")));
        yield return ("what a gateway might set", [.. Naming(project), .. Spoofed(project)]);
        yield return ("what a gateway might set, in small letters", [.. Naming(project), .. Spoofed(project).Select(one => (one.Name.ToLowerInvariant(), one.Value))]);

        var signed = SignedHeaders.Of(project, call.Method, call.Path);
        yield return ("an empty signature", Naming(project, ("URL-Signature", "")));
        yield return ("an empty signature in small letters", Naming(project, ("url-signature", "")));
        yield return ("a signature of spaces", Naming(project, ("URL-Signature", "  ")));
        yield return ("two empty signatures", Naming(project, ("URL-Signature", ""), ("URL-Signature", "")));
        yield return ("an empty signature and the rest of a right one", [.. (signed with { Signature = "" }).All, ("Client-ID", IsolatedService.ClientId)]);
        yield return ("all of a right one but the signature", [.. signed.All[1..], ("Client-ID", IsolatedService.ClientId)]);
        yield return ("an empty signature and garbage", Naming(project, ("URL-Signature", ""), ("X-Auth-Token", "garbage")));
        foreach (var spec in new[] { "", "messagecode", "messagecode:x", "zaqar:messagecode", "x:y" })
            yield return ($"EXTRA-SPEC '{spec}'", Naming(project, ("EXTRA-SPEC", spec)));
        yield return ("EXTRA-SPEC in small letters and an empty signature", Naming(project, ("extra-spec", "messagecode:x"), ("url-signature", "")));
    }

    private IEnumerable<(string Name, (string, string)[] Headers)> WrongSignatures(Call call, Tenant stranger)
    {
        (string, string) client = ("Client-ID", IsolatedService.ClientId);
        foreach (var (name, headers) in SignedHeaders.Wrong(_victim.Project, call.Method, call.Path, _victim.Has.Queue, stranger.Project))
            yield return ($"a signature {name}", [.. headers.All, client]);

        var right = SignedHeaders.Of(_victim.Project, call.Method, call.Path);
        if (call.Path == "/")
            yield break;

        foreach (var (name, value) in right.All)
        {
            yield return ($"{name} twice", [.. right.All, (name, value), client]);
            yield return ($"{name} and another", [.. right.All, (name, "x"), client]);
            if (name == "URL-Signature")
                continue;

            yield return ($"no {name}", [.. right.All.Where(one => one.Name != name), client]);
            yield return ($"{name} empty", [.. right.All.Select(one => one.Name == name ? (name, "") : one), client]);
        }

        var strangers = SignedHeaders.Of(stranger.Project, call.Method, call.Path);
        yield return ("a stranger's, and two projects", [.. strangers.All, ("X-Project-ID", _victim.Project), client]);
        yield return ("a stranger's, the project before", [("X-Project-ID", _victim.Project), .. strangers.All, client]);
        yield return ("a stranger's, for X-Tenant-ID", [.. strangers.All[..4], ("X-Tenant-ID", _victim.Project), client]);
        yield return ("one for None, for X-Tenant-ID", [.. SignedHeaders.Of("None", call.Method, call.Path).All[..4], ("X-Tenant-ID", _victim.Project), client]);
        yield return ("a wrong one and the right token", [.. (right with { Expires = "2099-01-01T00:00:01" }).All, ("X-Auth-Token", _victim.Token), client]);
        yield return ("a stranger's, the right project and the stranger's token",
            [.. (strangers with { Project = _victim.Project }).All, ("X-Auth-Token", stranger.Token), client]);
    }

    /// <returns>The status where it is not the way's own.</returns>
    private IEnumerable<(string Name, Func<Tenant, Call, (string, string)[]> Headers, int? Status)> Welcome(ApiRoute route)
    {
        (string, string) client = ("Client-ID", IsolatedService.ClientId);
        int? bearers = route.IsOpen ? 404 : Roles.For(route.Rule).Contains("admin") ? 403 : null;
        yield return ("a reader, or an administrator where one is wanted", (owner, _) => [("X-Auth-Token", Token(route, owner)), client], null);
        yield return ("headers in small letters", (owner, _) => [("x-auth-token", Token(route, owner)), ("client-id", IsolatedService.ClientId)], null);
        yield return ("another's project in every header", (owner, _) => [("X-Auth-Token", Token(route, owner)), client, .. Spoofed(_victim.Project)], null);
        yield return ("an empty signature, and EXTRA-SPEC", (owner, _) => [("X-Auth-Token", Token(route, owner)), client, ("URL-Signature", ""), ("EXTRA-SPEC", "messagecode:x")], null);
        yield return ("roles that every other rule refuses",
            (owner, _) => [("X-Auth-Token", service.Keystone.Give(owner.Project, roles: Roles.RefusedByAllBut(route.Rule))), client], null);
        yield return ("a right signature", (owner, call) => [.. SignedHeaders.Of(owner.Project, call.Method, call.Path).All, client], bearers);
        yield return ("a right signature in small letters, and no good token",
            (owner, call) => [.. SignedHeaders.Of(owner.Project, call.Method, call.Path).All.Select(one => (one.Name.ToLowerInvariant(), one.Value)), client, ("X-Auth-Token", "garbage")],
            bearers);
    }
}
