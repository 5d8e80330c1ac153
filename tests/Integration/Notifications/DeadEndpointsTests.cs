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
            await client.SubscribeTo("q", service.Sink.Answers($"{path}/dead/{i}", SinkAnswer.Hang));
        await client.SubscribeTo("q", service.Sink.At(path));
        await client.Post("q", 0);
        await Eventually.Is(() => Enumerable.Range(0, Dead).All(i => service.Sink.RequestsTo($"{path}/dead/{i}").Count == 1), "all the dead hang");

        for (var i = 1; i < Messages; i++)
            await client.Post("q", i);

        await Eventually.Is(() => service.Sink.RequestsTo(path).Count == Messages, "the healthy one gets all");
        service.Sink.RequestsTo(path).Select(request => request.Text.Split(", ")[1]).Should().Equal(Enumerable.Range(0, Messages).Select(i => $"\"body\": {i}"));
        Enumerable.Range(0, Dead).Should().OnlyContain(i => service.Sink.RequestsTo($"{path}/dead/{i}").Count == 1, "the dead still hang on their first");
        service.Sink.Cut.Should().Be(0);
    }

    [Fact]
    public async Task a_lost_word_is_found_also_while_a_dead_one_has_more_waiting_than_a_sweep_looks_at()
    {
        var project = $"project-{Guid.NewGuid():N}";
        using var client = service.Client(project);
        var path = NotifyingService.NewPath();
        var dead = await client.SubscribeTo("q", service.Sink.Answers($"{path}/dead", SinkAnswer.Hang));
        var healthy = await client.SubscribeTo("other", service.Sink.At(path));
        await client.Post("q", "hi");
        await Eventually.Is(() => service.Sink.RequestsTo($"{path}/dead").Count == 1, "the dead hangs");

        await Overdue(dead, "2 hours", 2_000);
        await Overdue(healthy, "1 hour", 1);

        (await client.Delivery("other", healthy, entry => entry.EndedAt is not null, "it was looked at")).LastReason
            .Should().Be("The history of this message has been dropped.", "the row tells of no event");

        async Task Overdue(Guid subscription, string since, int count)
        {
            await using var insert = service.Database.CreateCommand(
                """
                insert into delivery (id, project, queue, subscription, kind, event, message, status, attempts, created_at, next_at)
                select gen_random_uuid(), $1, 'other', $2, 'Notification', 0, gen_random_uuid(), 'waiting', 0, now(), now() - $3::interval
                from generate_series(1, $4)
                """);
            foreach (var value in new object[] { project, subscription, since, count })
                insert.Parameters.Add(new() { Value = value });
            await insert.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Waits for an answer for longer than a test does.</summary>
    public sealed class Service : NotifyingService
    {
        protected override IReadOnlyList<string> Settings => [.. base.Settings, "--Zaqar:Notification:Timeout=00:05:00"];
    }
}
