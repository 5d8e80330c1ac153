using System.Text;
using System.Text.Json;
using FluentAssertions;
using Xunit;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Delivery;

namespace Zaqar.Unit.Delivery;

public class NotificationDocumentTests
{
    [Fact]
    public void a_notification_is_spelled_as_the_original_spells_it() =>
        Notification("""{"u": "é"}""").Should().Be("""{"ttl": 60, "body": {"u": "\u00e9"}, "Message_Type": "Notification", "queue_name": "n1"}""");

    [Fact]
    public void a_queue_that_delays_says_by_how_much() =>
        Notification("1", delay: 0).Should().Be("""{"ttl": 60, "body": 1, "delay": 0, "Message_Type": "Notification", "queue_name": "n1"}""");

    [Theory]
    [InlineData("null", "null")]
    [InlineData("\"😀\"", "\"\\ud83d\\ude00\"")]
    [InlineData("\"\\uD83D\\uDE00\"", "\"\\uD83D\\uDE00\"")]
    [InlineData("\"中é\u2028\"", "\"\\u4e2d\\u00e9\\u2028\"")]
    [InlineData("{ \"b\" :1,\n\t\"a\" : [1.10, 1e5], \"a\":0}", "{ \"b\" :1,\n\t\"a\" : [1.10, 1e5], \"a\":0}")]
    [InlineData("\"\\/<>&'\\u0000\u007f\"", "\"\\/<>&'\\u0000\u007f\"")]
    [InlineData("{\"ключ\": \"\"}", "{\"\\u043a\\u043b\\u044e\\u0447\": \"\"}")]
    public void of_a_body_only_what_is_not_ascii_is_spelled_anew(string body, string spelled) =>
        Notification(body).Should().Be("{\"ttl\": 60, \"body\": " + spelled + ", \"Message_Type\": \"Notification\", \"queue_name\": \"n1\"}");

    [Fact]
    public void without_a_template_the_document_is_the_body() => Filled(null).Should().Be("DOCUMENT");

    [Theory]
    [InlineData("", "")]
    [InlineData("no place for it", "no place for it")]
    [InlineData("\"$zaqar_message$\"", "DOCUMENT")]
    [InlineData("{\"messages\": [{\"body\": \"$zaqar_message$\", \"ttl\": 60}]}", "{\"messages\": [{\"body\": DOCUMENT, \"ttl\": 60}]}")]
    [InlineData("\"$zaqar_message$\"\"$zaqar_message$\"é", "DOCUMENTDOCUMENTé")]
    [InlineData("$zaqar_message$ '$zaqar_message$' \"$zaqar_message$", "$zaqar_message$ '$zaqar_message$' \"$zaqar_message$")]
    [InlineData("\"$ZAQAR_MESSAGE$\"", "\"$ZAQAR_MESSAGE$\"")]
    public void a_template_gets_the_document_in_place_of_seventeen_characters(string template, string body) => Filled(template).Should().Be(body);

    [Theory]
    [InlineData("""{"post_data": "a \"$zaqar_message$\""}""", "a DOCUMENT")]
    [InlineData("""{"post_data": ""}""", "")]
    [InlineData("""{"post_data": {"messages": [ {"body":"$zaqar_message$"} ]}}""", """{"messages": [ {"body":DOCUMENT} ]}""")]
    [InlineData("""{"post_data": "$zaqar_message$"}""", "$zaqar_message$")]
    [InlineData("""{"post_data": ["$zaqar_message$"]}""", "[DOCUMENT]")]
    [InlineData("""{"post_data": 1.0}""", "1.0")]
    [InlineData("""{"post_data": null}""", "DOCUMENT")]
    [InlineData("""{}""", "DOCUMENT")]
    [InlineData("[]", "DOCUMENT")]
    public void a_template_that_is_no_string_is_its_json(string options, string body) => Filled(DeliveryOptions.Read(options).PostData).Should().Be(body);

    [Fact]
    public void a_template_may_not_multiply_the_message_without_bound()
    {
        var template = string.Concat(Enumerable.Repeat("\"$zaqar_message$\"", 4_000));

        FluentActions.Invoking(() => NotificationDocument.Fill(template, new byte[262_144])).Should().Throw<UndeliverableException>();
    }

    [Fact]
    public void a_confirmation_has_all_that_a_subscriber_needs()
    {
        var link = new ConfirmationLink(new("p1", "n1"), "/v2/queues/n1/subscriptions/S/confirm", "2026-11-23T03:47:43", "abc", "http://z:8888/v2", "ws://z:9000/v2");

        var lines = Encoding.ASCII.GetString(NotificationDocument.Confirmation(NoticeKind.SubscriptionConfirmation, link)).Replace(", \"", ",\n\"", StringComparison.Ordinal);

        lines.Should().Be("""
            {"Message_Type": "SubscriptionConfirmation",
            "Message": "You have chosen to subscribe to the queue: n1",
            "URL-Signature": "abc",
            "URL-Methods": "PUT",
            "URL-Paths": "/v2/queues/n1/subscriptions/S/confirm",
            "X-Project-ID": "p1",
            "URL-Expires": "2026-11-23T03:47:43",
            "SubscribeBody": {"confirmed": true},
            "UnsubscribeBody": {"confirmed": false},
            "WSGISubscribeURL": "http://z:8888/v2",
            "WebSocketSubscribeURL": "ws://z:9000/v2",
            "queue_name": "n1"}
            """);
    }

    [Fact]
    public void an_unsubscription_names_no_address_that_is_not_known()
    {
        var link = new ConfirmationLink(new("p\"é\n", "n1"), "/p", "2026-11-23T03:47:43", "abc", null, null);

        using var document = JsonDocument.Parse(NotificationDocument.Confirmation(NoticeKind.UnsubscribeConfirmation, link));

        document.RootElement.EnumerateObject().Select(member => member.Name).Should().Equal(
            "Message_Type", "Message", "URL-Signature", "URL-Methods", "URL-Paths", "X-Project-ID", "URL-Expires",
            "SubscribeBody", "UnsubscribeBody", "queue_name");
        document.RootElement.GetProperty("Message_Type").GetString().Should().Be("UnsubscribeConfirmation");
        document.RootElement.GetProperty("X-Project-ID").GetString().Should().Be("p\"é\n");
    }

    [Fact]
    public void a_topic_is_called_a_topic_and_by_its_name()
    {
        var link = new ConfirmationLink(QueueId.OfTopic("p1", "t1"), "/p", "2026-11-23T03:47:43", "abc", null, null);

        using var document = JsonDocument.Parse(NotificationDocument.Confirmation(NoticeKind.SubscriptionConfirmation, link));

        document.RootElement.GetProperty("Message").GetString().Should().Be("You have chosen to subscribe to the topic: t1");
        document.RootElement.GetProperty("queue_name").GetString().Should().Be("t1");
    }

    private static string Notification(string body, long? delay = null) =>
        Encoding.ASCII.GetString(NotificationDocument.Notification(60, Encoding.UTF8.GetBytes(body), delay, "n1"));

    private static string Filled(string? template) => Encoding.UTF8.GetString(NotificationDocument.Fill(template, "DOCUMENT"u8.ToArray()).Span);
}
