using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;
using Zaqar.Integration.WebSockets;

namespace Zaqar.Integration.Transports;

/// <summary>What every transport makes of subscriptions of others: those that name their subscriber.</summary>
public abstract class SubscriptionCases(WebSocketService service, Transport transport) : TransportTests(service, transport)
{
    private const string Hook = "http://example.com/hook";
    private const string Unknown = "3381af92-2b9e-11e3-b191-71861300734c";

    [Fact]
    public async Task a_subscription_is_made_shown_listed_and_deleted()
    {
        var made = await Client.Subscribe("q", Hook, ttl: 300, optionsJson: """{"a":{"b":[1,"\u00E9"]}}""");

        made.Status.Should().Be(201);
        var shown = await Client.GetSubscription("q", made.Value!);
        shown.Status.Should().Be(200);
        shown.Value.Should().Be(new SeenSubscription(made.Value!, "q", Hook, 300, shown.Value!.Age, """{"a":{"b":[1,"\u00E9"]}}""", false));
        shown.Value.Age.Should().BeInRange(0, 60);
        (await Client.ListSubscriptions("q")).Value.Should().ContainSingle().Which.Should().BeEquivalentTo(shown.Value, like => like.Excluding(one => one.Age));

        (await Client.Unsubscribe("q", made.Value!)).Should().Be(204);
        (await Client.Unsubscribe("q", made.Value!)).Should().Be(204);
        (await Client.GetSubscription("q", made.Value!)).Status.Should().Be(404);
        (await Client.ListSubscriptions("q")).Value.Should().BeEmpty();
    }

    [Fact]
    public async Task a_subscription_lasts_an_hour_and_has_no_options_unless_it_says_otherwise()
    {
        var id = (await Client.Subscribe("q", Hook)).Value!;

        (await Client.GetSubscription("q", id)).Value.Should().Match<SeenSubscription>(shown => shown.Ttl == 3600 && shown.Options == "{}");
    }

    [Fact]
    public async Task a_subscription_makes_its_queue()
    {
        await Client.Subscribe("q", Hook);

        (await Client.ListQueues()).Value.Should().ContainSingle().Which.Name.Should().Be("q");
    }

    [Theory]
    [InlineData("example.com", null, null), InlineData("ftp://example.com", null, null), InlineData("http://127.0.0.1.x y/", null, null), InlineData("http://10.0.0.1/", null, null)]
    [InlineData("https://169.254.169.254/latest", null, null), InlineData("mailto:a@example.com,b@example.com", null, null), InlineData("trust+ftp://example.com", null, null)]
    [InlineData(Hook, 59L, null), InlineData(Hook, 0L, null), InlineData(Hook, -60L, null), InlineData(Hook, long.MaxValue, null)]
    [InlineData(Hook, null, """{"_retry_policy": {"minimum_delay": 100}}"""), InlineData(Hook, null, """{"_retry_policy": 1}"""), InlineData(Hook, null, "[]"), InlineData(Hook, null, "7")]
    [InlineData(Hook, null, """{"post_headers": {"Host": "x"}}""")]
    public async Task a_subscription_that_breaks_a_rule_is_not_made(string subscriber, long? ttl, string? options)
    {
        (await Client.Subscribe("q", subscriber, ttl, options)).Status.Should().Be(400);

        (await Client.ListQueues()).Value.Should().BeEmpty();
    }

    [Fact]
    public async Task a_second_subscription_of_the_same_subscriber_is_not_made()
    {
        var first = (await Client.Subscribe("q", Hook)).Value!;

        var again = await Client.Subscribe("q", Hook, ttl: 60);
        again.Status.Should().Be(Client.Differences.UnconfirmedDuplicate);
        if (again.Status == 201)
            again.Value.Should().Be(first);
        using (var rest = Rest())
            await rest.Confirm("q", first);
        (await Client.Subscribe("q", Hook)).Status.Should().Be(409);

        (await Client.ListSubscriptions("q")).Value.Should().ContainSingle().Which.Should().Match<SeenSubscription>(kept => kept.Id == first && kept.Ttl == 3600 && kept.Confirmed);
        (await Client.Subscribe("q", Hook + "/other")).Status.Should().Be(201);
        (await Client.Subscribe("other", Hook)).Status.Should().Be(201);
    }

    [Fact]
    public async Task markers_walk_through_all_subscriptions_in_the_order_they_were_made()
    {
        var made = new List<string>();
        for (var i = 0; i < 13; i++)
            made.Add((await Client.Subscribe("q", $"{Hook}/{i}")).Value!);

        var first = (await Client.ListSubscriptions("q")).Value!;
        var rest = (await Client.ListSubscriptions("q", marker: first[^1].Id, limit: 20)).Value!;

        first.Select(one => one.Id).Should().Equal(made.Take(10));
        rest.Select(one => one.Id).Should().Equal(made.Skip(10));
        foreach (var limit in new long[] { 0, -1, 21 })
            (await Client.ListSubscriptions("q", limit: limit)).Status.Should().Be(400);
    }

    [Theory, InlineData(Unknown), InlineData("bogus")]
    public async Task an_unknown_subscription_is_404_to_get_and_204_to_delete(string id)
    {
        await Client.Subscribe("q", Hook);

        foreach (var queue in new[] { "q", "missing" })
        {
            (await Client.GetSubscription(queue, id)).Status.Should().Be(404);
            (await Client.Unsubscribe(queue, id)).Should().Be(204);
        }
    }

    [Fact]
    public async Task a_subscription_of_one_queue_is_none_of_another()
    {
        var id = (await Client.Subscribe("q", Hook)).Value!;
        await Client.CreateQueue("other");

        (await Client.GetSubscription("other", id)).Status.Should().Be(404);
        await Client.Unsubscribe("other", id);
        (await Client.GetSubscription("q", id)).Status.Should().Be(200);
        (await Client.ListSubscriptions("other")).Value.Should().BeEmpty();
    }

    [Fact]
    public async Task a_subscription_is_gone_when_its_time_is_over_and_not_with_its_queue()
    {
        var brief = (await Client.Subscribe("q", Hook, ttl: 60)).Value!;
        var lasting = (await Client.Subscribe("q", Hook + "/lasting", ttl: 600)).Value!;

        Advance(61);
        await Client.DeleteQueue("q");
        await Client.CreateQueue("q");

        (await Client.GetSubscription("q", brief)).Status.Should().Be(404);
        (await Client.ListSubscriptions("q")).Value.Should().ContainSingle().Which.Id.Should().Be(lasting);
        (await Client.Subscribe("q", Hook)).Status.Should().Be(201, "a subscription that is over is in nobody's way");
    }
}

[Collection(TransportsCollection.Name)]
public sealed class SubscriptionsOverRest(WebSocketService service) : SubscriptionCases(service, Transport.Rest);

[Collection(TransportsCollection.Name)]
public sealed class SubscriptionsOverWebSocket(WebSocketService service) : SubscriptionCases(service, Transport.WebSocket);

[Collection(TransportsCollection.Name)]
public sealed class SubscriptionsOverBinaryWebSocket(WebSocketService service) : SubscriptionCases(service, Transport.BinaryWebSocket);
