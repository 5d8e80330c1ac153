using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;
using Zaqar.Infrastructure.History;
using Zaqar.Infrastructure.Moving;
using Zaqar.Infrastructure.Queues;
using Zaqar.Integration.History;

namespace Zaqar.Integration.Moving;

/// <summary>What a move copies and leaves is what history says. Each has services to itself: a rebuild needs every node stopped.</summary>
public sealed class RebuiltMovesTests
{
    [Theory, InlineData(nameof(MoveStep.Frozen)), InlineData(nameof(MoveStep.Copied)), InlineData(nameof(MoveStep.Left)), InlineData(nameof(MoveStep.Cleared))]
    public async Task a_rebuild_of_both_databases_gives_the_same_rows(string step)
    {
        var pools = new TwoPools();
        await pools.InitializeAsync();
        try
        {
            var busy = await new BusyQueue(pools).In(pools.One, 600);
            var move = new TestMove(pools.One, pools.Two, busy.Id);
            await move.RunUntil(Enum.Parse<MoveStep>(step));

            await Rebuild(pools.One);
            await Rebuild(pools.Two);
        }
        finally
        {
            await pools.DisposeAsync();
        }
    }

    [Fact]
    public async Task a_rebuild_after_moves_there_and_back_gives_the_same_rows()
    {
        var pools = new TwoPools();
        await pools.InitializeAsync();
        try
        {
            var busy = await new BusyQueue(pools).In(pools.One, 600);
            await new TestMove(pools.One, pools.Two, busy.Id).Run();
            await new TestMove(pools.Two, pools.One, busy.Id).Run();
            var before = await busy.Answers(pools.One);

            await Rebuild(pools.One);
            await Rebuild(pools.Two);

            await pools.One.StartNode();
            (await busy.Answers(pools.One)).Should().Equal(before);
        }
        finally
        {
            await pools.DisposeAsync();
        }
    }

    private static async Task Rebuild(PoolService pool)
    {
        await pool.StopNodes();
        var (before, after) = await pool.Offline(async node =>
        {
            var database = node.GetRequiredService<NpgsqlDataSource>();
            while (await node.GetRequiredService<ExpirySweeper>().ClearGraves(default))
            {
            }

            var before = await ReadModels.Snapshot(database);
            await node.GetRequiredService<ReadModelRebuild>().Run(default);
            return (before, await ReadModels.Snapshot(database));
        });

        after.Should().BeEquivalentTo(before);
    }
}
