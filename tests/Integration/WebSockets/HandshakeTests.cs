using System.Net;
using System.Net.WebSockets;
using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.WebSockets;

/// <summary>Who gets a connection, and where.</summary>
[Collection(WebSocketCollection.Name)]
public sealed class HandshakeTests(WebSocketService service)
{
    [Theory, InlineData("/"), InlineData("/v2"), InlineData("/any/path/at.all"), InlineData("/?token=x&a=b"), InlineData("/%ff//%2E%2E/x%20y"), InlineData("/v2/queues/q/messages"), InlineData("/healthz/live")]
    public async Task any_path_and_query_of_the_sockets_own_port_will_do(string target)
    {
        using var socket = await RawSocket.Connect(service.WebSocketAddress, target);

        socket.Handshake.Should().StartWith("HTTP/1.1 101 ");
        socket.Handshake.Should().ContainEquivalentOf("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        await socket.SendText("{}");
        (await socket.Read())!.Value.Opcode.Should().Be(RawSocket.Text);
    }

    [Fact]
    public async Task beside_rest_there_is_one_path_for_it()
    {
        var (rest, own) = (service.Address, WebSocketService.SocketOf(service.Address));
        await using var socket = await SocketClient.Connect(own);
        await using var withQuery = await SocketClient.Connect(new Uri(own + "?a=b"));

        await socket.ShouldGoOn();
        await withQuery.ShouldGoOn();
        foreach (var target in new[] { "/", "/v2/", "/v2/queues", "/v2/ws/", "/v2/wss", "/v3/ws", "/ws" })
        {
            using var other = await RawSocket.Connect(rest, target);
            other.Handshake.Should().NotStartWith("HTTP/1.1 101 ", "of {0}", target);
        }
    }

    [Fact]
    public async Task the_handshake_asks_for_no_project_and_no_client()
    {
        using var socket = await RawSocket.Connect(service.Address, "/v2/ws");

        socket.Handshake.Should().StartWith("HTTP/1.1 101 ");
    }

    [Fact]
    public async Task a_subprotocol_that_is_offered_is_not_taken()
    {
        await using var socket = await SocketClient.Connect(service.WebSocketAddress, with: options => options.AddSubProtocol("zaqar.v2"));

        socket.SubProtocol.Should().BeNull();
        await socket.ShouldGoOn();
        using var raw = await RawSocket.Connect(service.WebSocketAddress, headers: "Sec-WebSocket-Protocol: a, b\r\n");
        raw.Handshake.Should().StartWith("HTTP/1.1 101 ").And.NotContainEquivalentOf("Sec-WebSocket-Protocol");
    }

    [Fact]
    public async Task an_extension_that_is_offered_is_not_taken()
    {
        using var socket = await RawSocket.Connect(service.WebSocketAddress, headers: "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");

        socket.Handshake.Should().StartWith("HTTP/1.1 101 ").And.NotContainEquivalentOf("Sec-WebSocket-Extensions");
        await socket.SendText("{}");
        (await socket.Read())!.Value.Opcode.Should().Be(RawSocket.Text);
    }

    [Theory, InlineData("GET", "/"), InlineData("POST", "/"), InlineData("GET", "/v2/queues"), InlineData("HEAD", "/x")]
    public async Task a_plain_request_to_the_sockets_own_port_is_refused(string method, string path)
    {
        using var client = new HttpClient { BaseAddress = new UriBuilder(service.WebSocketAddress) { Scheme = "http" }.Uri };

        var answer = await client.Ask(method, path);

        answer.Status.Should().BeInRange(400, 499);
        answer.Response.Headers.Server.Should().BeEmpty();
    }

    [Theory, InlineData("GET"), InlineData("POST")]
    public async Task a_plain_request_to_the_path_beside_rest_is_refused(string method)
    {
        using var client = service.Client();

        (await client.Ask(method, "/v2/ws")).Status.Should().BeInRange(400, 499);
    }

    [Theory, InlineData("Sec-WebSocket-Version: 12\r\n"), InlineData("Sec-WebSocket-Key: short\r\n")]
    public async Task a_handshake_that_is_none_is_refused(string header)
    {
        var answer = await RawHttp.Ask(service.WebSocketAddress,
            $"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{header}"
            + (header.Contains("Key", StringComparison.Ordinal) ? "Sec-WebSocket-Version: 13\r\n\r\n" : "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));

        answer.Should().MatchRegex("^HTTP/1.1 4[0-9][0-9] ");
    }

    [Theory, InlineData("http://evil.example"), InlineData("https://127.0.0.1.evil.example"), InlineData("http://evil.example:9000"), InlineData("null"), InlineData("http://user@evil.example")]
    public async Task a_page_of_another_host_is_refused(string origin)
    {
        foreach (var address in new[] { service.WebSocketAddress, WebSocketService.SocketOf(service.Address) })
            (await Refused(address, origin)).Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task a_page_of_the_same_host_is_let_in()
    {
        foreach (var address in new[] { service.WebSocketAddress, WebSocketService.SocketOf(service.Address) })
        {
            await using var socket = await SocketClient.Connect(address, with: options => options.SetRequestHeader("Origin", $"http://{address.Authority}"));
            await socket.ShouldGoOn();
        }
    }

    private static async Task<HttpStatusCode> Refused(Uri address, string origin)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", origin);
        socket.Options.CollectHttpResponseDetails = true;
        await FluentActions.Awaiting(() => socket.ConnectAsync(address, CancellationToken.None)).Should().ThrowAsync<WebSocketException>();
        return socket.HttpStatusCode;
    }
}
