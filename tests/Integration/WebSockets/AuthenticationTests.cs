using System.Net.WebSockets;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Zaqar.Application;
using Zaqar.Integration.Delivery.Sinks;
using Zaqar.Integration.Identity;

namespace Zaqar.Integration.WebSockets;

/// <summary>A service that asks for tokens. Source: API contract, section 7.5.</summary>
[Collection(Name)]
public sealed class AuthenticationTests(AuthenticationTests.Service service)
{
    public const string Name = "Authenticated sockets";

    private const string NotAuthentified = "Not authentified.";
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    [Theory, InlineData(FrameKind.Text), InlineData(FrameKind.Binary)]
    public async Task nothing_is_done_for_who_has_not_authenticated(FrameKind kind)
    {
        await using var socket = await service.Connect(kind: kind);
        var token = service.Keystone.Give(socket.Project);

        foreach (var (action, body) in new (string, object?)[]
        {
            ("queue_list", null), ("queue_create", new { queue_name = "q" }), ("queue_delete", new { queue_name = "q" }), ("queue_get", new { queue_name = "q" }),
            ("queue_get_stats", new { queue_name = "q" }), ("queue_purge", new { queue_name = "q" }), ("message_list", new { queue_name = "q" }),
            ("message_get", new { queue_name = "q", message_id = "x" }), ("message_get_many", new { queue_name = "q", message_ids = new[] { "x" } }),
            ("message_post", new { queue_name = "q", messages = new[] { new { body = 1 } } }), ("message_delete", new { queue_name = "q", message_id = "x" }),
            ("message_delete_many", new { queue_name = "q", pop = 1 }), ("claim_create", new { queue_name = "q" }), ("claim_get", new { queue_name = "q", claim_id = "x" }),
            ("claim_update", new { queue_name = "q", claim_id = "x" }), ("claim_delete", new { queue_name = "q", claim_id = "x" }),
            ("subscription_create", new { queue_name = "q" }), ("subscription_create", new { queue_name = "q", subscriber = "http://example.com" }),
            ("subscription_list", new { queue_name = "q" }), ("subscription_get", new { queue_name = "q", subscription_id = "x" }),
            ("subscription_delete", new { queue_name = "q", subscription_id = "x" }),
        })
        {
            (await socket.Ask(action, body)).ShouldRefuse(403, NotAuthentified);
            (await socket.Ask(action, body, ("X-Auth-Token", token))).ShouldRefuse(403, NotAuthentified);
            (await socket.Ask(action, body, ("X-Roles", "admin"), ("X-Identity-Status", "Confirmed"), ("EXTRA-SPEC", "messagecode:x"), ("URL-Signature", "")))
                .ShouldRefuse(403, NotAuthentified);
        }

        (await Authenticate(socket, token)).ShouldBe(200);
        (await socket.Ask("queue_list")).ShouldBe(200).Body.ShouldEqual("""{"queues": []}""");
    }

    [Fact]
    public async Task what_cannot_be_read_or_is_no_request_is_refused_as_ever()
    {
        await using var socket = await service.Connect();

        (await socket.Ask("nonsense")).ShouldRefuse(400, "nonsense is not a valid action");
        (await socket.Ask("queue_get", "{}")).ShouldRefuse(400, "Schema validation failed.");
        await socket.Send(FrameKind.Text, "{"u8.ToArray());
        (await socket.Reply()).ShouldRefuse(400);
    }

    [Theory, InlineData(FrameKind.Text), InlineData(FrameKind.Binary)]
    public async Task a_valid_token_opens_the_connection_and_is_not_echoed(FrameKind kind)
    {
        await using var socket = await service.Connect(kind: kind);
        var token = service.Keystone.Give(socket.Project);

        var reply = await Authenticate(socket, token);

        reply.Kind.Should().Be(kind);
        reply.ShouldBe(200).Body.ShouldEqual("""{"message": "Authentified."}""");
        reply.Text.Should().NotContain(token);
        reply.Request.GetProperty("headers").ShouldEqual("{}");
        reply.Request.GetProperty("body").ShouldEqual("{}");
        await socket.Subscribe("q");
        await socket.Post("q", 1);
        (await socket.ToldNumbers(1)).Should().Equal(1);
    }

    [Fact]
    public async Task a_client_that_has_no_id_of_its_own_may_authenticate()
    {
        await using var socket = await service.Connect();
        var token = service.Keystone.Give(socket.Project);

        (await socket.AskJson($$"""{"action": "authenticate", "headers": {"X-Auth-Token": "{{token}}", "X-Project-ID": "{{socket.Project}}"} }""")).ShouldBe(200);

        await socket.ShouldGoOn();
    }

