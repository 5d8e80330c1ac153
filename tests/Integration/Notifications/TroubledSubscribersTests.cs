using System.Net;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Zaqar.Infrastructure.Outbound;
using Zaqar.Integration.Delivery.Sinks;

namespace Zaqar.Integration.Notifications;

/// <summary>What becomes of deliveries to subscribers in trouble.</summary>
public sealed class TroubledSubscribersTests(TroubledSubscribersTests.Service service) : IClassFixture<TroubledSubscribersTests.Service>, IDisposable
{
    // The first retry is an hour away.
    private static readonly object _patient = new
    {
        _retry_policy = new { retries_with_no_delay = 0, minimum_delay_retries = 1, minimum_delay = 3600, maximum_delay = 3610 },
    };

    private readonly HttpClient _client = service.Client();
    private readonly string _path = NotifyingService.NewPath();

    private WebhookSink Sink => service.Sink;

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData(500, "The subscriber answered 500."), InlineData(503, "The subscriber answered 503."), InlineData(429, "The subscriber answered 429.")]
    [InlineData(0, "No answer came within 2 seconds."), InlineData(-1, "The connection to the subscriber broke.")]
    public async Task passing_trouble_is_told_and_tried_again_until_it_is_delivered(int trouble, string reason)
    {
        var subscriber = Sink.Answers(_path, Trouble(trouble), SinkAnswer.Status(200));
        var subscription = await _client.SubscribeTo("q", subscriber);
        var patient = await _client.SubscribeTo("q", Sink.Answers(_path + "/patient", Trouble(trouble)), _patient);

        await _client.Post("q", "hi");

        var delivered = await _client.Delivery("q", subscription, entry => entry.Status == "delivered", "it is delivered");
        (delivered.Attempts, delivered.LastStatus, delivered.LastReason).Should().Be((2, 200, null));
        Sink.RequestsTo(_path).Select(request => request.Text).Should().HaveCount(2).And.AllBe(Sink.RequestsTo(_path)[0].Text);
        var waiting = await _client.Delivery("q", patient, entry => entry.Attempts == 1, "it was tried");
        (waiting.Status, waiting.LastStatus, waiting.LastReason).Should().Be(("waiting", trouble > 0 ? trouble : null, reason));
    }

    [Theory]
    [InlineData(429, "120", 120), InlineData(503, "120", 120), InlineData(429, "999999", 3600), InlineData(429, "0", 0), InlineData(500, "120", 0)]
    public async Task a_wish_to_be_left_alone_is_honoured_within_bounds(int status, string retryAfter, int seconds)
    {
        Sink.Answers(_path, SinkAnswer.Status(status, ("Retry-After", retryAfter)), seconds == 0 ? SinkAnswer.Status(200) : SinkAnswer.Status(404));
        var subscription = await _client.SubscribeTo("q", Sink.At(_path));

        await _client.Post("q", "hi");

        var tried = await _client.Delivery("q", subscription, entry => entry.Attempts == (seconds == 0 ? 2 : 1), "it was tried");
        if (seconds > 0)
            (tried.Status, tried.Wait).Should().Be(("waiting", TimeSpan.FromSeconds(seconds)));
    }

    [Fact]
    public async Task a_wish_for_less_than_the_policy_says_changes_nothing()
    {
        Sink.Answers(_path, SinkAnswer.Status(429, ("Retry-After", "5")));
        var subscription = await _client.SubscribeTo("q", Sink.At(_path), _patient);

        await _client.Post("q", "hi");

        (await _client.Delivery("q", subscription, entry => entry.Attempts == 1, "it was tried")).Wait.Should().Be(TimeSpan.FromHours(1));
    }

    [Theory]
    [InlineData("drip", "No answer came within 2 seconds."), InlineData("tls", "No trusted TLS connection to the subscriber could be made.")]
    [InlineData("refused", "No connection to the subscriber could be made."), InlineData("unknown", "The subscriber's host name could not be looked up.")]
    public async Task who_gives_no_answer_is_tried_again(string trouble, string reason)
    {
        var subscription = await _client.SubscribeTo("q", trouble switch
        {
            "drip" => new Uri(Sink.Dripping, _path).AbsoluteUri,
            "tls" => new Uri(Sink.Https, _path).AbsoluteUri,
            "refused" => "http://127.0.0.1:1" + _path,
            _ => "http://nowhere.example" + _path,
        }, _patient);

        await _client.Post("q", "hi");

        var tried = await _client.Delivery("q", subscription, entry => entry.Attempts == 1, "it was tried");
        (tried.Status, tried.LastStatus, tried.LastReason).Should().Be(("waiting", null, reason));
    }

    [Fact]
    public async Task answers_without_an_end_are_answers_and_hold_nobody_up()
    {
        var endless = await _client.SubscribeTo("q", Sink.Answers(_path + "/endless", SinkAnswer.EndlessBody(200)));
        var dripping = await _client.SubscribeTo("q", Sink.Answers(_path + "/drip", SinkAnswer.DrippingBody));
        var breaking = await _client.SubscribeTo("q", new Uri(Sink.BreakingOff, _path).AbsoluteUri);

        await _client.Post("q", 1, 2);

        foreach (var subscription in new[] { endless, dripping, breaking })
            (await Eventually.Holds(() => _client.Log("q", subscription), log => log.Count == 2 && log.All(entry => entry.Status == "delivered"), "both are delivered"))
                .Should().OnlyContain(entry => entry.LastStatus == 200);
    }

    [Theory, InlineData(400), InlineData(401), InlineData(403), InlineData(404), InlineData(422)]
    public async Task a_refusal_ends_the_delivery_as_failed_and_the_next_is_made(int status)
    {
        var subscription = await _client.SubscribeTo("q", Sink.Answers(_path, SinkAnswer.Status(status), SinkAnswer.Status(200)));

        await _client.Post("q", 1, 2);

        var log = await Eventually.Holds(() => _client.Log("q", subscription), log => log.Count == 2 && log.All(entry => entry.EndedAt is not null), "both end");
        log.Select(entry => (entry.Status, entry.Attempts, entry.LastStatus, entry.LastReason)).Should().Equal(
            ("failed", 1, status, $"The subscriber answered {status}."), ("delivered", 1, 200, null));
        (await _client.Subscription("q", subscription)).Status.Should().Be(200);
    }

    [Fact]
    public async Task who_is_gone_ends_the_subscription_and_what_waits_for_it()
    {
        var subscription = await _client.SubscribeTo("q", Sink.Answers(_path, SinkAnswer.Status(410)));
        var other = await _client.SubscribeTo("q", Sink.At(_path + "/other"));

        await _client.Post("q", 1, 2, 3);

        await Eventually.Holds(() => _client.Subscription("q", subscription), answer => answer.Status == 404, "the subscription is gone");
        var log = await Eventually.Holds(() => _client.Log("q", subscription), log => log.Count == 3 && log.All(entry => entry.Status == "failed"), "all end");
        log[0].Should().BeEquivalentTo(new { Attempts = 1, LastStatus = 410, LastReason = "The subscriber is gone; the subscription has ended." });
        await _client.Post("q", 4);
        await Eventually.Is(() => Sink.RequestsTo(_path + "/other").Count == 4, "the other one gets all");
        (await _client.Subscription("q", other)).Status.Should().Be(200);
        Sink.RequestsTo(_path).Should().ContainSingle("nothing is sent to who is gone");
    }

    [Theory]
    [InlineData("http://10.1.2.3/x"), InlineData("http://[::ffff:169.254.169.254]/latest"), InlineData("http://192.168.0.1/"), InlineData("http://intern.example/x")]
    public async Task a_redirect_to_where_nobody_may_go_is_refused(string target)
    {
        var subscription = await _client.SubscribeTo("q", Sink.Answers(_path, SinkAnswer.Redirect(307, target)));

        await _client.Post("q", 1);

        var failed = await _client.Delivery("q", subscription, entry => entry.EndedAt is not null, "it ends");
        (failed.Status, failed.Attempts, failed.LastStatus).Should().Be(("failed", 1, null));
        failed.LastReason.Should().StartWith("Refused by the outbound guard: ").And.NotContain(Service.Intern.ToString());
    }

    [Fact]
    public async Task a_redirect_to_where_one_may_go_is_followed()
    {
        var subscription = await _client.SubscribeTo("q", Sink.Answers(_path, SinkAnswer.Redirect(308, Sink.At(_path + "/next"))));

        await _client.Post("q", 1);

        (await _client.Delivery("q", subscription, entry => entry.EndedAt is not null, "it ends")).Status.Should().Be("delivered");
        Sink.RequestsTo(_path + "/next").Should().ContainSingle().Which.Body.Should().Equal(Sink.RequestsTo(_path)[0].Body);
    }

    [Fact]
    public async Task a_name_that_leads_inside_is_refused_without_the_address_it_led_to()
    {
        var subscription = await _client.SubscribeTo("q", "http://intern.example/secret?token=x");

        await _client.Post("q", 1);

        var failed = await _client.Delivery("q", subscription, entry => entry.EndedAt is not null, "it ends");
        (failed.Status, failed.Attempts).Should().Be(("failed", 1));
        failed.LastReason.Should().StartWith("Refused by the outbound guard: the host intern.example ")
            .And.NotContain(Service.Intern.ToString()).And.NotContain("token").And.NotContain("127.");
    }

    private static Microsoft.AspNetCore.Http.RequestDelegate Trouble(int trouble) =>
        trouble switch { 0 => SinkAnswer.Hang, -1 => SinkAnswer.Reset, _ => SinkAnswer.Status(trouble) };

    /// <summary>Waits half a second for answers; its name server knows a name inside and no other.</summary>
    public sealed class Service : NotifyingService
    {
        internal static IPAddress Intern { get; } = IPAddress.Parse("10.20.30.40");

        protected override IReadOnlyList<string> Settings => [.. base.Settings, "--Zaqar:Notification:Timeout=00:00:02"];

        protected override void Configure(IServiceCollection services) =>
            services.AddSingleton<ResolveHost>(Resolve);

        private static Task<IPAddress[]> Resolve(string host, CancellationToken ct) =>
            host == "intern.example" ? Task.FromResult(new[] { Intern }) : Task.FromException<IPAddress[]>(new System.Net.Sockets.SocketException(11001));
    }
}
