using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Delivery;

namespace Zaqar.Unit.Delivery;

public class ConfirmationLinkTests
{
    private static readonly DateTimeOffset _expires = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void a_link_opens_the_confirmation_of_one_subscription_to_put()
    {
        var link = ConfirmationLink.For(new("p1", "q1"), "S", _expires, "topsecret", new() { PublicEndpoint = "http://z:8888/", PublicWebSocketEndpoint = "ws://z:9000" });

        link.Path.Should().Be("/v2/queues/q1/subscriptions/S/confirm");
        link.Signature.Should().Be(UrlSignature.Of("topsecret", [link.Path], ["PUT"], "p1", "2030-01-01T00:00:00"));
        link.SubscribeUrl.Should().Be("http://z:8888/v2/queues/q1/subscriptions/S/confirm");
        link.WebSocketSubscribeUrl.Should().Be("ws://z:9000/v2/queues/q1/subscriptions/S/confirm");
    }

    [Fact]
    public void a_topics_link_opens_what_is_under_the_topic()
    {
        var link = ConfirmationLink.For(QueueId.OfTopic("p1", "t1"), "S", _expires, "topsecret", new() { PublicEndpoint = "http://z:8888" });

        link.Path.Should().Be("/v2/topics/t1/subscriptions/S/confirm");
        link.SubscribeUrl.Should().Be("http://z:8888/v2/topics/t1/subscriptions/S/confirm");
        link.On("https://page/").Should().EndWith("&Queue=t1");
    }

    [Fact]
    public void without_public_addresses_it_leads_nowhere() =>
        ConfirmationLink.For(new("p1", "q1"), "S", _expires, "topsecret", new()).Should()
            .BeEquivalentTo(new { SubscribeUrl = (string?)null, WebSocketSubscribeUrl = (string?)null });

    [Theory, InlineData("http://z:8888/", "http://z:8888/confirm"), InlineData("https://z/messaging", "https://z/messaging/confirm"), InlineData(null, null)]
    public void the_services_own_page_is_where_the_service_is(string? endpoint, string? page) =>
        ConfirmationLink.For(new("p1", "q1"), "S", _expires, "topsecret", new() { PublicEndpoint = endpoint }).OwnPage.Should().Be(page);

    [Theory]
    [InlineData("https://page/", "https://page/?Signature=")]
    [InlineData("https://page/?lang=de", "https://page/?lang=de&Signature=")]
    public void on_a_page_its_parts_are_percent_encoded(string page, string start)
    {
        var link = ConfirmationLink.For(new("p 1&é", "q1"), "S", _expires, "topsecret", new() { PublicEndpoint = "http://z:8888" });

        link.On(page).Should().Be(start + link.Signature +
            "&Methods=PUT&Paths=%2Fv2%2Fqueues%2Fq1%2Fsubscriptions%2FS%2Fconfirm&Project=p%201%26%C3%A9&Expires=2030-01-01T00%3A00%3A00" +
            "&Url=http%3A%2F%2Fz%3A8888%2Fv2%2Fqueues%2Fq1%2Fsubscriptions%2FS%2Fconfirm&Queue=q1");
    }

    [Fact]
    public void its_signature_is_not_printed() =>
        ConfirmationLink.For(new("p1", "q1"), "S", _expires, "topsecret", new()).ToString().Should().Be("/v2/queues/q1/subscriptions/S/confirm");
}
