using FluentAssertions;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using Zaqar.Infrastructure.Delivery;
using Zaqar.Infrastructure.Identity;
using Zaqar.Integration.Delivery.Sinks;
using Zaqar.Integration.Identity;

namespace Zaqar.Integration.Delivery;

/// <summary>Deliveries in the name of a subscription's owner.</summary>
public class TrustTests : Delivering
{
    private FakeKeystone _keystone = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _keystone = await FakeKeystone.Start(Clock);
        _keystone.Trusts["trust1"] = _keystone.Trusts["trust2"] = true;
    }

    public override async Task DisposeAsync()
    {
        await _keystone.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task the_receiver_gets_a_token_of_the_trust()
    {
        (await Driver().Send(Trusting(), default)).Should().Be(new Outcome.Delivered(200));

        var request = Sink.Requests.Should().ContainSingle().Subject;
        request.Headers["X-Auth-Token"].Should().Be("token-1-trust1");
        request.Headers["Content-Type"].Should().Be("application/json");
        request.Text.Should().Be(Document);
        _keystone.Logins.Should().Equal("trust1");
    }

    [Fact]
    public async Task template_and_headers_of_the_subscription_count_too()
    {
        await Driver().Send(Notice("TRUST+" + Sink.At("/hook"), """
            {"trust_id": "trust1", "post_data": "<\"$zaqar_message$\">", "post_headers": {"X-Project-ID": "p2", "Content-Type": "text/x"}}
            """), default);

        var request = Sink.Requests.Should().ContainSingle().Subject;
        request.Text.Should().Be($"<{Document}>");
        request.Headers.Should().Contain("X-Project-ID", "p2").And.Contain("Content-Type", "text/x").And.Contain("X-Auth-Token", "token-1-trust1");
    }

    [Theory]
    [InlineData("trust+http", true)]
    [InlineData("Trust+HTTPS", true)]
    [InlineData("http", false)]
    public void it_serves_trusts(string scheme, bool serves) => Driver().Serves(scheme).Should().Be(serves);

    [Fact]
    public async Task a_token_is_kept_until_shortly_before_it_runs_out()
    {
        _keystone.TokenLife = TimeSpan.FromMinutes(10);
        var driver = Driver();

        await driver.Send(Trusting(), default);
        Clock.Advance(TimeSpan.FromSeconds(569));
        await driver.Send(Trusting(), default);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await driver.Send(Trusting(), default);

        Sink.Requests.Select(request => request.Headers["X-Auth-Token"]).Should().Equal("token-1-trust1", "token-1-trust1", "token-2-trust1");
    }

    [Fact]
    public async Task simultaneous_deliveries_of_one_trust_share_a_login()
    {
        var driver = Driver();

        await Task.WhenAll(Enumerable.Range(0, 20).SelectMany(_ => new[] { Trusting(), Trusting("trust2") }).Select(notice => driver.Send(notice, default)));

        _keystone.Logins.Should().BeEquivalentTo("trust1", "trust2");
        Sink.Requests.Should().HaveCount(40);
    }

    [Fact]
    public async Task a_kept_token_that_is_refused_is_replaced()
    {
        var driver = Driver();
        Sink.Answers("/hook", SinkAnswer.Status(200), SinkAnswer.Status(401), SinkAnswer.Status(200));

        (await driver.Send(Trusting(), default)).Should().Be(new Outcome.Delivered(200));
        (await driver.Send(Trusting(), default)).Should().BeOfType<Outcome.TryAgain>().Which.Status.Should().Be(401);
        (await driver.Send(Trusting(), default)).Should().Be(new Outcome.Delivered(200));

        Sink.Requests.Select(request => request.Headers["X-Auth-Token"]).Should().Equal("token-1-trust1", "token-1-trust1", "token-2-trust1");
    }

    [Fact]
    public async Task a_new_token_that_is_refused_ends_the_delivery()
    {
        Sink.Answers("/hook", SinkAnswer.Status(401));

        (await Driver().Send(Trusting(), default)).Should().BeOfType<Outcome.Refused>().Which.Status.Should().Be(401);
    }

    [Fact]
    public async Task a_trust_that_is_over_ends_the_delivery()
    {
        (await Driver().Send(Trusting("gone"), default)).Should().BeOfType<Outcome.Refused>();

        Sink.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task a_trust_may_come_back()
    {
        var driver = Driver();
        await driver.Send(Trusting("late"), default);
        _keystone.Trusts["late"] = true;

        (await driver.Send(Trusting("late"), default)).Should().Be(new Outcome.Delivered(200));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"trust_id": null}""")]
    [InlineData("""{"trust_id": ""}""")]
    [InlineData("""{"trust_id": 5}""")]
    public async Task without_a_trust_there_is_no_delivery(string options)
    {
        (await Driver().Send(Notice("trust+" + Sink.At("/hook"), options), default)).Should().BeOfType<Outcome.Refused>();

        Sink.Requests.Should().BeEmpty();
        _keystone.Logins.Should().BeEmpty();
    }

    [Fact]
    public async Task a_wrong_password_of_ours_is_tried_again()
    {
        (await Driver(_keystone.Settings with { Password = "wrong" }).Send(Trusting(), default)).Should().BeOfType<Outcome.TryAgain>();

        _keystone.Logins.Should().Equal("trust1", null);
    }

    [Fact]
    public async Task no_keystone_is_tried_again() => (await Driver(new()).Send(Trusting(), default)).Should().BeOfType<Outcome.TryAgain>();

    [Theory, InlineData(400), InlineData(403), InlineData(404)]
    public async Task a_keystone_that_refuses_ends_the_delivery(int status)
    {
        _keystone.Trouble = SinkAnswer.Status(status);

        (await Driver().Send(Trusting(), default)).Should().BeOfType<Outcome.Refused>();
    }

    [Theory, InlineData(500), InlineData(503), InlineData(429), InlineData(200), InlineData(201)]
    public async Task a_keystone_in_trouble_is_tried_again(int status)
    {
        _keystone.Trouble = SinkAnswer.Status(status);
        var driver = Driver();

        (await driver.Send(Trusting(), default)).Should().BeOfType<Outcome.TryAgain>();

        _keystone.Trouble = null;
        (await driver.Send(Trusting(), default)).Should().Be(new Outcome.Delivered(200));
    }

    [Fact]
    public async Task a_keystone_that_breaks_or_hangs_is_tried_again()
    {
        var driver = Driver(_keystone.Settings with { Timeout = TimeSpan.FromMilliseconds(300) });

        _keystone.Trouble = SinkAnswer.Reset;
        (await driver.Send(Trusting(), default)).Should().BeOfType<Outcome.TryAgain>();

        _keystone.Trouble = async context =>
        {
            try
            {
                await SinkAnswer.Hang(context);
            }
            catch (OperationCanceledException)
            {
                // The client has gone.
            }
        };
        (await driver.Send(Trusting(), default)).Should().BeOfType<Outcome.TryAgain>();
    }

    [Fact]
    public void a_token_is_not_printed() => new TrustToken("secret", true).ToString().Should().NotContain("secret");

    private Notice Trusting(string trust = "trust1") => Notice("trust+" + Sink.At("/hook"), $$"""{"trust_id": "{{trust}}"}""");

    private TrustDriver Driver(KeystoneSettings? settings = null) =>
        new(Sender(), new KeystoneTrustTokens(new(PlainClient(), settings ?? _keystone.Settings, Clock, NullLogger<KeystoneClient>.Instance), Clock));
}
