using System.Security.Cryptography;
using FluentAssertions;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;
using Zaqar.Application.Messages;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Moving;
using Zaqar.Integration.Delivery.Sinks;
using Zaqar.Integration.Http;
using Zaqar.Integration.Notifications;

namespace Zaqar.Integration.Moving;

/// <summary>A queue after a move is the queue before it.</summary>
public sealed class MovingQueuesTests(TwoPools pools) : IClassFixture<TwoPools>
{
    private readonly QueueId _queue = new($"project-{Guid.NewGuid():N}", Messaging.NewQueue());
    private readonly string _clientId = Guid.NewGuid().ToString();

    [Fact]
    public async Task an_empty_queue_moves()
    {
        using var one = At(pools.One);
        using var two = At(pools.Two);
        await one.Put($"/v2/queues/{_queue.Name}", """{"colour": "blue"}""");

        await new TestMove(pools.One, pools.Two, _queue).Run();

        (await two.Get($"/v2/queues/{_queue.Name}")).Json.GetProperty("colour").GetString().Should().Be("blue");
        (await one.Get("/v2/queues")).Json.GetProperty("queues").GetArrayLength().Should().Be(0);
        await two.Post(_queue.Name, 1);
        (await two.List(_queue.Name)).Messages.Should().ContainSingle();
    }

    [Fact]
    public async Task everything_is_answered_as_before()
    {
        var busy = await new BusyQueue(pools).In(pools.One, 5_000);
        var before = await busy.Answers(pools.One);
        var told = pools.Sink.Requests.Count;
        var move = new TestMove(pools.One, pools.Two, busy.Id);

        await move.Run();

        (await busy.Answers(pools.Two)).Should().Equal(before);
        before.Count.Should().BeGreaterThan(500);
        move.Progress.Should().Contain(progress => progress.Step == MoveStep.Begun && progress.Copied > 0 && progress.Copied < progress.Total);
        move.Progress[^1].Copied.Should().BeGreaterThan(10_000).And.BeCloseTo(move.Progress[^1].Total, 10);

        // Numbers go on, a marker handed out before is as good as ever, and claims still hold.
        using var client = busy.At(pools.Two);
        var last = (await client.ListAll(busy.Id.Name, "echo=true&include_claimed=true&include_delayed=true&limit=20"))[^1];
        (await client.Ask("POST", $"/v2/queues/{busy.Id.Name}/messages", """{"messages": [{"body": "after", "ttl": 3600, "delay": 0}]}""")).Status.Should().Be(201);
        (await client.List(busy.Id.Name, $"echo=true&marker={last.Id}")).Messages.Should().ContainSingle().Which.Body.Should().Be("\"after\"");
        var held = (await client.Get($"/v2/queues/{busy.Id.Name}/claims/{busy.Claims[0]}")).Json.GetProperty("messages")[0].GetProperty("href").GetString()!;
        (await client.Delete(held)).ShouldBeEmpty(204);
        (await client.Delete($"/v2/queues/{busy.Id.Name}/claims/{busy.Claims[1]}")).ShouldBeEmpty(204);

        // Subscribers are told of what follows, by the target, and of nothing twice.
        await Arrived(busy.Well, 3);
        await Arrived(busy.Failing, 3);
        (await Arrived(busy.Waiting, 3)).Should().HaveCount(3);
        pools.Sink.Requests.Count.Should().Be(told + 3);

        // What waited is delivered when it is due.
        pools.Advance(TimeSpan.FromSeconds(3_700));
        (await Arrived(busy.Waiting, 5)).Should().HaveCount(5);
        await Eventually.Holds(() => client.Log(busy.Id.Name, busy.Subscriptions[0]), log => log.All(entry => entry.Status == "delivered"), "all are delivered");
        pools.Sink.RequestsTo(busy.Well).Should().HaveCount(3);
    }

