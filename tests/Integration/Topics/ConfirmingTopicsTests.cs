using System.Text.Json;
using FluentAssertions;
using MimeKit;
using Xunit;
using Zaqar.Integration.Http;
using Zaqar.Integration.Notifications;

namespace Zaqar.Integration.Topics;

/// <summary>Subscribers of a topic that are asked first, in a service that asks.</summary>
public sealed class ConfirmingTopicsTests(ConfirmingSubscribersTests.Service service) : IClassFixture<ConfirmingSubscribersTests.Service>, IDisposable
{
    private static readonly string[] _signedHeaders = ["X-Project-ID", "URL-Methods", "URL-Signature", "URL-Paths", "URL-Expires"];

    private readonly HttpClient _client = service.Client();
    private readonly string _path = NotifyingService.NewPath();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task the_asking_leads_to_the_topics_path_and_is_answered_there()
    {
        var subscription = await _client.SubscribeToTopic("t1", service.Sink.At(_path));

        var asked = (await Arrived(1))[0];

        var confirm = $"/v2/topics/t1/subscriptions/{subscription}/confirm";
        Text(asked, "URL-Paths").Should().Be(confirm);
        Text(asked, "WSGISubscribeURL").Should().Be("https://zaqar.example/messaging" + confirm);
        Text(asked, "queue_name").Should().Be("t1");
        Text(asked, "Message").Should().Be("You have chosen to subscribe to the topic: t1");

        await _client.Publish("t1", "1");
        (await Answer(asked, confirm, "SubscribeBody")).ShouldBeEmpty(204);
        await _client.Publish("t1", "2");
        (await Arrived(2))[1].GetProperty("body").GetInt32().Should().Be(2, "what came before it confirmed is not told");

        (await Answer(asked, confirm, "UnsubscribeBody")).ShouldBeEmpty(204);
        Text((await Arrived(3))[2], "Message_Type").Should().Be("UnsubscribeConfirmation");
    }

    [Fact]
    public async Task the_asking_of_a_topic_opens_nothing_of_a_queue_of_its_name_and_the_other_way_round()
    {
        var ofTopic = await _client.SubscribeToTopic("n", service.Sink.At(_path));
        var asked = (await Arrived(1))[0];
        var ofQueue = await _client.Subscribe("n", service.Sink.At(_path));
        var askedByQueue = (await Arrived(2))[1];

        (await Answer(asked, $"/v2/queues/n/subscriptions/{ofTopic}/confirm", "SubscribeBody")).ShouldBe(404, "404 Not Found");
        (await Answer(askedByQueue, $"/v2/topics/n/subscriptions/{ofQueue}/confirm", "SubscribeBody")).ShouldBe(404, "404 Not Found");
    }

    [Fact]
    public async Task the_link_in_a_mail_opens_a_page_that_names_the_topic_and_confirms_its_subscription()
    {
        var recipient = $"{Guid.NewGuid():N}@subscriber.example";
        var subscription = await _client.SubscribeToTopic("t1", $"mailto:{recipient}");
        var mail = (await Eventually.Holds(
            () => Task.FromResult(service.Mail.Mails.Where(mail => mail.Recipients.Contains(recipient)).ToArray()), mails => mails.Length > 0, "the mail comes"))[0];
        var text = MimeMessage.Load(new MemoryStream(System.Text.Encoding.Latin1.GetBytes(mail.Data))).TextBody!;
        var link = new Uri(text[text.IndexOf("https://", StringComparison.Ordinal)..].Trim());
        using var browser = new HttpClient { BaseAddress = service.Address };
        var query = link.Query;

        var page = await browser.Get($"/confirm{query}");
        var pressed = await browser.Ask("POST", "/confirm", $"{query[1..]}&Confirmed=true", "application/x-www-form-urlencoded");

        page.Text.Should().Contain("topic <strong>t1</strong>");
        pressed.Status.Should().Be(200, pressed.Text);
        pressed.Text.Should().Contain("topic <strong>t1</strong>");
        (await _client.Get($"/v2/topics/t1/subscriptions/{subscription}")).Json.GetProperty("confirmed").GetBoolean().Should().BeTrue();
    }

    private async Task<IReadOnlyList<JsonElement>> Arrived(int count) =>
        [
            .. (await Eventually.Holds(() => Task.FromResult(service.Sink.RequestsTo(_path)), requests => requests.Count >= count, $"{count} requests come"))
                .Select(request => JsonDocument.Parse(request.Body).RootElement),
        ];

    // As a subscriber without an account does: with what it was sent and nothing else.
    private async Task<Answer> Answer(JsonElement asked, string path, string body)
    {
        using var subscriber = new HttpClient { BaseAddress = service.Address };
        return await subscriber.Ask("PUT", path, asked.GetProperty(body).GetRawText(), "application/json",
            [("Client-ID", Guid.NewGuid().ToString()), .. _signedHeaders.Select(name => (name, Text(asked, name)))]);
    }

    private static string Text(JsonElement json, string key) => json.GetProperty(key).GetString()!;
}
