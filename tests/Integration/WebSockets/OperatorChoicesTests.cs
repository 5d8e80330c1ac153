using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.WebSockets;

/// <summary>What an operator may choose counts on every transport.</summary>
public sealed class OperatorChoicesTests(OperatorChoicesTests.Service service) : IClassFixture<OperatorChoicesTests.Service>
{
    [Fact]
    public async Task messages_are_deleted_with_their_claims_only()
    {
        await using var socket = await service.Connect(clientId: "a client that is no UUID");
        var ids = await socket.Post("q", 1, 2);
        var claim = (await socket.Ask("claim_create", new { queue_name = "q", limit = 1 })).Body.GetProperty("claim_id").GetString();

        (await socket.Ask("message_delete_many", new { queue_name = "q", message_ids = ids })).ShouldBe(400);
        (await socket.Ask("message_delete_many", new { queue_name = "q", message_ids = ids, claim_ids = new[] { claim } })).ShouldBe(403);
        (await socket.Ask("message_delete_many", new { queue_name = "q", message_ids = new[] { ids[0] }, claim_ids = new[] { Guid.NewGuid().ToString() } })).ShouldBe(403);
        (await socket.Ask("message_delete_many", new { queue_name = "q", message_ids = new[] { ids[0] }, claim_ids = new[] { claim } })).ShouldBe(204);

        (await socket.Ask("queue_get_stats", new { queue_name = "q" })).Body.GetProperty("messages").GetProperty("total").GetInt32().Should().Be(1);
    }

    [Fact]
    public async Task a_client_may_be_any_text_of_the_right_length()
    {
        await using var socket = await service.Connect(clientId: "a client that is no UUID");
        await socket.Post("q", 1);

        (await socket.Ask("message_list", new { queue_name = "q" })).ShouldBe(200).Body.ShouldEqual("""{"messages": []}""");
        (await socket.Ask("message_list", new { queue_name = "q" }, ("Client-ID", "A CLIENT THAT IS NO UUID"))).Body.GetProperty("messages").GetArrayLength().Should().Be(1);
        foreach (var client in new[] { "too short", new string('x', 37) })
            (await socket.Ask("message_list", new { queue_name = "q" }, ("Client-ID", client))).ShouldBe(400);
    }

    [Fact]
    public async Task pages_and_claims_are_as_long_as_they_may_be()
    {
        await using var socket = await service.Connect(clientId: "a client that is no UUID");
        await socket.Post("q", 1, 2, 3, 4);

        (await socket.Ask("message_list", new { queue_name = "q", limit = 4, echo = true })).ShouldBe(400);
        (await socket.Ask("message_list", new { queue_name = "q", echo = true })).ShouldBe(200).Body.GetProperty("messages").GetArrayLength().Should().Be(3);
        (await socket.Ask("claim_create", new { queue_name = "q", limit = 3 })).ShouldBe(400);
        (await socket.Ask("claim_create", new { queue_name = "q" })).ShouldBe(201).Body.GetProperty("messages").GetArrayLength().Should().Be(2);
        (await socket.Ask("message_delete_many", new { queue_name = "q", pop = 3 })).ShouldBe(400);
    }

    [Fact]
    public async Task a_checksum_is_shown_by_a_pop_alone()
    {
        await using var socket = await service.Connect(clientId: "a client that is no UUID");
        await socket.Post("q", 1);

        (await socket.Ask("message_list", new { queue_name = "q", echo = true })).Body.GetProperty("messages")[0].Keys().Should().BeEquivalentTo("id", "claim_id", "ttl", "age", "body");
        var popped = (await socket.Ask("message_delete_many", new { queue_name = "q", pop = 1 })).Body.GetProperty("messages")[0];
        popped.GetProperty("checksum").GetString().Should().Be("MD5:c4ca4238a0b923820dcc509a6f75849b");
    }

    [Fact]
    public async Task a_page_of_a_host_that_is_named_is_let_in()
    {
        await using (var socket = await SocketClient.Connect(service.WebSocketAddress, with: options => options.SetRequestHeader("Origin", "https://app.example")))
            (await socket.AskJson("{}")).ShouldBe(400);

        foreach (var origin in new[] { "http://app.example", "https://app.example:444", "https://app.example.org", "https://evil.example" })
        {
            using var other = await RawSocket.Connect(service.WebSocketAddress, headers: $"Origin: {origin}\r\n");
            other.Handshake.Should().StartWith("HTTP/1.1 403 ");
        }
    }

    [Fact]
    public async Task connections_are_called_by_the_name_that_is_chosen()
    {
        await using var socket = await service.Connect(clientId: "a client that is no UUID");
        await socket.Subscribe("q");

        (await socket.Ask("subscription_list", new { queue_name = "q" })).Body.GetProperty("subscriptions")[0].GetProperty("subscriber").GetString()
            .Should().StartWith("http://front.example:9001/");
    }

    /// <summary>Everything is chosen otherwise than it comes.</summary>
    public sealed class Service : WebSocketService
    {
        protected override IReadOnlyList<string> Settings =>
        [
            .. base.Settings, "--Zaqar:Transport:MessageDeleteWithClaimId=true", "--Zaqar:Transport:ClientIdUuidSafe=off", "--Zaqar:Transport:MaxMessagesPerPage=3",
            "--Zaqar:Transport:MaxMessagesPerClaimOrPop=2", "--Zaqar:EnableChecksum=true", "--Zaqar:Cors:AllowedOrigins=https://app.example",
            "--Zaqar:WebSocket:NotificationBind=front.example:9001",
        ];
    }
}
