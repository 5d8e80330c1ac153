using System.Diagnostics;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Zaqar.Application.Waiting;

namespace Zaqar.Integration.Waiting;

public sealed class LongPollingTests(ZaqarService service) : IClassFixture<ZaqarService>
{
    private readonly string _queue = Messaging.NewQueue();
    private readonly string _project = $"project-{Guid.NewGuid():N}";

    [Fact]
    public async Task a_waiting_claim_gets_what_is_posted_meanwhile()
    {
        using var client = service.Client(_project);
        var waiting = client.Claim(_queue, query: "&wait=20");
        await SomeoneWaits();

        await client.Post(_queue, "hello");

        (await waiting.WaitAsync(TimeSpan.FromSeconds(15)))!.Messages.Should().ContainSingle();
    }

    [Fact]
    public async Task a_waiting_listing_gets_what_is_posted_through_another_node()
    {
        var other = await service.StartNode();
        using var here = service.Client(_project);
        using var there = service.Client(_project, node: other);
        var waiting = here.List(_queue, "echo=true&wait=20");
        await SomeoneWaits();

        await there.Post(_queue, "hello");

        (await waiting.WaitAsync(TimeSpan.FromSeconds(15))).Messages.Should().ContainSingle();
    }

    [Fact]
    public async Task a_waiting_claim_gets_what_another_claim_gives_back()
    {
        using var client = service.Client(_project);
        await client.Post(_queue, "hello");
        var held = (await client.Claim(_queue))!;
        var waiting = client.Claim(_queue, query: "&wait=20");
        await SomeoneWaits();

        await client.DeleteAsync($"/v2/queues/{_queue}/claims/{held.Id}");

        (await waiting.WaitAsync(TimeSpan.FromSeconds(15)))!.Messages.Should().ContainSingle();
    }

    [Fact]
    public async Task a_waiting_claim_gets_what_an_expired_claim_held()
    {
        using var client = service.Client(_project);
        await client.Post(_queue, "hello");
        await client.Claim(_queue, ttl: 60);
        var waiting = client.Claim(_queue, query: "&wait=20");
        await SomeoneWaits();

        service.Advance(TimeSpan.FromSeconds(61));

        (await waiting.WaitAsync(TimeSpan.FromSeconds(15)))!.Messages.Should().ContainSingle();
    }

    [Fact]
    public async Task what_is_there_already_is_answered_at_once()
    {
        using var client = service.Client(_project);
        await client.Post(_queue, "hello");
        var started = Stopwatch.GetTimestamp();

        (await client.Claim(_queue, query: "&wait=20"))!.Messages.Should().ContainSingle();

        Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(15), "it did not wait its time out");
    }

    [Fact]
    public async Task waiting_in_vain_ends_in_the_usual_empty_answers()
    {
        using var client = service.Client(_project);

        (await client.List(_queue, "wait=1")).Messages.Should().BeEmpty();
        (await client.Claim(_queue, query: "&wait=1")).Should().BeNull();
    }

    [Fact]
    public async Task a_client_that_goes_away_no_longer_waits()
    {
        using var client = service.Client(_project);
        using var patience = new CancellationTokenSource();
        var waiting = client.GetAsync($"/v2/queues/{_queue}/messages?wait=20", patience.Token);
        await SomeoneWaits();

        await patience.CancelAsync();

        await waiting.Awaiting(request => request).Should().ThrowAsync<OperationCanceledException>();
        await Eventually.Is(() => !Signals.IsWaitedFor(Key), "nobody waits any more");
    }

    private QueueSignals Signals => service.Services.GetRequiredService<QueueSignals>();

    private Guid Key => QueueSignals.KeyOf(new(_project, _queue));

    private Task SomeoneWaits() => Eventually.Is(() => Signals.IsWaitedFor(Key), "a request waits");
}
