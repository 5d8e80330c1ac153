using FluentAssertions;
using Xunit;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.Moving;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Moving;

/// <summary>A move that is cut off anywhere goes on from there, or is as if it had never begun.</summary>
public sealed class CutOffMovesTests(TwoPools pools) : IClassFixture<TwoPools>
{
    public static TheoryData<string> Steps => [.. Enum.GetNames<MoveStep>()];

    public static TheoryData<string> StepsBeforeTheSwitch => [.. Enum.GetNames<MoveStep>().TakeWhile(step => step != nameof(MoveStep.Switched))];

    [Theory, MemberData(nameof(Steps))]
    public async Task a_move_that_was_cut_off_goes_on(string step)
    {
        var busy = await new BusyQueue(pools).In(pools.One, 600);
        var before = await busy.Answers(pools.One);
        var told = pools.Sink.Requests.Count;
        var move = new TestMove(pools.One, pools.Two, busy.Id);
        await move.RunUntil(Enum.Parse<MoveStep>(step));

        await move.Run();
        await move.Run();

        (await busy.Answers(pools.Two)).Should().Equal(before);
        using var one = busy.At(pools.One);
        (await one.Put($"/v2/queues/{busy.Id.Name}")).Status.Should().Be(503);
        using var two = busy.At(pools.Two);
        (await two.Ask("POST", $"/v2/queues/{busy.Id.Name}/messages", """{"messages": [{"body": "after", "ttl": 3600, "delay": 0}]}""")).Status.Should().Be(201);
        await Eventually.Is(() => pools.Sink.RequestsTo(busy.Well).Count == 3, "the new message is told");
        await Eventually.Is(() => pools.Sink.Requests.Count == told + 3, "everybody was told once");
    }

    [Theory, MemberData(nameof(StepsBeforeTheSwitch))]
    public async Task a_move_that_is_rolled_back_leaves_the_queue_as_it_was_and_nothing_behind(string step)
    {
        var busy = await new BusyQueue(pools).In(pools.One, 600);
        var before = await busy.Answers(pools.One);
        var rows = await Everything.Rows(pools.Two.Database, busy.Id.Project);
        var told = pools.Sink.Requests.Count;
        var move = new TestMove(pools.One, pools.Two, busy.Id);
        await move.RunUntil(Enum.Parse<MoveStep>(step));

        await move.RollBack();
        await move.RollBack();

        (await busy.Answers(pools.One)).Should().Equal(before);
        (await Everything.Rows(pools.Two.Database, busy.Id.Project)).Should().BeEquivalentTo(rows);
        using var one = busy.At(pools.One);
        (await one.Ask("POST", $"/v2/queues/{busy.Id.Name}/messages", """{"messages": [{"body": "after", "ttl": 3600, "delay": 0}]}""")).Status.Should().Be(201);
        await Eventually.Is(() => pools.Sink.Requests.Count == told + 3, "everybody was told once");

        await new TestMove(pools.One, pools.Two, busy.Id).Run();
        using var two = busy.At(pools.Two);
        (await two.Get($"/v2/queues/{busy.Id.Name}")).Status.Should().Be(200);
    }

    [Fact]
    public async Task another_move_begins_over_what_one_that_was_cut_off_left()
    {
        var busy = await new BusyQueue(pools).In(pools.One, 600);
        var before = await busy.Answers(pools.One);
        await new TestMove(pools.One, pools.Two, busy.Id).RunUntil(MoveStep.HistoryCopied);

        await new TestMove(pools.One, pools.Two, busy.Id).Run();

        (await busy.Answers(pools.Two)).Should().Equal(before);
    }

    [Fact]
    public async Task a_queue_that_one_move_has_frozen_is_not_taken_by_another()
    {
        var busy = await new BusyQueue(pools).In(pools.One, 100);
        var first = new TestMove(pools.One, pools.Two, busy.Id);
        await first.RunUntil(MoveStep.Frozen);

        await new TestMove(pools.One, pools.Two, busy.Id).Awaiting(move => move.Run()).Should().ThrowAsync<QueueMoving>();
    }

    [Theory, InlineData(nameof(MoveStep.HistoryCopied)), InlineData(nameof(MoveStep.Quiet)), InlineData(nameof(MoveStep.Copied))]
    public async Task a_run_that_has_lost_its_lock_does_no_more_and_the_next_goes_on(string step)
    {
        var busy = await new BusyQueue(pools).In(pools.One, 600);
        var before = await busy.Answers(pools.One);
        var isLost = false;
        var move = new TestMove(pools.One, pools.Two, busy.Id);
        move.After = async passed =>
        {
            if (passed == Enum.Parse<MoveStep>(step) && !isLost)
                isLost = await LoseLock(busy.Id);
        };

        await move.Awaiting(one => one.Run()).Should().ThrowAsync<Exception>().Where(lost => lost is Npgsql.NpgsqlException || lost is InvalidOperationException);
        isLost.Should().BeTrue();
        move.HasSwitched.Should().BeFalse();
        await move.Run();

        (await busy.Answers(pools.Two)).Should().Equal(before);
    }

