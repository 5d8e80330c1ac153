using System.Net;
using System.Text.Json;
using FluentAssertions;
using MimeKit;
using Xunit;
using Zaqar.Integration.Delivery.Sinks;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Notifications;

/// <summary>A service that asks subscribers before it tells them anything.</summary>
public sealed class ConfirmingSubscribersTests(ConfirmingSubscribersTests.Service service) : IClassFixture<ConfirmingSubscribersTests.Service>, IDisposable
{
    private static readonly string[] _signedHeaders = ["X-Project-ID", "URL-Methods", "URL-Signature", "URL-Paths", "URL-Expires"];

    private readonly HttpClient _client = service.Client($"project {Guid.NewGuid():N}");
    private readonly string _path = NotifyingService.NewPath();

    private WebhookSink Sink => service.Sink;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task a_subscriber_is_asked_with_all_that_it_needs_to_answer()
    {
        var subscription = await _client.SubscribeTo("n1", Sink.At(_path), ttl: 600);

        var asked = (await Arrived(1))[0];

        asked.Method.Should().Be("POST");
        asked.Headers["Content-Type"].Should().Be("application/json");
        var json = Json(asked);
        var confirm = $"/v2/queues/n1/subscriptions/{subscription}/confirm";
        json.Keys().Should().Equal("Message_Type", "Message", "URL-Signature", "URL-Methods", "URL-Paths", "X-Project-ID", "URL-Expires",
            "SubscribeBody", "UnsubscribeBody", "WSGISubscribeURL", "WebSocketSubscribeURL", "queue_name");
        Text(json, "Message_Type").Should().Be("SubscriptionConfirmation");
        Text(json, "Message").Should().Contain("n1");
        Text(json, "URL-Signature").Should().MatchRegex("^[0-9a-f]{64}$");
        Text(json, "URL-Methods").Should().Be("PUT");
        Text(json, "URL-Paths").Should().Be(confirm);
        Text(json, "X-Project-ID").Should().Be(Project);
        Ends(json).Should().BeCloseTo(TimeProvider.System.GetUtcNow().AddSeconds(600), TimeSpan.FromSeconds(30));
        json.GetProperty("SubscribeBody").GetRawText().Should().Be("""{"confirmed": true}""");
        json.GetProperty("UnsubscribeBody").GetRawText().Should().Be("""{"confirmed": false}""");
        Text(json, "WSGISubscribeURL").Should().Be("https://zaqar.example/messaging" + confirm);
        Text(json, "WebSocketSubscribeURL").Should().Be("wss://zaqar.example/socket" + confirm);
        Text(json, "queue_name").Should().Be("n1");
        (await _client.Delivery("n1", subscription, entry => entry.Status == "delivered", "the log has it"))
            .Should().BeEquivalentTo(new { Kind = "SubscriptionConfirmation", MessageId = (string?)null, Attempts = 1 });
    }

    [Fact]
    public async Task nothing_is_told_before_it_has_confirmed_by_the_asking_and_nothing_after_it_took_that_back()
    {
        var subscription = await _client.SubscribeTo("q", Sink.At(_path));
        var asked = (await Arrived(1))[0];
        await _client.Post("q", 1);

        (await Answer(asked, "SubscribeBody")).ShouldBeEmpty(204);
        (await IsConfirmed(subscription)).Should().BeTrue();
        await _client.Post("q", 2);

        Json((await Arrived(2))[1]).GetProperty("body").GetInt32().Should().Be(2, "what was posted before is not sent later either");

        (await Answer(asked, "UnsubscribeBody")).ShouldBeEmpty(204);
        var notice = Json((await Arrived(3))[2]);
        Text(notice, "Message_Type").Should().Be("UnsubscribeConfirmation");
        notice.Keys().Should().Equal(Json(asked).Keys());
        Ends(Json(asked)).Should().BeAfter(Ends(notice).AddHours(1), "one is for the subscription's day, the other for the default hour");
        (await IsConfirmed(subscription)).Should().BeFalse();
        await _client.Post("q", 3);

        // The notice carries a way back.
        (await Answer((await Arrived(3))[2], "SubscribeBody")).ShouldBeEmpty(204);
        await _client.Post("q", 4);
        Json((await Arrived(4))[3]).GetProperty("body").GetInt32().Should().Be(4);
    }

    [Fact]
    public async Task what_waits_when_the_confirmation_is_taken_back_is_not_sent()
    {
        Sink.Answers(_path, SinkAnswer.Status(200), SinkAnswer.Status(500), SinkAnswer.Status(200));
        var subscription = await _client.SubscribeTo("q", Sink.At(_path),
            new { _retry_policy = new { retries_with_no_delay = 0, minimum_delay = 600, maximum_delay = 900 } });
        var asked = (await Arrived(1))[0];
        await Answer(asked, "SubscribeBody");
        await _client.Post("q", 1);
        await Eventually.Holds(() => _client.Log("q", subscription), log => log is [_, { Attempts: 1 }], "the message was tried");

        await Answer(asked, "UnsubscribeBody");
        await Arrived(3);
        service.Advance(TimeSpan.FromSeconds(604));

        var log = await Eventually.Holds(() => _client.Log("q", subscription), log => log.Count == 3 && log[1].EndedAt is not null, "it ends");
        (log[1].Status, log[1].LastReason).Should().Be(("failed", "The subscription is not confirmed."));
        Sink.RequestsTo(_path).Should().HaveCount(3);
    }

