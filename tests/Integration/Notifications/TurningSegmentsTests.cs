using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Zaqar.Infrastructure.Committing;

namespace Zaqar.Integration.Notifications;

/// <summary>A queue whose books are closed every few messages.</summary>
public sealed class TurningSegmentsTests(TurningSegmentsTests.Service service) : IClassFixture<TurningSegmentsTests.Service>
{
    [Fact]
    public async Task every_segment_is_told_of_in_order()
    {
        using var client = service.Client();
        var path = NotifyingService.NewPath();
        await client.Post("q", [.. Enumerable.Range(100, 9).Cast<object>()]);
        await client.SubscribeTo("q", service.Sink.At(path));

        for (var post = 0; post < 15; post++)
            await client.Post("q", post * 2, (post * 2) + 1);

        var requests = await Eventually.Holds(() => Task.FromResult(service.Sink.RequestsTo(path)), requests => requests.Count >= 30, "30 messages arrive");
        requests.Select(request => System.Text.Json.JsonDocument.Parse(request.Body).RootElement.GetProperty("body").GetInt32())
            .Should().Equal(Enumerable.Range(0, 30));
    }

    /// <summary>Closes the books after four messages.</summary>
    public sealed class Service : NotifyingService
    {
        protected override void Configure(IServiceCollection services) => services.AddSingleton(new CommitterSettings(SegmentLength: 4));
    }
}
