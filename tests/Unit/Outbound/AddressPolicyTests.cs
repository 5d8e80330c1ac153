using System.Net;
using FluentAssertions;
using Xunit;
using Zaqar.Infrastructure.Outbound;

namespace Zaqar.Unit.Outbound;

public class AddressPolicyTests
{
    [Theory, MemberData(nameof(GuardTargets.RefusedAddresses), MemberType = typeof(GuardTargets))]
    public void an_address_of_no_public_host_is_refused(string address) =>
        AddressPolicy.PublicOnly.Refusal(IPAddress.Parse(address)).Should().NotBeNullOrEmpty();

    [Theory]
    // Just outside each range, and addresses everybody knows.
    [InlineData("8.8.8.8"), InlineData("1.1.1.1"), InlineData("1.0.0.0"), InlineData("9.255.255.255"), InlineData("11.0.0.0")]
    [InlineData("100.63.255.255"), InlineData("100.128.0.1"), InlineData("126.255.255.255"), InlineData("128.0.0.1")]
    [InlineData("169.253.255.255"), InlineData("169.255.0.0"), InlineData("172.15.255.255"), InlineData("172.32.0.1")]
    [InlineData("191.255.255.255"), InlineData("192.0.1.0"), InlineData("192.0.3.1"), InlineData("192.88.98.255"), InlineData("192.88.100.0")]
    [InlineData("192.167.255.255"), InlineData("192.169.0.0"), InlineData("198.17.255.255"), InlineData("198.20.0.1")]
    [InlineData("198.51.99.255"), InlineData("198.51.101.0"), InlineData("203.0.112.255"), InlineData("203.0.114.0"), InlineData("223.255.255.255")]
    [InlineData("168.63.129.15"), InlineData("::ffff:8.8.8.8")]
    [InlineData("2606:4700:4700::1111"), InlineData("2001:4860:4860::8888"), InlineData("2001:200::1"), InlineData("2001:db7:ffff::1")]
    [InlineData("2001:db9::1"), InlineData("2003::1"), InlineData("2a00:1450:4001::1"), InlineData("2620:4f:7fff::1"), InlineData("2620:fe::fe")]
    [InlineData("3ffe:ffff::1"), InlineData("2606:4700::5efe:8.8.8.8")]
    public void a_public_address_is_allowed(string address) =>
        AddressPolicy.PublicOnly.Refusal(IPAddress.Parse(address)).Should().BeNull();

    [Theory]
    [InlineData("127.0.0.1", "a loopback address"), InlineData("::1", "a loopback address"), InlineData("::ffff:127.0.0.1", "a loopback address")]
    [InlineData("10.0.0.1", "a private address"), InlineData("fd00::1", "a unique local address"), InlineData("169.254.169.254", "an instance metadata address")]
    [InlineData("2001::1", "a Teredo address"), InlineData("4000::1", "an address outside global unicast (2000::/3)")]
    [InlineData("2606:4700::5efe:10.0.0.1", "an address that carries a private address")]
    public void a_refusal_says_what_kind_of_address_it_is(string address, string reason) =>
        AddressPolicy.PublicOnly.Refusal(IPAddress.Parse(address)).Should().Be(reason);

    [Theory]
    [InlineData("10.1.0.0/16", "10.1.0.0"), InlineData("10.1.0.0/16", "10.1.255.255"), InlineData("10.1.0.0/16", "::ffff:10.1.2.3")]
    [InlineData("127.0.0.1/32", "127.0.0.1"), InlineData("::1/128", "::1"), InlineData("fd00:1::/32", "fd00:1:ffff::1")]
    [InlineData("fe80::/10", "fe80::1%1"), InlineData("::ffff:10.1.0.0/112", "10.1.2.3"), InlineData("::ffff:10.1.0.0/112", "::ffff:10.1.2.3")]
    [InlineData("0.0.0.0/0", "169.254.169.254"), InlineData("0.0.0.0/0", "::ffff:10.0.0.1"), InlineData("::/0", "fd00::1"), InlineData("::/0", "::1")]
    [InlineData("64:ff9b::/96", "64:ff9b::8.8.8.8"), InlineData("64:ff9b:1::/48", "64:ff9b:1::10.0.0.1")]
    public void an_opened_network_is_allowed(string network, string address) => Opening(network).Refusal(IPAddress.Parse(address)).Should().BeNull();

    [Theory]
    [InlineData("10.1.0.0/16", "10.0.255.255"), InlineData("10.1.0.0/16", "10.2.0.0"), InlineData("10.1.0.0/16", "127.0.0.1")]
    [InlineData("10.1.0.0/16", "::ffff:10.2.0.1"), InlineData("10.1.0.0/16", "64:ff9b::10.1.2.3"), InlineData("10.1.0.0/16", "2002:a01:203::1")]
    [InlineData("127.0.0.1/32", "127.0.0.2"), InlineData("127.0.0.1/32", "::1"), InlineData("127.0.0.1/32", "::127.0.0.1"), InlineData("::1/128", "127.0.0.1")]
    [InlineData("::1/128", "::2"), InlineData("fd00:1::/32", "fd00:2::1"), InlineData("0.0.0.0/0", "::1"), InlineData("0.0.0.0/0", "fd00::1")]
    [InlineData("::/0", "127.0.0.1"), InlineData("::/0", "::ffff:127.0.0.1")]
    // A way through a translator or tunnel is no way around the policy.
    [InlineData("::/0", "64:ff9b::10.0.0.1"), InlineData("64:ff9b::/96", "64:ff9b::169.254.169.254"), InlineData("2002::/16", "2002:7f00:1::1")]
    [InlineData("2001::/32", "2001:0:7f00:1::f7f7:f7f7"), InlineData("2001::/32", "2001:0:808:808::80ff:fffe"), InlineData("fe80::/10", "fe80::5efe:10.0.0.1")]
    public void an_opened_network_opens_nothing_else(string network, string address) =>
        Opening(network).Refusal(IPAddress.Parse(address)).Should().NotBeNull();

    [Theory, MemberData(nameof(GuardTargets.RefusedAddresses), MemberType = typeof(GuardTargets))]
    public void both_widest_networks_together_open_everything(string address) =>
        Opening("0.0.0.0/0", "::/0").Refusal(IPAddress.Parse(address)).Should().BeNull();

    private static AddressPolicy Opening(params string[] networks) => new OutboundSettings { AllowedNetworks = networks }.ToPolicy();
}