    [Fact]
    public async Task what_was_posted_before_it_confirmed_is_not_sent_however_close()
    {
        await _client.SubscribeTo("q", Sink.At(_path));
        var asked = (await Arrived(1))[0];

        for (var round = 0; round < 10; round++)
        {
            await _client.Post("q", -1, -2);
            await Answer(asked, "SubscribeBody");
            await _client.Post("q", round);
            await Arrived(2 + (round * 2));
            await Answer(asked, "UnsubscribeBody");
            await Arrived(3 + (round * 2));
        }

        Sink.RequestsTo(_path).Select(Json).Where(json => Text(json, "Message_Type") == "Notification")
            .Select(json => json.GetProperty("body").GetInt32()).Should().Equal(Enumerable.Range(0, 10));
    }

    [Fact]
    public async Task asking_is_tried_again_like_any_delivery_signed_and_templated()
    {
        Sink.Answers(_path, SinkAnswer.Status(500), SinkAnswer.Status(200));
        await _client.SubscribeTo("q", Sink.At(_path), new
        {
            secret = "s", post_data = "{\"wrapped\": \"$zaqar_message$\"}", post_headers = new Dictionary<string, string> { ["X-A"] = "1" },
        });

        var asked = await Arrived(2);

        asked.Select(request => request.Headers["webhook-id"]).Distinct().Should().ContainSingle();
        asked[1].Headers["X-A"].Should().Be("1");
        Text(Json(asked[1]).GetProperty("wrapped"), "Message_Type").Should().Be("SubscriptionConfirmation");
    }

    [Fact]
    public async Task subscribing_once_more_asks_again_and_changes_nothing_until_it_is_confirmed()
    {
        var subscription = await _client.SubscribeTo("q", Sink.At(_path), ttl: 600);
        await Arrived(1);

        (await _client.SubscribeTo("q", Sink.At(_path), new { post_data = "x" }, ttl: 900)).Should().Be(subscription);

        var again = (await Arrived(2))[1];
        Text(Json(again), "Message_Type").Should().Be("SubscriptionConfirmation");
        (await _client.Subscription("q", subscription)).Json.GetProperty("ttl").GetInt32().Should().Be(600);
        (await Answer(again, "SubscribeBody")).ShouldBeEmpty(204);
        (await _client.Ask("POST", "/v2/queues/q/subscriptions", $$"""{"subscriber": "{{Sink.At(_path)}}"}""")).ShouldBe(409, "Resource conflict");
        await _client.Post("q", 1);
        Json((await Arrived(3))[2]).GetProperty("body").GetInt32().Should().Be(1, "who is confirmed is not asked again");
    }

    [Fact]
    public async Task a_subscriber_that_is_gone_when_asked_ends_its_subscription()
    {
        var subscription = await _client.SubscribeTo("q", Sink.Answers(_path, SinkAnswer.Status(410)));

        await Eventually.Holds(() => _client.Subscription("q", subscription), answer => answer.Status == 404, "the subscription is gone");
    }

    [Fact]
    public async Task by_mail_the_link_leads_to_the_page_that_confirms()
    {
        var recipient = $"{Guid.NewGuid():N}@subscriber.example";
        var subscription = await _client.SubscribeTo("q", $"mailto:{recipient}", new { subject = "News", from = "zaqar@sender.example" });

        var asked = (await Mails(recipient, 1))[0];

        asked.Subject.Should().Be("Zaqar Notification - Subscription Confirmation");
        asked.From.ToString().Should().Be("\"Zaqar Notifications\" <no-reply@openstack.org>");
        asked.TextBody.Should().Contain("queue: q.").And.Contain($"project: {Project}.");
        var link = new Uri(asked.TextBody![asked.TextBody!.IndexOf("https://", StringComparison.Ordinal)..].Trim());
        link.GetLeftPart(UriPartial.Path).Should().Be("https://zaqar.example/messaging/confirm");
        System.Web.HttpUtility.ParseQueryString(link.Query).AllKeys.Should().Equal("Signature", "Methods", "Paths", "Project", "Expires", "Url", "Queue");

        // The public endpoint is a proxy in front of the service.
        using var browser = new HttpClient { BaseAddress = service.Address };
        (await browser.GetAsync("/confirm" + link.Query)).StatusCode.Should().Be(HttpStatusCode.OK);
        (await IsConfirmed(subscription)).Should().BeFalse("looking confirms nothing");
        (await Press(browser, link, true)).Should().Be(HttpStatusCode.OK);
        (await IsConfirmed(subscription)).Should().BeTrue();

        await _client.Ask("POST", "/v2/queues/q/messages", """{"messages": [{"body": {"n":"é"}, "ttl": 3600}]}""");
        var told = (await Mails(recipient, 2))[1];
        told.Subject.Should().Be("News");
        told.From.ToString().Should().Be("zaqar@sender.example");
        told.TextBody!.Trim().Should().Be("""{"ttl": 3600, "body": {"n":"\u00e9"}, "Message_Type": "Notification", "queue_name": "q"}""");

        (await Press(browser, link, false)).Should().Be(HttpStatusCode.OK);
        var notice = (await Mails(recipient, 3))[2];
        notice.Subject.Should().Be("Zaqar Notification - Unsubscribe Confirmation");
        notice.TextBody.Should().Contain("https://zaqar.example/messaging/confirm?Signature=");
        await _client.Post("q", 2);
        (await Press(browser, link, true)).Should().Be(HttpStatusCode.OK);
        await _client.Post("q", 3);
        (await Mails(recipient, 4))[3].TextBody.Should().Contain("\"body\": 3");
    }

