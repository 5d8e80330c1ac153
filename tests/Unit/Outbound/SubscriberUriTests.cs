using FluentAssertions;
using Xunit;
using Zaqar.Infrastructure.Outbound;

namespace Zaqar.Unit.Outbound;

public class SubscriberUriTests
{
    [Fact]
    public void there_are_many_targets_each_a_different_one()
    {
        GuardTargets.Addresses.Should().OnlyHaveUniqueItems();
        GuardTargets.Spellings.Should().OnlyHaveUniqueItems();
        GuardTargets.Spellings.Length.Should().BeGreaterThan(120);
        GuardTargets.Addresses.Length.Should().BeGreaterThan(100);
    }

    [Theory, MemberData(nameof(GuardTargets.ToldByTheirText), MemberType = typeof(GuardTargets))]
    public void what_the_text_tells_is_refused(string subscriber) =>
        SubscriberUri.Refusal(subscriber, AddressPolicy.PublicOnly).Should().NotBeNullOrEmpty();

    [Theory, MemberData(nameof(GuardTargets.ToldByTheirAddresses), MemberType = typeof(GuardTargets))]
    public void what_only_a_look_up_tells_passes(string subscriber) =>
        SubscriberUri.Refusal(subscriber, AddressPolicy.PublicOnly).Should().BeNull();

    [Theory]
    [InlineData("http://example.com"), InlineData("https://example.com/"), InlineData("HTTPS://Example.COM:8443/hook?x=1&y=a@b#part")]
    [InlineData("trust+http://example.com/v2/queues/q/messages"), InlineData("Trust+HTTPS://example.com/")]
    [InlineData("http://example.com./"), InlineData("http://example.com:/"), InlineData("http://example.com:65535/"), InlineData("http://example.com:00080/")]
    [InlineData("http://8.8.8.8/"), InlineData("http://0x08.8.8.8/"), InlineData("http://134744072/"), InlineData("http://[2606:4700:4700::1111]:443/")]
    [InlineData("http://[::ffff:8.8.8.8]/"), InlineData("http://my_host.example.com/"), InlineData("http://123.example.com/"), InlineData("http://0x7f.example.com/")]
    [InlineData("http://bücher.example/"), InlineData("http://xn--bcher-kva.example/"), InlineData("http://例え.テスト/"), InlineData("http://пример.рф/")]
    [InlineData("http://receiver:8080/"), InlineData("http://localhost.example.com/"), InlineData("http://notlocalhost/"), InlineData("http://mylocal/")]
    [InlineData("http://internal.example.com/"), InlineData("http://example.com/a\\b"), InlineData("http://example.com/a b"), InlineData("http://example.com/%0d%0a")]
    public void an_ordinary_subscriber_passes(string subscriber) =>
        SubscriberUri.Refusal(subscriber, AddressPolicy.PublicOnly).Should().BeNull();

    [Theory]
    [InlineData("http://127.0.0.1:9/", "its host is a loopback address")]
    [InlineData("http://0x7f.1/", "its host is a loopback address")]
    [InlineData("http://[::ffff:a9fe:a9fe]/", "its host is an instance metadata address")]
    [InlineData("http://localhost/", "its host is this machine")]
    [InlineData("http://db.internal/", "its host is a name of private networks")]
    [InlineData("http://user:hunter2@example.com/", "it has user information")]
    [InlineData("http://example.com:0/", "its port is not between 1 and 65535")]
    [InlineData("http://6425673729/", "its host ends in a number but is no address")]
    [InlineData("http:///x", "its host is empty")]
    [InlineData("http://a\u0007b/", "it has control characters")]
    [InlineData("gopher://example.com/", "it is not an absolute URI with the scheme http, https, trust+http, trust+https or mailto")]
    public void a_refusal_says_why_and_repeats_no_secret(string subscriber, string reason) =>
        SubscriberUri.Refusal(subscriber, AddressPolicy.PublicOnly).Should().Be(reason);

    [Theory]
    [InlineData("http://10.1.2.3/", null), InlineData("http://0xa.66051/", null), InlineData("http://[::ffff:10.1.2.3]/", null), InlineData("http://10.2.0.1/", "its host is a private address")]
    [InlineData("http://service.internal/", null), InlineData("http://a.svc.cluster.local/", null), InlineData("http://localhost/", "its host is this machine")]
    public void an_opened_network_opens_its_addresses_and_the_names_of_private_networks(string subscriber, string? refusal) =>
        SubscriberUri.Refusal(subscriber, Opening("10.1.0.0/16")).Should().Be(refusal);

    [Theory, InlineData("127.0.0.0/8"), InlineData("::1/128")]
    public void an_opened_loopback_opens_localhost(string network) =>
        SubscriberUri.Refusal("http://localhost:8080/", Opening(network)).Should().BeNull();

    [Fact]
    public void an_opened_link_local_network_takes_zones() =>
        SubscriberUri.Refusal("http://[fe80::1%25eth0]/", Opening("fe80::/10")).Should().BeNull();

    [Fact]
    public void half_a_surrogate_pair_is_refused() =>
        SubscriberUri.Refusal("http://example.com/\ud800", AddressPolicy.PublicOnly).Should().NotBeNull();

    [Theory]
    [InlineData("http://example.com/a?b#c", "http://example.com/a?b"), InlineData("trust+https://example.com/", "https://example.com/")]
    [InlineData("TRUST+http://example.com", "http://example.com/")]
    public void deliveries_go_to_the_uri_without_trust_and_fragment(string subscriber, string target) =>
        SubscriberUri.WebTarget(subscriber).AbsoluteUri.Should().Be(target);

    private static AddressPolicy Opening(string network) => new OutboundSettings { AllowedNetworks = [network] }.ToPolicy();
}
