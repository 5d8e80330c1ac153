using FluentAssertions;
using Xunit;
using Zaqar.Integration.Delivery.Sinks;
using Zaqar.Integration.Http;
using Zaqar.Integration.Notifications;

namespace Zaqar.Integration.WebSockets;

/// <summary>Webhooks that are subscribed over a socket, of a service that asks them first.</summary>
public sealed class OtherSubscribersTests(OtherSubscribersTests.Service service) : IClassFixture<OtherSubscribersTests.Service>
{
    private readonly string _path = NotifyingService.NewPath();

    private WebhookSink Sink => service.Sink;

    [Fact]
    public async Task a_webhook_is_asked_once_and_then_told_of_what_is_posted_over_the_socket()
    {
        await using var socket = await service.Connect();
        using var rest = service.Client(socket.Project);
        var id = (await socket.Ask("subscription_create", new { queue_name = "q", subscriber = Sink.At(_path) })).ShouldBe(201).Body.GetProperty("subscription_id").GetString()!;
        await Arrived(1);

        (await socket.Ask("subscription_create", new { queue_name = "q", subscriber = Sink.At(_path) })).ShouldBe(409);
        await socket.Post("q", 1);
        await rest.Confirm("q", id);
        await socket.Post("q", 2);

        var requests = await Arrived(2);
        requests[0].Text.Should().Contain("SubscriptionConfirmation");
        requests[1].Text.Should().Be("""{"ttl": 3600, "body": 2, "Message_Type": "Notification", "queue_name": "q"}""");
    }

    private Task<IReadOnlyList<SinkRequest>> Arrived(int count) =>
        Eventually.Holds(() => Task.FromResult(Sink.RequestsTo(_path)), requests => requests.Count >= count, $"{count} requests came");

    /// <summary>Confirmation is required.</summary>
    public sealed class Service : NotifyingService
    {
        protected override IReadOnlyList<string> Settings =>
            [.. base.Settings, "--Zaqar:Notification:RequireConfirmation=true", "--Zaqar:SignedUrl:SecretKey=a key of this test's own"];
    }
}