    [Fact]
    public async Task a_run_that_freezes_a_queue_whose_move_was_called_off_meanwhile_thaws_it()
    {
        var busy = await new BusyQueue(pools).In(pools.One, 100);
        var move = new TestMove(pools.One, pools.Two, busy.Id);
        move.After = passed =>
        {
            move.IsCalledOff |= passed == MoveStep.HistoryCopied;
            return Task.CompletedTask;
        };

        await move.Awaiting(one => one.Run()).Should().ThrowAsync<MoveRefused>();

        using var one = busy.At(pools.One);
        (await one.Ask("POST", $"/v2/queues/{busy.Id.Name}/messages", """{"messages": [{"body": "after", "ttl": 3600, "delay": 0}]}""")).Status.Should().Be(201);
    }

    [Fact]
    public async Task a_queue_thaws_without_the_target_and_what_was_copied_is_cleared_later()
    {
        var busy = await new BusyQueue(pools).In(pools.One, 100);
        var rows = await Everything.Rows(pools.Two.Database, busy.Id.Project);
        var move = new TestMove(pools.One, pools.Two, busy.Id);
        await move.RunUntil(MoveStep.Copied);

        await move.ThawSource();

        using var one = busy.At(pools.One);
        (await one.Ask("POST", $"/v2/queues/{busy.Id.Name}/messages", """{"messages": [{"body": "after", "ttl": 3600, "delay": 0}]}""")).Status.Should().Be(201);
        await move.RollBack();
        (await Everything.Rows(pools.Two.Database, busy.Id.Project)).Should().BeEquivalentTo(rows);
        (await one.Get($"/v2/queues/{busy.Id.Name}")).Status.Should().Be(200);
    }

    [Fact]
    public async Task a_queue_that_the_target_has_lost_is_kept_by_the_source()
    {
        var busy = await new BusyQueue(pools).In(pools.One, 100);
        var move = new TestMove(pools.One, pools.Two, busy.Id);
        await move.RunUntil(MoveStep.Arrived);
        var rows = await Everything.Rows(pools.One.Database, busy.Id.Project);
        await using (var lose = pools.Two.Database.CreateCommand(
            $"""
            with q as (delete from queue where project = '{busy.Id.Project}'), e as (delete from mt_events where tenant_id = '{busy.Id.Project}')
            delete from mt_streams where tenant_id = '{busy.Id.Project}'
            """))
            await lose.ExecuteNonQueryAsync();

        await move.Awaiting(one => one.Run()).Should().ThrowAsync<MoveRefused>();

        (await Everything.Rows(pools.One.Database, busy.Id.Project)).Should().BeEquivalentTo(rows);
    }

    [Fact]
    public async Task between_the_switch_and_the_arrival_whoever_asks_is_told_to_ask_again()
    {
        var busy = await new BusyQueue(pools).In(pools.One, 100);
        var move = new TestMove(pools.One, pools.Two, busy.Id);
        await move.RunUntil(MoveStep.Switched);
        using var two = busy.At(pools.Two);
        var path = $"/v2/queues/{busy.Id.Name}";

        foreach (var read in new[] { "", "/stats", "/messages", "/subscriptions", $"/claims/{busy.Claims[0]}" })
        {
            var answer = await two.Get(path + read);
            answer.Status.Should().Be(503, read);
            answer.Header("Retry-After").Should().Be("1");
        }

        await move.Run();
        (await two.Get(path)).Status.Should().Be(200);
    }

    [Fact]
    public async Task the_sweepers_leave_a_copy_alone_that_is_not_whole()
    {
        var busy = await new BusyQueue(pools).In(pools.One, 600);
        var before = await busy.Answers(pools.One);
        await Age(pools.One, busy.Id.Project);
        var move = new TestMove(pools.One, pools.Two, busy.Id);
        foreach (var step in new[] { MoveStep.HistoryCopied, MoveStep.Copied })
        {
            await move.RunUntil(step);
            await Sweep(pools.One);
            await Sweep(pools.Two);
        }

        await move.Run();

        (await busy.Answers(pools.Two)).Should().Equal(before);
    }

    // As if the network between the node and the database had failed.
    private async Task<bool> LoseLock(QueueId queue)
    {
        await using var kill = pools.Two.Database.CreateCommand(
            """
            select pg_terminate_backend(pid, 5000) from pg_locks where locktype = 'advisory' and objsubid = 1
                and (classid::bigint << 32) | objid::bigint = hashtextextended(current_schema() || '.move.' || $1 || '/' || $2, 0)
            """);
        kill.Parameters.Add(new() { Value = queue.Name });
        kill.Parameters.Add(new() { Value = queue.Project });
        return await kill.ExecuteScalarAsync() is true;
    }

    private static async Task Age(PoolService pool, string project)
    {
        await using var age = pool.Database.CreateCommand("update mt_streams set timestamp = timestamp - interval '15 days' where tenant_id = $1");
        age.Parameters.Add(new() { Value = project });
        await age.ExecuteNonQueryAsync();
    }

    private static Task Sweep(PoolService pool) => Parts.Of<Zaqar.Infrastructure.History.SegmentSweeper>(pool).Sweep(default);
}
