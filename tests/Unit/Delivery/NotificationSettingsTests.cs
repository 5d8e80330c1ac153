using FluentAssertions;
using Microsoft.Extensions.Configuration;
using Xunit;
using Zaqar.Api.Settings;
using Zaqar.Infrastructure.Delivery;
using Zaqar.Infrastructure.Identity;

namespace Zaqar.Unit.Delivery;

public class NotificationSettingsTests
{
    [Fact]
    public void the_defaults_are_upstreams()
    {
        var settings = Read();

        settings.SmtpMode.Should().Be("third_part");
        settings.SmtpCommand.Should().Be("/usr/sbin/sendmail -t -oi");
        settings.MaxNotifierWorkers.Should().Be(10);
        settings.RequireConfirmation.Should().BeFalse();
        settings.Timeout.Should().Be(TimeSpan.FromSeconds(30));
        settings.MaxResponseBytes.Should().Be(65_536);
        settings.SubscriptionConfirmationEmailTemplate.Topic.Should().Be("Zaqar Notification - Subscription Confirmation");
        settings.UnsubscribeConfirmationEmailTemplate.Topic.Should().Be("Zaqar Notification - Unsubscribe Confirmation");
        settings.UnsubscribeConfirmationEmailTemplate.Sender.Should().Be("Zaqar Notifications <no-reply@openstack.org>");
    }

    [Fact]
    public void a_template_may_be_changed_in_part()
    {
        var template = Read(("SubscriptionConfirmationEmailTemplate:Sender", "ops@example.com")).SubscriptionConfirmationEmailTemplate;

        template.Sender.Should().Be("ops@example.com");
        template.Body.Should().Contain("{2}");
    }

    [Fact]
    public void a_mail_server_on_this_machine_may_be_spoken_to_openly() =>
        Read(("SmtpMode", "self_local"), ("SmtpHost", "::1"), ("SmtpPort", "25"), ("SmtpSecurity", "None")).SmtpSecurity.Should().Be(SmtpSecurity.None);

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, "https://z.example.com", "https://z.example.com/confirm")]
    [InlineData(null, "https://z.example.com/messaging/", "https://z.example.com/messaging/confirm")]
    [InlineData("https://other.example.com/page", "https://z.example.com", "https://other.example.com/page")]
    public void mails_link_to_the_operators_page_else_to_our_own_where_its_address_is_known(string? external, string? endpoint, string? page) =>
        Read(("ExternalConfirmationUrl", external), ("PublicEndpoint", endpoint)).ConfirmationPage().Should().Be(page);

    [Theory]
    [InlineData("SmtpMode", "pigeon", "*SmtpMode is third_part or self_local; \"pigeon\"*")]
    [InlineData("SmtpCommand", " ", "*SmtpCommand*")]
    [InlineData("SmtpPort", "70000", "*SmtpPort is between 1 and 65535; 70000*")]
    [InlineData("SmtpPort", "smtp", "*SmtpPort*")]
    [InlineData("SmtpSecurity", "Perhaps", "*SmtpSecurity*")]
    [InlineData("SmtpUserName", "user", "*SmtpUserName and SmtpUserPassword are given both or neither*")]
    [InlineData("MaxNotifierWorkers", "0", "*MaxNotifierWorkers is between 1 and 1000; 0*")]
    [InlineData("MaxResponseBytes", "-1", "*MaxResponseBytes*")]
    [InlineData("Timeout", "00:00:00", "*Timeout*")]
    [InlineData("Timeout", "01:00:00", "*Timeout*")]
    [InlineData("ExternalConfirmationUrl", "page", "*ExternalConfirmationUrl is a URL with http or https; \"page\"*")]
    [InlineData("PublicEndpoint", "ftp://z", "*PublicEndpoint*")]
    [InlineData("PublicWebSocketEndpoint", "http://z", "*PublicWebSocketEndpoint is a URL with ws or wss*")]
    [InlineData("SubscriptionConfirmationEmailTemplate:Topic", "two\nlines", "*Topic is one line*")]
    [InlineData("UnsubscribeConfirmationEmailTemplate:Sender", "", "*UnsubscribeConfirmationEmailTemplate:Sender*")]
    public void a_setting_that_cannot_be_is_named(string name, string value, string message) =>
        FluentActions.Invoking(() => Read((name, value))).Should().Throw<SettingInvalidException>().WithMessage(message);

    [Theory]
    [InlineData("SmtpHost", null, "*SmtpHost is needed*")]
    [InlineData("SmtpPort", null, "*SmtpPort is needed*")]
    [InlineData("SmtpSecurity", "None", "*SmtpSecurity is None only where SmtpHost is this machine; \"mail.example.com\"*")]
    public void a_mail_server_of_our_own_needs_its_address_and_privacy(string name, string? value, string message) =>
        FluentActions.Invoking(() => Read(("SmtpMode", "self_local"), ("SmtpHost", "mail.example.com"), ("SmtpPort", "465"), (name, value)))
            .Should().Throw<SettingInvalidException>().WithMessage(message);

    [Theory]
    [InlineData("AuthUrl", "keystone", "*AuthUrl is a URL*")]
    [InlineData("Password", null, "*Username and Password are needed*")]
    [InlineData("Timeout", "00:10:00", "*Timeout*")]
    public void keystones_settings_are_judged_likewise(string name, string? value, string message) =>
        FluentActions.Invoking(() => SettingsReader.ReadKeystone(Configuration("Keystone",
                [("AuthUrl", "http://k:5000/v3"), ("Username", "zaqar"), ("Password", "secret"), (name, value)])))
            .Should().Throw<SettingInvalidException>().WithMessage(message);

    [Fact]
    public void passwords_are_not_printed()
    {
        new NotificationSettings { SmtpUserPassword = "hunter2" }.ToString().Should().NotContain("hunter2");
        new KeystoneSettings { Password = "hunter2" }.ToString().Should().NotContain("hunter2");
    }

    private static NotificationSettings Read(params (string Name, string? Value)[] settings) =>
        SettingsReader.ReadNotification(Configuration("Notification", settings));

    private static IConfiguration Configuration(string section, (string Name, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.GroupBy(setting => setting.Name)
            .Select(setting => KeyValuePair.Create($"Zaqar:{section}:{setting.Key}", setting.Last().Value))).Build();
}
