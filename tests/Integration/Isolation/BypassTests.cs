using System.Text.Json;
using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Isolation;

/// <summary>The ways past the original's checks that were found, each kept shut by a test of its name.</summary>
[Collection(IsolationCollection.Name)]
public sealed class BypassTests(IsolatedService service)
{
    private const string Read = """{"queue_name": "{queue_name}", "echo": true, "include_claimed": true}""";
    private static readonly (string, string) _client = ("Client-ID", IsolatedService.ClientId);

    private readonly Tenant _victim = service.Victim;

    [Theory]
    [InlineData("URL-Signature", ""), InlineData("url-signature", ""), InlineData("URL-Signature", " ")]
    [InlineData("EXTRA-SPEC", "messagecode"), InlineData("EXTRA-SPEC", "messagecode:x"), InlineData("EXTRA-SPEC", ""), InlineData("extra-spec", "anything")]
    public async Task no_header_takes_the_place_of_a_token(string name, string value)
    {
        var seen = await Listing().Ask(service.Address, [_client, ("X-Project-ID", _victim.Project), ("X-Roles", "admin"), (name, value)]);

        seen.Status.Should().Be(401, seen.ToString());
    }

    [Theory]
    [InlineData("URL-Signature", ""), InlineData("EXTRA-SPEC", "messagecode:x")]
    public async Task no_header_takes_a_token_back_to_what_the_client_says_of_itself(string name, string value)
    {
        var stranger = await service.Stranger();

        var seen = await Listing().Ask(service.Address,
            [_client, ("X-Auth-Token", stranger.Token), ("X-Project-ID", _victim.Project), ("X-Roles", "admin"), (name, value)]);

        seen.Status.Should().Be(200);
        seen.Body.Should().Contain(stranger.Has.Message).And.NotContain(_victim.Has.Message);
    }

    [Theory]
    [InlineData("X-Project-Id"), InlineData("X-Tenant-Id"), InlineData("X-Tenant"), InlineData("X-Project-Name"), InlineData("X-User-Id"), InlineData("X-Identity-Status")]
    public async Task a_spoofed_identity_header_changes_nothing(string name)
    {
        var stranger = await service.Stranger();
        var value = name == "X-Identity-Status" ? "Confirmed" : name == "X-User-Id" ? "u1" : _victim.Project;

        var alone = await Listing().Ask(service.Address, [_client, ("X-Project-ID", _victim.Project), (name, value)]);
        var seen = await Listing().Ask(service.Address, [_client, ("X-Auth-Token", stranger.Token), (name, value)]);

        alone.Status.Should().Be(401);
        seen.Body.Should().Contain(stranger.Has.Message).And.NotContain(_victim.Has.Message);
    }

    [Fact]
    public async Task spoofed_roles_make_nobody_an_administrator()
    {
        var health = new Call("GET", "/v2/health", "", "");
        var reader = service.Keystone.Give(_victim.Project, roles: ["reader"]);
        var signed = SignedHeaders.Of(_victim.Project, "GET", "/v2/health");

        (await health.Ask(service.Address, [_client, ("X-Auth-Token", reader), ("X-Roles", "admin"), ("X-Is-Admin-Project", "True")])).Status.Should().Be(403);
        (await health.Ask(service.Address, [_client, .. signed.All, ("X-Roles", "admin")])).Status.Should().Be(403);
        (await health.Ask(service.Address, [_client, ("X-Auth-Token", service.Keystone.Give(_victim.Project, roles: ["admin"]))])).Status.Should().Be(200);
    }

    [Fact]
    public async Task a_frame_that_names_another_project_is_refused_and_the_next_one_is_not()
    {
        var stranger = await service.Stranger();
        await using var socket = await IsolatedSocket.Connect(service.WebSocketAddress, stranger);

        var substituted = await socket.Ask("message_list", Headers(_victim.Project), _victim.Has.Fill(Read));
        var own = await socket.Ask("message_list", Headers(stranger.Project), stranger.Has.Fill(Read));

        substituted.Status.Should().Be(403);
        own.Body.Should().Contain(stranger.Has.Message).And.NotContain(_victim.Has.Message);
    }

    [Fact]
    public async Task a_signature_shown_in_one_frame_does_not_open_the_next()
    {
        await using var socket = await IsolatedSocket.Connect(service.WebSocketAddress);
        var signed = SignedHeaders.Of(_victim.Project, "GET", $"/v2/queues/{_victim.Has.Queue}/messages");
        var shown = JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["Client-ID"] = IsolatedService.ClientId, ["X-Project-ID"] = _victim.Project, ["URL-Signature"] = signed.Signature, ["URL-Expires"] = signed.Expires,
            ["URL-Methods"] = new[] { signed.Methods }, ["URL-Paths"] = new[] { signed.Paths },
        });

        (await socket.Ask("message_list", shown, _victim.Has.Fill(Read))).Status.Should().Be(200);
        (await socket.Ask("message_list", shown, service.Alone.Fill(Read))).Status.Should().Be(403, "it is for another queue");
        (await socket.Ask("message_list", Headers(_victim.Project), _victim.Has.Fill(Read))).Status.Should().Be(403);
    }

    private static string Headers(string project) => $$"""{"Client-ID": "{{IsolatedService.ClientId}}", "X-Project-ID": "{{project}}"}""";

    private Call Listing() => new("GET", $"/v2/queues/{_victim.Has.Queue}/messages?echo=true&include_claimed=true", "", "");
}