    [Fact]
    public async Task bodies_of_any_bytes_come_along_as_they_are()
    {
        var bodies = Enumerable.Range(0, 50).Select(i => RandomNumberGenerator.GetBytes(i * 997)).ToArray();
        await pools.One.Services.GetRequiredService<IMediator>().Send(new PostMessages(_queue, Actor.System,
            [.. bodies.Select((body, i) => new MessageDraft(body, 3600, null, i))], 1));
        var before = await Bytes(pools.One.Database);

        await new TestMove(pools.One, pools.Two, _queue).Run();

        (await Bytes(pools.Two.Database)).Should().Equal(before).And.HaveCount(100);
    }

    [Fact]
    public async Task a_queue_moves_back_and_forth_three_times()
    {
        var busy = await new BusyQueue(pools).In(pools.One, 500);
        var before = await busy.Answers(pools.One);

        for (var round = 0; round < 3; round++)
        {
            await new TestMove(pools.One, pools.Two, busy.Id).Run();
            (await busy.Answers(pools.Two)).Should().Equal(before);
            await new TestMove(pools.Two, pools.One, busy.Id).Run();
            (await busy.Answers(pools.One)).Should().Equal(before);
        }

        using var client = busy.At(pools.One);
        await client.Ask("POST", $"/v2/queues/{busy.Id.Name}/messages", """{"messages": [{"body": "after", "ttl": 3600, "delay": 0}]}""");
        (await Arrived(busy.Well, 3)).Should().HaveCount(3);
    }

    [Fact]
    public async Task a_queue_that_was_made_anew_brings_its_earlier_lives_along()
    {
        using var one = At(pools.One);
        using var two = At(pools.Two);
        var hook = pools.Sink.At(NotifyingService.NewPath());
        await one.SubscribeTo(_queue.Name, hook);
        await one.Post(_queue.Name, 1);
        await one.Delete($"/v2/queues/{_queue.Name}");
        await one.Post(_queue.Name, 2);

        await new TestMove(pools.One, pools.Two, _queue).Run();
        await two.Delete($"/v2/queues/{_queue.Name}");
        await two.Post(_queue.Name, 3);

        (await two.List(_queue.Name)).Messages.Should().ContainSingle().Which.Body.Should().Be("3");
        (await Arrived(new Uri(hook).AbsolutePath, 3)).Should().HaveCount(3);
        await using var streams = pools.Two.Database.CreateCommand($"select count(*) from mt_streams where tenant_id = '{_queue.Project}' and id like 'queue/%/3/%'");
        (await streams.ExecuteScalarAsync()).Should().Be(1L);
    }

    [Fact]
    public async Task while_it_is_frozen_what_would_change_it_is_refused_and_reads_go_on()
    {
        var busy = await new BusyQueue(pools).In(pools.One, 100);
        using var client = busy.At(pools.One);
        var path = $"/v2/queues/{busy.Id.Name}";
        var move = new TestMove(pools.One, pools.Two, busy.Id);
        var delivery = (await client.Log(busy.Id.Name, busy.Subscriptions[2]))[0].Id;
        var message = (await client.List(busy.Id.Name)).Messages[0];
        await move.RunUntil(MoveStep.Frozen);
        var before = await busy.Answers(pools.One);

        foreach (var (method, asked, body) in new (string, string, string?)[]
        {
            ("POST", $"{path}/messages", """{"messages": [{"body": 1, "ttl": 60}]}"""), ("POST", $"{path}/claims", "{}"), ("PUT", path, "{}"),
            ("DELETE", path, null), ("DELETE", $"{path}/messages?pop=1", null), ("DELETE", message.Href, null),
            ("PATCH", $"{path}/claims/{busy.Claims[0]}", """{"ttl": 100}"""), ("DELETE", $"{path}/claims/{busy.Claims[0]}", null),
            ("POST", $"{path}/purge", """{"resource_types": ["messages"]}"""), ("POST", $"{path}/purge", """{"resource_types": ["subscriptions"]}"""),
            ("POST", $"{path}/subscriptions", """{"subscriber": "http://example.com/", "ttl": 60}"""),
            ("PATCH", $"{path}/subscriptions/{busy.Subscriptions[0]}", """{"ttl": 100}"""), ("DELETE", $"{path}/subscriptions/{busy.Subscriptions[0]}", null),
            ("PUT", $"{path}/subscriptions/{busy.Subscriptions[0]}/confirm", """{"confirmed": true}"""),
            ("POST", $"{path}/subscriptions/{busy.Subscriptions[2]}/deliveries/{delivery}/redeliver", null),
        })
        {
            var answer = await client.Ask(method, asked, body);
            answer.Status.Should().Be(503, $"{method} {asked}: {answer.Text}");
            answer.Header("Retry-After").Should().Be("1");
        }

        (await busy.Answers(pools.One)).Should().Equal(before);
        await move.Run();
        (await busy.Answers(pools.Two)).Should().Equal(before);
    }