    [Fact]
    public async Task a_subject_in_the_uri_goes_before_the_options()
    {
        var recipient = $"{Guid.NewGuid():N}@subscriber.example";
        var subscription = await _client.SubscribeTo("q", $"mailto:{recipient}?subject=Ha%20llo", new { subject = "News" });
        await Mails(recipient, 1);
        (await _client.Put($"/v2/queues/q/subscriptions/{subscription}/confirm", """{"confirmed": true}""")).ShouldBeEmpty(204);

        await _client.Post("q", 1);

        var told = (await Mails(recipient, 2))[1];
        told.Subject.Should().Be("Ha llo");
        told.From.Count.Should().Be(0);
        service.Mail.Mails.Where(mail => mail.Recipients.Contains(recipient)).Should().OnlyContain(mail => mail.Recipients.Count == 1);
    }

    private string Project => _client.DefaultRequestHeaders.GetValues("X-Project-ID").Single();

    private static JsonElement Json(SinkRequest request) => JsonDocument.Parse(request.Body).RootElement;

    private static string Text(JsonElement json, string key) => json.GetProperty(key).GetString()!;

    private static DateTimeOffset Ends(JsonElement json) => DateTimeOffset.Parse(Text(json, "URL-Expires") + "Z", null);

    private async Task<IReadOnlyList<SinkRequest>> Arrived(int count) =>
        await Eventually.Holds(() => Task.FromResult(Sink.RequestsTo(_path)), requests => requests.Count >= count, $"{count} requests come");

    private async Task<IReadOnlyList<MimeMessage>> Mails(string recipient, int count) =>
        [
            .. (await Eventually.Holds(
                () => Task.FromResult(service.Mail.Mails.Where(mail => mail.Recipients.Contains(recipient)).ToArray()),
                mails => mails.Length >= count, $"{count} mails come")).Select(mail => MimeMessage.Load(new MemoryStream(System.Text.Encoding.Latin1.GetBytes(mail.Data)))),
        ];

    private async Task<bool> IsConfirmed(Guid subscription) =>
        (await _client.Subscription("q", subscription)).Json.GetProperty("confirmed").GetBoolean();

    // As a subscriber without an account does: with what it was sent and nothing else.
    private async Task<Answer> Answer(SinkRequest asked, string body)
    {
        using var subscriber = new HttpClient { BaseAddress = service.Address };
        var json = Json(asked);
        var path = new Uri(Text(json, "WSGISubscribeURL")).AbsolutePath["/messaging".Length..];
        return await subscriber.Ask("PUT", path, json.GetProperty(body).GetRawText(), "application/json",
        [
            ("Client-ID", Guid.NewGuid().ToString()),
            .. _signedHeaders.Select(name => (name, Text(json, name))),
        ]);
    }

    private static async Task<HttpStatusCode> Press(HttpClient browser, Uri link, bool confirmed)
    {
        using var form = new StringContent($"{link.Query[1..]}&Confirmed={(confirmed ? "true" : "false")}", null, "application/x-www-form-urlencoded");
        using var answer = await browser.PostAsync("/confirm", form);
        return answer.StatusCode;
    }

    /// <summary>Asks by web and by mail.</summary>
    public sealed class Service : NotifyingService
    {
        internal SmtpSink Mail { get; } = SmtpSink.Start(offersTls: false);

        protected override IReadOnlyList<string> Settings =>
        [
            .. base.Settings,
            "--Zaqar:Notification:RequireConfirmation=true", "--Zaqar:SignedUrl:SecretKey=a key of this test's own",
            "--Zaqar:Notification:PublicEndpoint=https://zaqar.example/messaging", "--Zaqar:Notification:PublicWebSocketEndpoint=wss://zaqar.example/socket",
            "--Zaqar:Notification:SmtpMode=self_local", "--Zaqar:Notification:SmtpHost=127.0.0.1", $"--Zaqar:Notification:SmtpPort={Mail.Port}",
            "--Zaqar:Notification:SmtpSecurity=None",
        ];

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await Mail.DisposeAsync();
        }
    }
}
