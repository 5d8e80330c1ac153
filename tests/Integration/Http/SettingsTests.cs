using FluentAssertions;
using Microsoft.Extensions.Configuration;
using Xunit;
using Zaqar.Api.Settings;
using Zaqar.Domain;
using Zaqar.Infrastructure.Delivery;
using Zaqar.Infrastructure.Identity;

namespace Zaqar.Integration.Http;

public sealed class SettingsTests
{
    [Fact]
    public void the_settings_file_states_the_defaults()
    {
        var file = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: false).Build();

        SettingsReader.ReadLimits(file).Should().Be(new Limits());
        SettingsReader.ReadService(file).Should().Be(new ServiceSettings());
        SettingsReader.ReadNotification(file).Should().Be(new NotificationSettings());
        SettingsReader.ReadKeystone(file).Should().Be(new KeystoneSettings());
        SettingsReader.ReadOutbound(file).OpensSomething.Should().BeFalse();
        SettingsReader.ReadEncryption(file).CanSeal.Should().BeFalse();
        file.GetSection("Zaqar:Transport").GetChildren().Select(setting => setting.Key)
            .Should().BeEquivalentTo(typeof(Limits).GetProperties().Select(limit => limit.Name), "each limit has a line there");
    }

    [Theory]
    [InlineData("Zaqar:Transport:MaxMessageTtl", "59"), InlineData("Zaqar:Transport:MaxMessageTtl", "two weeks"), InlineData("Zaqar:Transport:MaxMessagesPerPage", "0")]
    [InlineData("Zaqar:Transport:ClientIdUuidSafe", "maybe"), InlineData("Zaqar:Transport:DefaultClaimTtl", "43201"), InlineData("Zaqar:Transport:MinLengthClientId", "37")]
    [InlineData("Zaqar:Transport:MaxJsonDepth", "0"), InlineData("Zaqar:Transport:MaxMessagesPostSize", "99999999999")]
    [InlineData("Zaqar:Transport:SubscriberTypes", "http,gopher"), InlineData("Zaqar:Transport:DefaultSubscriptionTtl", "59")]
    public void a_limit_the_service_cannot_keep_is_named(string name, string value) =>
        FluentActions.Invoking(() => SettingsReader.ReadLimits(With(name, value)))
            .Should().Throw<SettingInvalidException>().Which.Message.Should().Contain(name).And.Contain(value);

    [Theory, InlineData("Zaqar:AuthStrategy", "noauth"), InlineData("Zaqar:AuthStrategy", "Keystone"), InlineData("Zaqar:AdminMode", "perhaps")]
    [InlineData("Zaqar:Http:MaxConnections", "0"), InlineData("Zaqar:Cors:AllowedOrigins", "https://me@console.example")]
    [InlineData("Zaqar:RateLimit:RequestsPerSecond", "-1"), InlineData("Zaqar:RateLimit:Burst", "9999999"), InlineData("Zaqar:RateLimit:Burst", "some")]
    [InlineData("Zaqar:Cors:AllowedOrigins", "console.example"), InlineData("Zaqar:Cors:AllowedOrigins", "https://console.example/")]
    [InlineData("Zaqar:Cors:AllowedOrigins", "ftp://console.example"), InlineData("Zaqar:Cors:AllowedOrigins", "https://*.example")]
    public void a_setting_the_service_cannot_start_with_is_named(string name, string value) =>
        FluentActions.Invoking(() => SettingsReader.ReadService(With(name, value)))
            .Should().Throw<SettingInvalidException>().Which.Message.Should().Contain(name).And.Contain(value);

    [Theory, InlineData("AuthUrl"), InlineData("Username"), InlineData("Password")]
    public void Keystone_is_asked_with_a_whole_account_or_not_at_all(string missing)
    {
        var given = new Dictionary<string, string?>
        {
            ["Zaqar:AuthStrategy"] = "keystone", ["Zaqar:Keystone:AuthUrl"] = "http://k", ["Zaqar:Keystone:Username"] = "zaqar", ["Zaqar:Keystone:Password"] = "secret",
        };
        SettingsReader.ReadKeystone(new ConfigurationBuilder().AddInMemoryCollection(given).Build()).ChallengeUri.Should().Be("http://k");

        given.Remove($"Zaqar:Keystone:{missing}");
        FluentActions.Invoking(() => SettingsReader.ReadKeystone(new ConfigurationBuilder().AddInMemoryCollection(given).Build()))
            .Should().Throw<SettingInvalidException>().Which.Message.Should().Contain(missing).And.NotContain("secret");
    }

    private static IConfigurationRoot With(string name, string value) =>
        new ConfigurationBuilder().AddInMemoryCollection([new(name, value)]).Build();
}
