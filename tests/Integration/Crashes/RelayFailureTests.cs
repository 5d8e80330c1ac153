using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Xunit.Abstractions;
using Zaqar.Infrastructure.Delivery;
using Zaqar.Integration.Delivery.Sinks;

namespace Zaqar.Integration.Crashes;

/// <summary>A service with a relay that is soon found to stand still.</summary>
public sealed class ImpatientService : ZaqarService
{
    protected override IReadOnlyList<string> Settings => ["--Zaqar:Notification:AllowedNetworks=127.0.0.0/8"];

    protected override void Configure(IServiceCollection services) =>
        services.AddSingleton(new RelayProgress(TimeProvider.System) { Patience = TimeSpan.FromSeconds(5) });
}

public sealed class RelayFailureTests(ImpatientService service, ITestOutputHelper output) : IClassFixture<ImpatientService>
{
    [Fact]
    public async Task a_relay_that_cannot_go_on_is_not_ready_and_goes_on_by_itself_when_it_can()
    {
        await using var sink = await WebhookSink.Start();
        using var client = service.Client();
        var queue = Messaging.NewQueue();
        (await client.PostAsJsonAsync($"/v2/queues/{queue}/subscriptions", new { subscriber = sink.At("/"), ttl = 3600 }))
            .StatusCode.Should().Be(HttpStatusCode.Created);
        await client.Post(queue, "before");
        await IsTold(sink, 1);
        (await Ready(client)).Should().Be(HttpStatusCode.OK);

        await Run(
            """
            create function refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$;
            create trigger refuse before insert on delivery for each row execute function refuse()
            """);
        await client.Post(queue, "meanwhile");
        await Eventually.Holds(() => Ready(client), ready => ready == HttpStatusCode.ServiceUnavailable, "the service is not ready");
        sink.Requests.Should().HaveCount(1);

        await Run("drop trigger refuse on delivery");
        await IsTold(sink, 2);
        await Eventually.Holds(() => Ready(client), ready => ready == HttpStatusCode.OK, "the service is ready again");
        sink.Requests.Should().HaveCount(2);
    }

    [Fact]
    public async Task messages_that_nobody_subscribed_to_leave_the_relay_behind_at_no_time()
    {
        using var client = service.Client();
        var queue = Messaging.NewQueue();
        await client.Post(queue, "one");
        await client.Post(queue, "two");

        await Eventually.Holds(
            async () =>
            {
                await using var command = service.Database.CreateCommand(
                    "select (select max(seq_id) from mt_events) - (select last_seq_id from mt_event_progression where name = 'relay:All')");
                return await command.ExecuteScalarAsync() as long?;
            },
            behind => behind <= 0, "the relay has passed what is not for it");
    }

    [Fact]
    public async Task numbers_that_a_broken_off_transaction_took_hold_the_relay_up_for_a_moment_only()
    {
        await using var sink = await WebhookSink.Start();
        var (project, queue) = ($"project-{Guid.NewGuid():N}", Messaging.NewQueue());
        using (var client = service.Client(project))
        {
            (await client.PostAsJsonAsync($"/v2/queues/{queue}/subscriptions", new { subscriber = sink.At("/"), ttl = 3600 }))
                .StatusCode.Should().Be(HttpStatusCode.Created);
            await Run("select nextval('mt_events_sequence')");
            var posted = Stopwatch.GetTimestamp();
            await client.Post(queue, "behind the gap");
            await IsTold(sink, 1);
            output.WriteLine($"{Stopwatch.GetElapsedTime(posted).TotalSeconds:0.0} s");
            Stopwatch.GetElapsedTime(posted).Should().BeLessThan(TimeSpan.FromSeconds(10));
        }

        // The same where the gap is there before the relay starts, which then never saw the sequence without it.
        await Run("select nextval('mt_events_sequence')");
        await service.StopNodes();
        var node = await service.StartNode();
        using var after = service.Client(project, node: node);
        var restarted = Stopwatch.GetTimestamp();
        await after.Post(queue, "behind another gap");
        await IsTold(sink, 2);
        output.WriteLine($"{Stopwatch.GetElapsedTime(restarted).TotalSeconds:0.0} s after a start");
        Stopwatch.GetElapsedTime(restarted).Should().BeLessThan(TimeSpan.FromSeconds(10));
    }

    private static async Task<HttpStatusCode> Ready(HttpClient client)
    {
        using var answer = await client.GetAsync("/healthz/ready");
        return answer.StatusCode;
    }

    private static Task IsTold(WebhookSink sink, int times) => Eventually.Is(() => sink.Requests.Count >= times, $"the subscriber is told {times} times");

    private async Task Run(string sql)
    {
        await using var command = service.Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
