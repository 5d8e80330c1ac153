using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Xunit;
using Zaqar.Infrastructure.Outbound;

namespace Zaqar.Unit.Outbound;

public class GuardedConnectTests
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    [Theory, MemberData(nameof(GuardTargets.All), MemberType = typeof(GuardTargets))]
    public async Task no_target_is_connected_to_by_the_client(string subscriber)
    {
        var recorder = new ConnectRecorder();

        await Send(subscriber, recorder);

        recorder.Dialled.Should().BeEmpty();
    }

    [Fact]
    public async Task nearly_all_targets_get_as_far_as_the_guard_and_are_refused_there()
    {
        var recorder = new ConnectRecorder();
        var refused = 0;

        foreach (var subscriber in GuardTargets.Subscribers)
            if (OutboundRefusedException.Behind(await Send(subscriber, recorder)) is not null)
                refused++;

        refused.Should().BeGreaterThan(300, "the other {0} are no web URIs to the client", GuardTargets.Subscribers.Count - refused);
        recorder.Dialled.Should().BeEmpty();
    }

    /// <summary>Sends straight past the judging of the text, as a subscription made before a rule would come.</summary>
    private static async Task<Exception> Send(string subscriber, ConnectRecorder recorder)
    {
        using var client = GuardedHttp.Create(AddressPolicy.PublicOnly, resolve: recorder.Resolver(GuardTargets.Names), dial: recorder.Dial);
        var target = SubscriberUri.IsTrust(subscriber) ? subscriber["trust+".Length..] : subscriber;
        var send = () => client.PostAsync(target, new StringContent("{}"));

        return (await send.Should().ThrowAsync<Exception>()).Which;
    }

    [Theory, MemberData(nameof(GuardTargets.All), MemberType = typeof(GuardTargets))]
    public async Task no_target_is_connected_to_when_the_callback_is_given_its_host(string subscriber)
    {
        var recorder = new ConnectRecorder();
        var connect = new GuardedConnect(AddressPolicy.PublicOnly, _timeout, recorder.Resolver(GuardTargets.Names), recorder.Dial);

        // The host as the crudest of parsers would cut it out.
        var host = subscriber[(subscriber.IndexOf("//", StringComparison.Ordinal) is var slashes and >= 0 ? slashes + 2 : 0)..].Split('/', '?', '#', '\\')[0];
        host = host[(host.LastIndexOf('@') + 1)..];
        if (!host.StartsWith('['))
            host = host.Split(':')[0];

        var connecting = () => connect.Connect(host, 80, default).AsTask();

        await connecting.Should().ThrowAsync<OutboundRefusedException>();
        recorder.Dialled.Should().BeEmpty();
    }

    [Theory]
    [InlineData("127.0.0.1"), InlineData("127.1"), InlineData("2130706433"), InlineData("0x7f.1"), InlineData("0177.0.0.1"), InlineData("017700000001")]
    [InlineData("127.0.0.1."), InlineData("localhost"), InlineData("LOCALHOST."), InlineData("a.localhost"), InlineData("0"), InlineData("0.0.0.0")]
    [InlineData("::1"), InlineData("[::1]"), InlineData("::ffff:127.0.0.1"), InlineData("::"), InlineData("::ffff:0.0.0.0"), InlineData("127.8.9.10")]
    public async Task a_real_listener_on_this_machine_is_not_connected_to(string host)
    {
        using var ipv4 = new TcpListener(IPAddress.Any, 0);
        ipv4.Start();
        var port = ((IPEndPoint)ipv4.LocalEndpoint).Port;

        var connecting = () => new GuardedConnect(AddressPolicy.PublicOnly, _timeout).Connect(host, port, default).AsTask();

        await connecting.Should().ThrowAsync<OutboundRefusedException>();
        ipv4.Pending().Should().BeFalse();
    }

    [Theory, InlineData("127.0.0.1"), InlineData("127.1"), InlineData("::ffff:127.0.0.1"), InlineData("2130706433")]
    public async Task a_real_listener_in_an_opened_network_is_connected_to(string host)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var opened = new OutboundSettings { AllowedNetworks = ["127.0.0.0/8"] }.ToPolicy();

        await using var stream = await new GuardedConnect(opened, _timeout).Connect(host, ((IPEndPoint)listener.LocalEndpoint).Port, default);

        ((NetworkStream)stream).Socket.RemoteEndPoint.Should().Be(listener.LocalEndpoint);
    }

    [Theory]
    [InlineData("127.0.0.0/8", "127.0.0.1:80"), InlineData("::1/128", "[::1]:80"), InlineData("127.0.0.1/32 ::1/128", "127.0.0.1:80", "[::1]:80")]
    public async Task localhost_is_the_loopback_address_that_is_opened_and_is_not_looked_up(string opened, params string[] addresses)
    {
        var recorder = new ConnectRecorder();
        var policy = new OutboundSettings { AllowedNetworks = opened.Split(' ') }.ToPolicy();
        var connect = new GuardedConnect(policy, _timeout, recorder.Resolver(["10.0.0.1"]), recorder.Dial);

        foreach (var name in new[] { "localhost", "LOCALHOST.", "a.localhost" })
            await connect.Invoking(guard => guard.Connect(name, 80, default).AsTask()).Should().ThrowAsync<SocketException>();

        recorder.LookedUp.Should().BeEmpty();
        recorder.Dialled.Should().Equal([.. addresses, .. addresses, .. addresses]);
    }

    [Fact]
    public async Task a_name_is_looked_up_once_and_the_judged_address_is_connected_to()
    {
        using var server = LoopbackServer.Answering("200 OK");
        var recorder = new ConnectRecorder { Server = server.Address };
        var rebinding = recorder.Resolver(["93.184.216.34"], ["127.0.0.1"]);
        var connect = new GuardedConnect(AddressPolicy.PublicOnly, _timeout, rebinding, recorder.Dial);

        (await connect.Connect("rebinding.example.com", 80, default)).Dispose();

        recorder.LookedUp.Should().Equal("rebinding.example.com");
        recorder.Dialled.Should().Equal("93.184.216.34:80");

        var again = () => connect.Connect("rebinding.example.com", 80, default).AsTask();

        (await again.Should().ThrowAsync<OutboundRefusedException>()).Which.Address.Should().Be(IPAddress.Loopback);
        recorder.Dialled.Should().Equal("93.184.216.34:80");
    }

    [Fact]
    public async Task the_next_address_is_tried_when_one_fails()
    {
        using var server = LoopbackServer.Answering("200 OK");
        var recorder = new ConnectRecorder { Server = server.Address, Dead = { "8.8.8.8" }, Silent = { "1.1.1.1" } };
        var connect = new GuardedConnect(
            AddressPolicy.PublicOnly, TimeSpan.FromMilliseconds(300), recorder.Resolver(["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111"]), recorder.Dial);

        (await connect.Connect("example.com", 443, default)).Dispose();

        recorder.Dialled.Should().Equal("8.8.8.8:443", "1.1.1.1:443", "[2606:4700:4700::1111]:443");
    }

    [Fact]
    public async Task when_every_address_fails_the_last_failure_is_told_and_no_more_than_four_are_tried()
    {
        var recorder = new ConnectRecorder();
        var connect = new GuardedConnect(
            AddressPolicy.PublicOnly, _timeout, recorder.Resolver(["8.8.8.8", "::ffff:8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9"]), recorder.Dial);

        var connecting = () => connect.Connect("example.com", 80, default).AsTask();

        (await connecting.Should().ThrowAsync<SocketException>()).Which.SocketErrorCode.Should().Be(SocketError.ConnectionRefused);
        recorder.Dialled.Should().Equal("8.8.8.8:80", "8.8.4.4:80", "1.1.1.1:80", "1.0.0.1:80");
    }

    [Fact]
    public async Task a_silent_address_uses_up_its_time_and_no_more()
    {
        using var server = LoopbackServer.Answering("200 OK");
        var recorder = new ConnectRecorder { Server = server.Address, Silent = { "8.8.8.8" } };
        var connect = new GuardedConnect(AddressPolicy.PublicOnly, TimeSpan.FromMilliseconds(50), recorder.Resolver(["8.8.8.8"]), recorder.Dial);

        var connecting = () => connect.Connect("example.com", 80, default).AsTask();

        await connecting.Should().ThrowAsync<TimeoutException>();
    }

    [Fact]
    public async Task the_callers_token_ends_connecting()
    {
        using var server = LoopbackServer.Answering("200 OK");
        using var caller = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var recorder = new ConnectRecorder { Server = server.Address, Silent = { "8.8.8.8", "1.1.1.1" } };
        var connect = new GuardedConnect(AddressPolicy.PublicOnly, _timeout, recorder.Resolver(["8.8.8.8", "1.1.1.1"]), recorder.Dial);
        var since = Stopwatch.GetTimestamp();

        var connecting = () => connect.Connect("example.com", 80, caller.Token).AsTask();

        await connecting.Should().ThrowAsync<OperationCanceledException>();
        recorder.Dialled.Should().Equal("8.8.8.8:80");
        Stopwatch.GetElapsedTime(since).Should().BeLessThan(_timeout / 2);
    }

    [Fact]
    public async Task a_name_without_addresses_is_a_failure_and_no_refusal()
    {
        var recorder = new ConnectRecorder();
        var connect = new GuardedConnect(AddressPolicy.PublicOnly, _timeout, recorder.Resolver([]), recorder.Dial);

        var connecting = () => connect.Connect("nowhere.example.com", 80, default).AsTask();

        (await connecting.Should().ThrowAsync<SocketException>()).Which.SocketErrorCode.Should().Be(SocketError.HostNotFound);
    }

    [Fact]
    public async Task a_refusal_names_the_host_but_not_the_address_it_resolved_to()
    {
        var recorder = new ConnectRecorder();
        var connect = new GuardedConnect(AddressPolicy.PublicOnly, _timeout, recorder.Resolver(["10.11.12.13"]), recorder.Dial);

        var connecting = () => connect.Connect("inside.example.com", 80, default).AsTask();

        var refused = (await connecting.Should().ThrowAsync<OutboundRefusedException>()).Which;
        refused.Reason.Should().Be("the host inside.example.com is a private address");
        refused.Message.Should().NotContain("10.11.12.13");
        refused.Address.Should().Be(IPAddress.Parse("10.11.12.13"));
    }
}