    [Fact]
    public async Task a_claim_that_would_send_a_dead_letter_to_a_frozen_queue_is_refused_and_takes_nothing()
    {
        using var one = At(pools.One);
        await one.Post(_queue.Name, 0);
        await one.Put("/v2/queues/careful", $$"""{"_max_claim_count": 1, "_dead_letter_queue": "{{_queue.Name}}"}""");
        await one.Post("careful", 1, 2);
        await one.Claim("careful", limit: 1, ttl: 60);
        pools.Advance(TimeSpan.FromSeconds(61));
        var move = new TestMove(pools.One, pools.Two, _queue);
        await move.RunUntil(MoveStep.Frozen);

        (await one.Ask("POST", "/v2/queues/careful/claims", "{}")).Status.Should().Be(503);
        (await one.List("careful")).Messages.Should().HaveCount(2);

        await move.RollBack();
        (await one.Claim("careful"))!.Messages.Should().ContainSingle();
        (await one.List(_queue.Name)).Messages.Should().HaveCount(2);
    }

    [Fact]
    public async Task who_has_not_heard_of_the_move_is_refused_and_makes_no_other_queue()
    {
        using var one = At(pools.One);
        await one.Post(_queue.Name, 1);
        await new TestMove(pools.One, pools.Two, _queue).Run();

        (await one.Ask("POST", $"/v2/queues/{_queue.Name}/messages", """{"messages": [{"body": 1, "ttl": 60}]}""")).Status.Should().Be(503);
        (await one.Put($"/v2/queues/{_queue.Name}")).Status.Should().Be(503);
        (await one.Ask("POST", $"/v2/queues/{_queue.Name}/subscriptions", """{"subscriber": "http://example.com/", "ttl": 60}""")).Status.Should().Be(503);
        foreach (var read in new[] { "", "/stats", "/messages", "/subscriptions" })
            (await one.Get($"/v2/queues/{_queue.Name}{read}")).Status.Should().Be(503, read);
    }

    // A node remembers a queue for a second without reading it, and the history it would append to is gone by then.
    [Fact]
    public async Task another_node_that_remembers_the_queue_appends_nothing_to_what_is_left_of_it()
    {
        var other = await pools.One.StartNode();
        using var there = pools.One.Client(_queue.Project, node: other);
        for (var round = 0; round < 5; round++)
        {
            var queue = _queue with { Name = $"{_queue.Name}-{round}" };
            for (var i = 0; i < 3; i++)
                await there.Post(queue.Name, i);
            await new TestMove(pools.One, pools.Two, queue).Run();

            (await there.Ask("POST", $"/v2/queues/{queue.Name}/messages", """{"messages": [{"body": 1, "ttl": 60}]}""")).Status.Should().Be(503);

            await using var orphans = pools.One.Database.CreateCommand(
                "select count(*) from mt_events e where tenant_id = $1 and not exists (select from mt_streams s where s.tenant_id = $1 and s.id = e.stream_id)");
            orphans.Parameters.Add(new() { Value = _queue.Project });
            (await orphans.ExecuteScalarAsync()).Should().Be(0L);
        }
    }

