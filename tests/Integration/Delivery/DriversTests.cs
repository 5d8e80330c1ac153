using System.Net;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Zaqar.Infrastructure.Delivery;
using Zaqar.Infrastructure.Identity;
using Zaqar.Infrastructure.Outbound;
using Zaqar.Integration.Delivery.Sinks;
using Zaqar.Integration.Identity;

namespace Zaqar.Integration.Delivery;

/// <summary>The drivers as the service puts them together.</summary>
public class DriversTests : Delivering
{
    [Fact]
    public async Task each_subscriber_is_reached_by_its_scheme()
    {
        await using var keystone = await FakeKeystone.Start(Clock);
        keystone.Trusts["trust1"] = true;
        await using var server = SmtpSink.Start();
        await using var services = Services(keystone.Settings, server.Port);
        var drivers = services.GetRequiredService<Drivers>();

        (await drivers.Send(Notice(Sink.At("/hook")), default)).Should().Be(new Outcome.Delivered(200));
        (await drivers.Send(Notice("trust+" + Sink.At("/trusted"), """{"trust_id": "trust1"}"""), default)).Should().Be(new Outcome.Delivered(200));
        (await drivers.Send(Notice("mailto:joe@example.com"), default)).Should().Be(new Outcome.Delivered(250));

        Sink.Requests.Select(request => request.Path).Should().Equal("/hook", "/trusted");
        server.Mails.Should().ContainSingle();
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/")]
    [InlineData("nothing")]
    [InlineData("")]
    public async Task a_scheme_that_nobody_serves_ends_the_delivery(string subscriber)
    {
        await using var services = Services(new(), 1);

        (await services.GetRequiredService<Drivers>().Send(Notice(subscriber), default)).Should().BeOfType<Outcome.Refused>();
    }

    private ServiceProvider Services(KeystoneSettings keystone, int smtpPort) => new ServiceCollection()
        .AddLogging()
        .AddSingleton<TimeProvider>(Clock)
        .AddSingleton(new AddressPolicy([IPNetwork.Parse("127.0.0.1/32")]))
        .AddSingleton(keystone)
        .AddSingleton(new NotificationSettings
        {
            SmtpMode = NotificationSettings.SelfLocal, SmtpHost = "127.0.0.1", SmtpPort = smtpPort, SmtpSecurity = SmtpSecurity.None,
        })
        .AddDrivers()
        .BuildServiceProvider();
}