    [Theory, InlineData("nonsense"), InlineData(""), InlineData("é\r\n\t\u001F"), InlineData("secret-of-nobody")]
    public async Task a_token_that_is_none_is_refused_and_another_may_be_tried(string token)
    {
        await using var socket = await service.Connect();

        var refused = await Authenticate(socket, token);
        refused.ShouldRefuse(401, "Authentication failed.");
        if (token.Length > 0)
            refused.Text.Should().NotContain(token);
        (await socket.Ask("queue_list")).ShouldRefuse(403, NotAuthentified);
        (await Authenticate(socket, service.Keystone.Give(socket.Project))).ShouldBe(200);
        await socket.ShouldGoOn();
    }

    [Theory]
    [InlineData("""{"X-Project-ID": "p"}"""), InlineData("""{"X-Auth-Token": "t"}"""), InlineData("""{"X-Auth-Token": 1, "X-Project-ID": "p"}"""), InlineData("""{"X-Auth-Token": null, "X-Project-ID": "p"}""")]
    [InlineData("""{"X-Auth-Token": "t", "X-Project-ID": 1}"""), InlineData("[]"), InlineData("{}"), InlineData("\"t\"")]
    public async Task authenticating_without_a_token_or_a_project_breaks_the_schema(string headers)
    {
        await using var socket = await service.Connect();

        (await socket.AskJson($$"""{"action": "authenticate", "headers": {{headers}}}""")).ShouldRefuse(400, "Schema validation failed.");
        (await socket.AskJson("""{"action": "authenticate"}""")).ShouldRefuse(400, "Schema validation failed.");
    }

    [Fact]
    public async Task a_connection_is_for_the_project_of_its_token_only()
    {
        await using var victim = await service.Connect();
        (await Authenticate(victim, service.Keystone.Give(victim.Project))).ShouldBe(200);
        await victim.Post("q", 1);
        await using var socket = await service.Connect();
        (await Authenticate(socket, service.Keystone.Give(socket.Project))).ShouldBe(200);

        foreach (var (action, body) in new (string, object?)[]
        {
            ("queue_list", null), ("queue_create", new { queue_name = "q" }), ("queue_delete", new { queue_name = "q" }),
            ("message_list", new { queue_name = "q", echo = true }), ("message_post", new { queue_name = "q", messages = new[] { new { body = 1 } } }),
            ("message_delete_many", new { queue_name = "q", pop = 1 }), ("claim_create", new { queue_name = "q" }), ("subscription_create", new { queue_name = "q" }),
            ("queue_purge", new { queue_name = "q" }),
        })
            foreach (var project in new[] { victim.Project, victim.Project.ToUpperInvariant(), "", socket.Project + " " })
                (await socket.Ask(action, body, ("X-Project-ID", project))).ShouldBe(403);

        // Nor does another token change that.
        (await socket.Ask("authenticate", null, ("X-Auth-Token", service.Keystone.Give(victim.Project)), ("X-Project-ID", victim.Project))).Status.Should().BeOneOf(401, 403);
        (await socket.Ask("queue_list", null, ("X-Project-ID", victim.Project))).ShouldBe(403);
        (await socket.Ask("queue_list")).Body.ShouldEqual("""{"queues": []}""");
        (await victim.Ask("queue_get_stats", new { queue_name = "q" })).Body.GetProperty("messages").GetProperty("total").GetInt32().Should().Be(1);
    }

    [Fact]
    public async Task a_token_does_not_authenticate_for_another_project_than_its_own()
    {
        await using var socket = await service.Connect();

        (await Authenticate(socket, service.Keystone.Give("another"))).Status.Should().BeOneOf(401, 403);
        (await Authenticate(socket, service.Keystone.Give(null))).Status.Should().BeOneOf(401, 403);

        (await socket.Ask("queue_list")).ShouldRefuse(403, NotAuthentified);
        (await socket.Ask("queue_list", null, ("X-Project-ID", "another"))).ShouldRefuse(403, NotAuthentified);
    }

    [Fact]
    public async Task one_connections_token_is_of_no_use_to_another_connection()
    {
        await using var socket = await service.Connect();
        await using var other = await service.Connect(socket.Project, socket.ClientId);
        (await Authenticate(socket, service.Keystone.Give(socket.Project))).ShouldBe(200);

        (await other.Ask("queue_list")).ShouldRefuse(403, NotAuthentified);
    }

    [Fact]
    public async Task a_connection_is_closed_when_its_token_is_over()
    {
        await using var socket = await service.Connect();
        (await Authenticate(socket, service.Keystone.Give(socket.Project, life: Ahead + _minute))).ShouldBe(200);
        await socket.Subscribe("q");

        service.Advance(_minute);
        var (code, reason) = await socket.Closed();

        ((int?)code, reason).Should().Be((4003, "Authentication expired."));
        await using var again = await service.Connect(socket.Project);
        (await Authenticate(again, service.Keystone.Give(socket.Project))).ShouldBe(200);
        await Eventually.Holds(async () => (await again.Ask("subscription_list", new { queue_name = "q" })).Body.GetProperty("subscriptions").GetArrayLength(),
            count => count == 0, "its subscription is gone");
    }