    [Fact]
    public async Task who_waits_at_the_source_is_sent_on_when_the_queue_leaves()
    {
        using var one = At(pools.One);
        await one.Put($"/v2/queues/{_queue.Name}");
        var listing = one.Get($"/v2/queues/{_queue.Name}/messages?wait=20");
        await Eventually.Is(() => pools.One.Services.GetRequiredService<Zaqar.Application.Waiting.QueueSignals>()
            .IsWaitedFor(Zaqar.Application.Waiting.QueueSignals.KeyOf(_queue)), "someone waits");

        await new TestMove(pools.One, pools.Two, _queue).Run();

        (await listing.WaitAsync(TimeSpan.FromSeconds(10))).Status.Should().Be(503);
    }

    [Fact]
    public async Task a_queue_that_is_there_already_is_not_overwritten()
    {
        using var one = At(pools.One);
        using var two = At(pools.Two);
        await one.Post(_queue.Name, 1);
        await two.Post(_queue.Name, 2);

        await new TestMove(pools.One, pools.Two, _queue).Awaiting(move => move.Run()).Should().ThrowAsync<MoveRefused>();

        await one.Post(_queue.Name, 3);
        (await one.List(_queue.Name)).Messages.Should().HaveCount(2);
        (await two.List(_queue.Name)).Messages.Should().ContainSingle();
    }

    [Fact]
    public async Task a_deleted_queue_that_is_still_remembered_is_not_mixed_with_another()
    {
        using var one = At(pools.One);
        using var two = At(pools.Two);
        await two.Post(_queue.Name, 2);
        await two.Delete($"/v2/queues/{_queue.Name}");
        await one.Post(_queue.Name, 1);

        await new TestMove(pools.One, pools.Two, _queue).Awaiting(move => move.Run()).Should().ThrowAsync<MoveRefused>();

        (await one.List(_queue.Name)).Messages.Should().ContainSingle();
    }

    [Fact]
    public async Task what_is_not_there_is_not_moved() =>
        await new TestMove(pools.One, pools.Two, _queue).Awaiting(move => move.Run()).Should().ThrowAsync<QueueNotFound>();

    [Fact]
    public async Task a_name_that_was_left_can_be_given_to_another_queue()
    {
        using var one = At(pools.One);
        await one.Post(_queue.Name, 1);
        await new TestMove(pools.One, pools.Two, _queue).Run();

        await QueueMove.Readmit(pools.One.Parts, _queue, default);
        await one.Post(_queue.Name, 2);

        (await one.List(_queue.Name)).Messages.Should().ContainSingle().Which.Body.Should().Be("2");
    }

    private HttpClient At(PoolService pool) => pool.Client(_queue.Project, _clientId);

    private async Task<IReadOnlyList<SinkRequest>> Arrived(string path, int count) =>
        await Eventually.Holds(() => Task.FromResult(pools.Sink.RequestsTo(path)), requests => requests.Count >= count, $"{count} requests came to {path}");

    private async Task<IReadOnlyList<string>> Bytes(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand(
            """
            select encode(body, 'hex') from (select body, number from message where queue_id = $1 order by number) m
            union all
            select encode(bdata, 'hex') from (select bdata from mt_events where tenant_id = $2 and bdata is not null order by seq_id) e
            """);
        command.Parameters.Add(new() { Value = _queue.Key(1) });
        command.Parameters.Add(new() { Value = _queue.Project });
        await using var row = await command.ExecuteReaderAsync();
        var bytes = new List<string>();
        while (await row.ReadAsync())
            bytes.Add(row.GetString(0));
        return bytes;
    }
}
