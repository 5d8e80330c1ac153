using FluentAssertions;
using Xunit;
using Zaqar.Integration.Identity;

namespace Zaqar.Integration.Notifications;

/// <summary>Subscribers that are told in their owner's name.</summary>
public sealed class TrustedSubscribersTests(TrustedSubscribersTests.Service service) : IClassFixture<TrustedSubscribersTests.Service>, IDisposable
{
    private readonly HttpClient _client = service.Client();
    private readonly string _path = NotifyingService.NewPath();
    private readonly string _trust = Guid.NewGuid().ToString("N");

    private string Subscriber => "trust+" + service.Sink.At(_path);

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task a_request_carries_the_trusts_token_and_one_token_serves_many()
    {
        service.Keystone.Trusts[_trust] = true;
        var subscription = await _client.SubscribeTo("q", Subscriber, new { trust_id = _trust, post_headers = new Dictionary<string, string> { ["X-Project-ID"] = "p" } });

        await _client.Post("q", 1, 2, 3);

        var requests = await Eventually.Holds(() => Task.FromResult(service.Sink.RequestsTo(_path)), requests => requests.Count == 3, "all arrive");
        requests.Select(request => request.Headers["X-Auth-Token"]).Distinct().Should().ContainSingle().Which.Should().EndWith(_trust);
        requests.Should().OnlyContain(request => request.Headers["X-Project-ID"] == "p" && request.Headers["Content-Type"] == "application/json");
        service.Keystone.Logins.Where(trust => trust == _trust).Should().ContainSingle();
        (await _client.Subscription("q", subscription)).Json.GetProperty("options").GetProperty("trust_id").GetString().Should().Be(_trust);
    }

    [Fact]
    public async Task a_trust_that_is_over_ends_the_delivery_as_failed_and_nothing_is_sent()
    {
        var subscription = await _client.SubscribeTo("q", Subscriber, new { trust_id = _trust });

        await _client.Post("q", 1);

        (await _client.Delivery("q", subscription, entry => entry.EndedAt is not null, "it ends")).Status.Should().Be("failed");
        service.Sink.RequestsTo(_path).Should().BeEmpty();
    }

    /// <summary>A service with an account at a Keystone.</summary>
    public sealed class Service : NotifyingService
    {
        internal FakeKeystone Keystone { get; private set; } = null!;

        protected override IReadOnlyList<string> Settings =>
        [
            .. base.Settings, $"--Zaqar:Keystone:AuthUrl={Keystone.Settings.AuthUrl}", "--Zaqar:Keystone:Username=zaqar", "--Zaqar:Keystone:Password=right",
        ];

        public override async Task InitializeAsync()
        {
            Keystone = await FakeKeystone.Start(TimeProvider.System);
            await base.InitializeAsync();
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await Keystone.DisposeAsync();
        }
    }
}
