using System.Net;
using FluentAssertions;
using Microsoft.Extensions.Configuration;
using Xunit;
using Zaqar.Api.Settings;
using Zaqar.Infrastructure.Outbound;

namespace Zaqar.Unit.Outbound;

public class OutboundSettingsTests
{
    [Fact]
    public void nothing_is_opened_by_default()
    {
        OutboundSettings.Read(Configured()).AllowedNetworks.Should().BeEmpty();
        SettingsReader.ReadOutbound(Configured()).OpensSomething.Should().BeFalse();
    }

    [Fact]
    public void networks_are_a_list_or_one_value_with_commas()
    {
        OutboundSettings.Read(Configured(("AllowedNetworks:0", "10.0.0.0/8"), ("AllowedNetworks:1", "fd00::/8")))
            .AllowedNetworks.Should().Equal("10.0.0.0/8", "fd00::/8");
        OutboundSettings.Read(Configured(("AllowedNetworks", "10.0.0.0/8, fd00::/8,")))
            .AllowedNetworks.Should().Equal("10.0.0.0/8", "fd00::/8");
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.9.9.9"), InlineData("192.168.1.7/32", "192.168.1.7"), InlineData("FD00::/8", "fd12::1")]
    [InlineData("0.0.0.0/0", "127.0.0.1"), InlineData("::ffff:10.0.0.0/104", "10.9.9.9")]
    public void a_network_is_opened(string network, string address) =>
        SettingsReader.ReadOutbound(Configured(("AllowedNetworks", network))).Refusal(IPAddress.Parse(address)).Should().BeNull();

    [Theory]
    [InlineData("10.0.0.0"), InlineData("10/8"), InlineData("010.0.0.0/8"), InlineData("0x0a.0.0.0/8"), InlineData("10.0.0.0/33"), InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/8/8"), InlineData("fd00::/129"), InlineData("fe80::%1/10"), InlineData("[fd00::]/8"), InlineData("localhost/8"), InlineData("/8")]
    [InlineData("10.0.0.0/255.0.0.0"), InlineData("*"), InlineData("10.0.0.0-10.0.0.9")]
    public void what_is_no_network_is_refused_with_the_setting_and_the_value(string network)
    {
        var read = () => SettingsReader.ReadOutbound(Configured(("AllowedNetworks:0", "172.16.0.0/12"), ("AllowedNetworks:1", network)));

        read.Should().Throw<SettingInvalidException>().Which.Message
            .Should().Contain("Zaqar:Notification:AllowedNetworks:1").And.Contain($"\"{network}\"").And.Contain("CIDR");
    }

    [Fact]
    public void a_network_with_bits_beyond_its_prefix_is_refused_with_what_to_write()
    {
        var read = () => SettingsReader.ReadOutbound(Configured(("AllowedNetworks:0", "10.1.2.3/8")));

        read.Should().Throw<SettingInvalidException>().Which.Message.Should().Contain("\"10.1.2.3/8\"").And.Contain("write 10.0.0.0/8");
    }

    private static IConfiguration Configured(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>($"Zaqar:Notification:{setting.Key}", setting.Value)))
        .Build();
}
