using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;
using Zaqar.Infrastructure.History;
using Zaqar.Infrastructure.Letters;
using Zaqar.Integration.History;

namespace Zaqar.Integration.Letters;

public sealed class RebuildingWithLettersTests
{
    [Fact]
    public async Task a_rebuild_on_either_side_keeps_what_waits_and_what_was_received()
    {
        await using var both = await TwoDatabases.Start();
        var isBroken = true;
        both.Way.After = _ => isBroken ? throw new NpgsqlException("The connection broke.") : Task.CompletedTask;
        using (var client = both.A.Client("p1"))
        {
            await TwoDatabases.Deadly(client, "a-jobs", "b-dead");
            await client.Post("a-jobs", 1, 2);
            await client.Claim("a-jobs");
            await client.Post("a-jobs", 3);
        }

        await both.Arrival("b-dead", 2);
        await Rebuild(both.A);
        await Rebuild(both.B);
        await both.B.Restart();
        await both.A.Restart();
        (await both.A.Waiting()).Should().Be(1);
        isBroken = false;
        await both.AllArrived();

        using var reader = both.B.Client("p1");
        (await reader.ListAll("b-dead")).Select(message => message.Body).Should().Equal("1", "2");
        await both.TookOnce(1);
    }

    [Fact]
    public async Task what_was_received_is_known_for_a_month_at_least()
    {
        await using var both = await TwoDatabases.Start();
        using var client = both.A.Client("p1");
        await TwoDatabases.Deadly(client, "a-jobs", "b-dead");
        await client.Post("a-jobs", 1);
        await client.Claim("a-jobs");
        await both.Arrival("b-dead");
        var (box, settings) = (both.B.Services.GetRequiredService<LetterBox>(), both.B.Services.GetRequiredService<HistorySettings>());

        both.B.Advance(TimeSpan.FromDays(29));
        await box.Forget(settings.LetterMemory, default);
        (await both.B.Count("select count(*) from letter_received")).Should().Be(1);

        both.B.Advance(TimeSpan.FromDays(2));
        await box.Forget(settings.LetterMemory, default);
        (await both.B.Count("select count(*) from letter_received")).Should().Be(0);
    }

    private static async Task Rebuild(LetterDatabase service)
    {
        await service.StopNodes();
        var (before, after) = await service.Offline(async node =>
        {
            var database = node.GetRequiredService<NpgsqlDataSource>();
            var before = await ReadModels.Snapshot(database);
            await node.GetRequiredService<ReadModelRebuild>().Run(default);
            return (before, await ReadModels.Snapshot(database));
        });

        before["message"].Should().NotBeEmpty();
        after.Should().BeEquivalentTo(before);
    }
}
