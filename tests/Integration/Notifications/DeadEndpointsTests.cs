using FluentAssertions;
using Xunit;
using Zaqar.Integration.Delivery.Sinks;

namespace Zaqar.Integration.Notifications;

/// <summary>Subscribers that never answer, beside one that does.</summary>
public sealed class DeadEndpointsTests(DeadEndpointsTests.Service service) : IClassFixture<DeadEndpointsTests.Service>
{
    private const int Dead = 20;
    private const int Messages = 20;

    [Fact]
    public async Task the_dead_delay_nobody_else()
    {
        using var client = service.Client();
        var path = NotifyingService.NewPath();
        for (var i = 0; i < Dead; i++)
            await client.Subscribe("q", service.Sink.Answers($"{path}/dead/{i}", SinkAnswer.Hang));
        await client.Subscribe("q", service.Sink.At(path));
        await client.Post("q", 0);
        await Eventually.Is(() => Enumerable.Range(0, Dead).All(i => service.Sink.RequestsTo($"{path}/dead/{i}").Count == 1), "all the dead hang");

        for (var i = 1; i < Messages; i++)
            await client.Post("q", i);

        await Eventually.Is(() => service.Sink.RequestsTo(path).Count == Messages, "the healthy one gets all");
        service.Sink.RequestsTo(path).Select(request => request.Text.Split(", ")[1]).Should().Equal(Enumerable.Range(0, Messages).Select(i => $"\"body\": {i}"));
        Enumerable.Range(0, Dead).Should().OnlyContain(i => service.Sink.RequestsTo($"{path}/dead/{i}").Count == 1, "the dead still hang on their first");
        service.Sink.Cut.Should().Be(0);
    }

    /// <summary>Waits for an answer for longer than a test does.</summary>
    public sealed class Service : NotifyingService
    {
        protected override IReadOnlyList<string> Settings => [.. base.Settings, "--Zaqar:Notification:Timeout=00:05:00"];
    }
}
