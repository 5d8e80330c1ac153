using FluentAssertions;
using Xunit;
using Zaqar.Integration.Notifications;

namespace Zaqar.Integration.Identity;

/// <summary>Where the links of confirmations lead, when the operator leaves that to Keystone's catalog.</summary>
public sealed class CatalogTests(CatalogTests.Service service) : IClassFixture<CatalogTests.Service>, IDisposable
{
    private readonly HttpClient _client = service.NewClient();
    private readonly string _path = NotifyingService.NewPath();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task a_confirmation_leads_to_the_public_addresses_of_the_region()
    {
        var subscription = await _client.SubscribeTo("q", service.Sink.At(_path));

        var told = (await Eventually.Holds(() => Task.FromResult(service.Sink.RequestsTo(_path)), seen => seen.Count == 1, "it is asked"))[0];
        var document = System.Text.Json.JsonDocument.Parse(told.Text).RootElement;
        document.GetProperty("WSGISubscribeURL").GetString().Should().Be($"https://two.example/zaqar/v2/queues/q/subscriptions/{subscription}/confirm");
        document.GetProperty("WebSocketSubscribeURL").GetString().Should().Be($"wss://two.example:9000/v2/queues/q/subscriptions/{subscription}/confirm");
    }

    [Fact]
    public async Task a_confirmation_waits_for_the_catalog()
    {
        await _client.GetAsync(new Uri("/v2/queues", UriKind.Relative));
        service.Keystone.Trouble = Delivery.Sinks.SinkAnswer.Status(503);
        var subscription = await _client.SubscribeTo("q", service.Sink.At(_path));

        var waiting = await _client.Delivery("q", subscription, entry => entry.Attempts > 0, "it was tried");
        (waiting.Status, waiting.LastReason).Should().Be(("waiting", "Keystone gave no usable answer."));

        service.Keystone.Trouble = null;
        await Eventually.Is(() => service.Sink.RequestsTo(_path).Count == 1, "it is asked");
    }

    public sealed class Service : NotifyingService
    {
        internal FakeKeystone Keystone { get; private set; } = null!;

        protected override IReadOnlyList<string> Settings =>
        [
            .. base.Settings, .. Keystone.Arguments, "--Zaqar:Keystone:Region=Two", "--Zaqar:Notification:RequireConfirmation=true",
            "--Zaqar:SignedUrl:SecretKey=key",
        ];

        public override async Task InitializeAsync()
        {
            Keystone = await FakeKeystone.Start(TimeProvider.System);

            // So short that the catalog is asked for each time.
            Keystone.TokenLife = TimeSpan.FromSeconds(20);
            Keystone.Catalog =
            [
                FakeKeystone.Service("nova", ("public", "Two", "https://nova.example")),
                FakeKeystone.Service("zaqar",
                    ("internal", "Two", "http://10.0.0.1:8888"), ("public", "One", "https://one.example"), ("public", "Two", "https://two.example/zaqar/")),
                FakeKeystone.Service("zaqar-websocket", ("public", "One", "ws://one.example:9000"), ("public", "Two", "wss://two.example:9000")),
            ];

            await base.InitializeAsync();
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await Keystone.DisposeAsync();
        }

        internal HttpClient NewClient()
        {
            var client = new HttpClient { BaseAddress = Address };
            client.DefaultRequestHeaders.Add("Client-ID", Guid.NewGuid().ToString());
            client.DefaultRequestHeaders.Add("X-Auth-Token", Keystone.Give(project: Guid.NewGuid().ToString("N"), life: TimeSpan.FromHours(1)));
            return client;
        }
    }
}
