using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Xunit;
using Zaqar.Infrastructure.Delivery;
using Zaqar.Integration.Delivery.Sinks;

namespace Zaqar.Integration.Delivery;

/// <summary>What a webhook gets, and what becomes of the delivery.</summary>
public class WebhookTests : Delivering
{
    [Fact]
    public async Task a_webhook_gets_the_document_by_post()
    {
        var outcome = await Send(Sink.At("/hook?a=b%20c"));

        outcome.Should().Be(new Outcome.Delivered(200));
        var request = Sink.Requests.Should().ContainSingle().Subject;
        request.Method.Should().Be("POST");
        request.Target.Should().Be("/hook?a=b%20c");
        request.Text.Should().Be(Document);
        request.Headers["Content-Type"].Should().Be("application/json");
        request.Headers["Content-Length"].Should().Be($"{Document.Length}");
        request.Headers.Keys.Should().NotContain(name => name.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("http", true)]
    [InlineData("HTTPS", true)]
    [InlineData("trust+http", false)]
    [InlineData("mailto", false)]
    public void it_serves_http(string scheme, bool serves) => new WebhookDriver(Sender()).Serves(scheme).Should().Be(serves);

    [Fact]
    public async Task a_template_and_headers_of_the_subscription_shape_the_request()
    {
        await Send(Sink.At("/hook"), """
            {"post_data": "{\"messages\": [{\"body\": \"$zaqar_message$\", \"ttl\": 60}]}",
             "post_headers": {"X-Project-ID": "p2", "content-type": "application/vnd.x+json", "User-Agent": "mine", "X-Number": 5, "X-Odd": {"a": 1}}}
            """);

        var request = Sink.Requests.Should().ContainSingle().Subject;
        request.Text.Should().Be($$"""{"messages": [{"body": {{Document}}, "ttl": 60}]}""");
        request.Headers.Should().Contain("X-Project-ID", "p2").And.Contain("Content-Type", "application/vnd.x+json")
            .And.Contain("User-Agent", "mine").And.Contain("X-Number", "5").And.NotContainKey("X-Odd");
    }

    [Fact]
    public async Task headers_that_are_not_the_subscribers_to_set_are_left_out()
    {
        var outcome = await Send(Sink.At("/hook"), """
            {"post_headers": {"Host": "elsewhere", "Content-Length": "1", "Transfer-Encoding": "chunked", "Connection": "X-Mine", "Expect": "100-continue",
                              "X-Split": "a\r\nX-Evil: b", "bad name": "x", "": "x", "X-Grüße": "x", "X-Value": "é", "webhook-id": "forged", "X-Mine": "kept"}}
            """);

        outcome.Should().Be(new Outcome.Delivered(200));
        var headers = Sink.Requests.Should().ContainSingle().Subject.Headers;
        headers["Host"].Should().Be(Sink.Http.Authority);
        headers["X-Mine"].Should().Be("kept");
        headers.Keys.Should().NotContain(["X-Evil", "X-Split", "X-Value", "webhook-id", "Expect", "Transfer-Encoding"]);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(204)]
    [InlineData(304)]
    [InlineData(302)] // To nowhere.
    public async Task success_delivers(int status) =>
        (await Send(Sink.Answers("/hook", SinkAnswer.Status(status)))).Should().Be(new Outcome.Delivered(status));

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(413)]
    [InlineData(422)]
    public async Task an_answer_of_4xx_refuses(int status) =>
        (await Send(Sink.Answers("/hook", SinkAnswer.Status(status)))).Should().BeOfType<Outcome.Refused>().Which.Status.Should().Be(status);

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(599)]
    public async Task an_answer_of_5xx_and_its_kin_is_tried_again(int status) =>
        (await Send(Sink.Answers("/hook", SinkAnswer.Status(status)))).Should().Be(new Outcome.TryAgain($"The subscriber answered {status}.", status));

    [Fact]
    public async Task gone_ends_the_subscription() => (await Send(Sink.Answers("/hook", SinkAnswer.Status(410)))).Should().Be(new Outcome.Gone());

    [Theory]
    [InlineData(429, "7", 7)]
    [InlineData(503, "7", 7)]
    [InlineData(429, "Tue, 01 Jan 2030 12:00:30 GMT", 30)] // The clock says noon.
    [InlineData(429, "86400", 3600)]
    [InlineData(429, "soon", null)]
    [InlineData(500, "7", null)]
    public async Task a_busy_subscriber_says_when_it_wants_to_be_asked_again(int status, string header, int? seconds) =>
        (await Send(Sink.Answers("/hook", SinkAnswer.Status(status, ("Retry-After", header)))))
            .Should().BeOfType<Outcome.TryAgain>().Which.RetryAfter.Should().Be(seconds is { } value ? TimeSpan.FromSeconds(value) : null);

    [Fact]
    public async Task a_subscriber_that_hangs_is_given_up_and_tried_again()
    {
        var started = Stopwatch.GetTimestamp();
        var outcome = await Send(Sink.Answers("/hook", SinkAnswer.Hang), timeout: TimeSpan.FromMilliseconds(300));

        outcome.Should().Be(new Outcome.TryAgain("No answer came within 0.3 seconds."));
        Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(10));
        await Eventually.Is(() => Sink.Cut == 1, "the connection is closed");
    }

    [Fact]
    public async Task headers_that_never_end_are_given_up_and_tried_again() =>
        (await Send(new Uri(Sink.Dripping, "hook").AbsoluteUri, timeout: TimeSpan.FromMilliseconds(300))).Should().BeOfType<Outcome.TryAgain>();

    [Fact]
    public async Task a_body_that_drips_delays_a_success_by_no_more_than_the_time_out()
    {
        var outcome = await Send(Sink.Answers("/hook", SinkAnswer.DrippingBody), timeout: TimeSpan.FromMilliseconds(300));

        outcome.Should().Be(new Outcome.Delivered(200));
        await Eventually.Is(() => Sink.Cut == 1, "the connection is closed");
    }

    [Theory, InlineData(200), InlineData(500)]
    public async Task a_body_without_end_is_cut_off(int status)
    {
        var started = Stopwatch.GetTimestamp();
        var outcome = await Send(Sink.Answers("/hook", SinkAnswer.EndlessBody(status)));

        outcome.Should().Match<Outcome>(seen => seen == new Outcome.Delivered(200) || seen is Outcome.TryAgain);
        Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(10));
        await Eventually.Is(() => Sink.Cut == 1, "the connection is closed");
    }

    [Fact]
    public async Task a_success_that_breaks_off_in_its_body_is_one() =>
        (await Send(new Uri(Sink.BreakingOff, "hook").AbsoluteUri)).Should().Be(new Outcome.Delivered(200));

    [Fact]
    public async Task a_reset_connection_is_tried_again()
    {
        (await Send(Sink.Answers("/hook", SinkAnswer.Reset))).Should().BeOfType<Outcome.TryAgain>();

        Sink.Requests.Should().ContainSingle("trying again is for the retry policy");
    }

    [Fact]
    public async Task a_port_where_nobody_listens_is_tried_again() =>
        (await Send($"http://127.0.0.1:{FreePort()}/")).Should().Be(new Outcome.TryAgain("No connection to the subscriber could be made."));

    [Fact]
    public async Task a_name_that_cannot_be_looked_up_is_tried_again()
    {
        var sender = Sender(resolve: (_, _) => throw new SocketException((int)SocketError.HostNotFound));

        (await new WebhookDriver(sender).Send(Notice("http://nowhere.example.com/"), default))
            .Should().Be(new Outcome.TryAgain("The subscriber's host name could not be looked up."));
    }

    [Fact]
    public async Task a_name_that_leads_to_where_the_guard_lets_nobody_ends_the_delivery()
    {
        var sender = Sender(resolve: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.1")]));

        (await new WebhookDriver(sender).Send(Notice("http://rebound.example.com/"), default))
            .Should().BeOfType<Outcome.Refused>().Which.Reason.Should().NotContain("10.0.0.1");
    }

    [Fact]
    public async Task a_certificate_that_nobody_trusts_is_tried_again_without_a_word_said()
    {
        var outcome = await Send(new Uri(Sink.Https, "hook").AbsoluteUri);

        outcome.Should().Be(new Outcome.TryAgain("No trusted TLS connection to the subscriber could be made."));
        Sink.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task what_answers_no_http_is_tried_again()
    {
        await using var mail = SmtpSink.Start();

        (await Send($"http://127.0.0.1:{mail.Port}/")).Should().BeOfType<Outcome.TryAgain>();
    }

    [Fact]
    public async Task an_address_that_the_guard_refuses_ends_the_delivery()
    {
        var outcome = await new WebhookDriver(Sender(open: "192.0.2.0/24")).Send(Notice(Sink.At("/hook")), default);

        outcome.Should().BeOfType<Outcome.Refused>();
        Sink.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData("http://")]
    [InlineData("http://[::1")]
    [InlineData("nothing")]
    public async Task what_is_no_uri_ends_the_delivery(string subscriber) => (await Send(subscriber)).Should().BeOfType<Outcome.Refused>();

    [Fact]
    public async Task who_stops_the_service_is_not_kept_waiting()
    {
        using var stop = new CancellationTokenSource();
        var sending = new WebhookDriver(Sender()).Send(Notice(Sink.Answers("/hook", SinkAnswer.Hang)), stop.Token);
        await Eventually.Is(() => Sink.Requests.Count == 1, "the request is under way");

        await stop.CancelAsync();

        await FluentActions.Awaiting(() => sending).Should().ThrowAsync<OperationCanceledException>();
    }

    private Task<Outcome> Send(string subscriber, string options = "{}", TimeSpan? timeout = null) =>
        new WebhookDriver(Sender(timeout)).Send(Notice(subscriber, options), default);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