    [Fact]
    public async Task a_newer_token_moves_the_end()
    {
        await using var socket = await service.Connect();
        await using var witness = await service.Connect();
        (await Authenticate(witness, service.Keystone.Give(witness.Project, life: Ahead + _minute))).ShouldBe(200);
        (await Authenticate(socket, service.Keystone.Give(socket.Project, life: Ahead + _minute))).ShouldBe(200);
        (await Authenticate(socket, service.Keystone.Give(socket.Project))).ShouldBe(200);

        service.Advance(_minute);

        (await witness.Closed()).Code.Should().Be((WebSocketCloseStatus)4003);

        await socket.ShouldGoOn();
    }

    [Fact]
    public async Task a_token_that_is_none_takes_nothing_from_who_has_authenticated()
    {
        await using var socket = await service.Connect();
        (await Authenticate(socket, service.Keystone.Give(socket.Project))).ShouldBe(200);

        (await Authenticate(socket, "nonsense")).ShouldRefuse(401, "Authentication failed.");

        await socket.ShouldGoOn();
    }

    [Fact]
    public async Task while_nobody_can_say_whether_a_token_is_valid_it_opens_nothing()
    {
        await using var socket = await service.Connect();
        var token = service.Keystone.Give(socket.Project);
        service.Keystone.Trouble = SinkAnswer.Reset;
        try
        {
            (await Authenticate(socket, token)).ShouldRefuse(503);
            (await socket.Ask("queue_list")).ShouldRefuse(403, NotAuthentified);
        }
        finally
        {
            service.Keystone.Trouble = null;
        }

        (await Authenticate(socket, token)).ShouldBe(200);
    }

    [Fact]
    public async Task a_trusted_subscriber_has_its_trust_from_the_connections_user()
    {
        await using var socket = await service.Connect();
        (await Authenticate(socket, service.Keystone.Give(socket.Project))).ShouldBe(200);

        var made = (await socket.Ask("subscription_create", new { queue_name = "q", subscriber = "trust+https://example.com/hook" })).ShouldBe(201);

        var id = made.Body.GetProperty("subscription_id").GetString();
        var options = (await socket.Ask("subscription_get", new { queue_name = "q", subscription_id = id })).ShouldBe(200).Body.GetProperty("options");
        service.Keystone.TrustsMade.Should().ContainKey(options.GetProperty("trust_id").GetString()!);
        (await socket.Ask("subscription_delete", new { queue_name = "q", subscription_id = id })).ShouldBe(204);
        await Eventually.Is(() => service.Keystone.TrustsDeleted.Contains(options.GetProperty("trust_id").GetString()!), "the trust is deleted");
    }

    [Fact]
    public async Task requests_behind_an_authentication_wait_for_it()
    {
        await using var socket = await service.Connect();
        var token = service.Keystone.Give(socket.Project);

        var replies = await socket.AskAll(
            [socket.Request("queue_list"), socket.Request("authenticate", null, ("X-Auth-Token", token)), socket.Request("queue_list"), socket.Request("queue_list")]);

        replies.Select(reply => reply.Status).Should().Equal(403, 200, 200, 200);
    }

    // How far other tests have moved the time.
    private TimeSpan Ahead => service.Services.GetRequiredService<DatabaseClock>().Ahead;

    internal static Task<Frame> Authenticate(SocketClient socket, string token) => socket.Ask("authenticate", null, ("X-Auth-Token", token));

    /// <summary>Asks for tokens, and signs.</summary>
    public sealed class Service : KeystoneService
    {
        internal const string Key = "a key of this test's own";

        protected override IReadOnlyList<string> Settings => [.. base.Settings, $"--Zaqar:SignedUrl:SecretKey={Key}"];
    }
}

/// <summary>The tests of authentication and of signed frames share one service.</summary>
[CollectionDefinition(AuthenticationTests.Name)]
public sealed class AuthenticatedCollection : ICollectionFixture<AuthenticationTests.Service>;

/// <summary>A service that does not wait for long.</summary>
public sealed class LateAuthenticationTests(LateAuthenticationTests.Service service) : IClassFixture<LateAuthenticationTests.Service>
{
    [Fact]
    public async Task who_shows_no_token_in_time_is_let_go()
    {
        await using var known = await service.Connect();
        await using var unknown = await service.Connect();
        (await AuthenticationTests.Authenticate(known, service.Keystone.Give(known.Project))).ShouldBe(200);
        (await AuthenticationTests.Authenticate(unknown, "nonsense")).ShouldRefuse(401);

        (await unknown.Closed()).Code.Should().Be(WebSocketCloseStatus.PolicyViolation);

        await known.ShouldGoOn();
    }

    /// <summary>Asks for tokens within a second.</summary>
    public sealed class Service : KeystoneService
    {
        protected override IReadOnlyList<string> Settings => [.. base.Settings, "--Zaqar:WebSocket:AuthenticateWithin=00:00:01"];
    }
}
