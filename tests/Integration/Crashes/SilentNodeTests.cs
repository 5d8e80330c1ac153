using System.Net;
using System.Net.Http.Json;
using FluentAssertions;
using Xunit;
using Zaqar.Integration.Delivery.Sinks;

namespace Zaqar.Integration.Crashes;

/// <summary>Nodes that leave telling subscribers to others, until it is said otherwise.</summary>
public sealed class SilentService : ZaqarService
{
    public bool Notifies { get; set; }

    protected override IReadOnlyList<string> Settings =>
        ["--Zaqar:Notification:AllowedNetworks=127.0.0.0/8", $"--Zaqar:Notification:Enabled={Notifies}"];
}

public sealed class SilentNodeTests(SilentService service) : IClassFixture<SilentService>
{
    [Fact]
    public async Task a_node_without_notifications_serves_and_what_is_due_waits_for_one_that_has_them()
    {
        await using var sink = await WebhookSink.Start();
        using var client = service.Client();
        var queue = Messaging.NewQueue();
        (await client.PostAsJsonAsync($"/v2/queues/{queue}/subscriptions", new { subscriber = sink.At("/"), ttl = 3600 }))
            .StatusCode.Should().Be(HttpStatusCode.Created);
        await client.Post(queue, "waits");
        (await client.List(queue)).Messages.Should().ContainSingle();
        (await client.GetAsync("/healthz/ready")).StatusCode.Should().Be(HttpStatusCode.OK);
        await using (var nodes = service.Database.CreateCommand("select count(*) from wolverine_nodes"))
            (await nodes.ExecuteScalarAsync()).Should().Be(0L, "it does not take part");

        service.Notifies = true;
        await service.StartNode();

        await Eventually.Is(() => sink.Requests.Count == 1, "the subscriber is told by the other node");
    }
}
