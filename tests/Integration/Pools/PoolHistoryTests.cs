using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Zaqar.Infrastructure.History;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Pools;

/// <summary>What is kept of pools and flavors.</summary>
public sealed class PoolHistoryTests
{
    [Fact]
    public async Task a_rebuild_gives_the_same_rows() => await InAServiceOfItsOwn(async service =>
    {
        using var admin = service.Administrator();
        var names = new List<string>();
        for (var number = 0; number < 4; number++)
            names.Add(await service.NewPool(admin, number == 0 ? "fast" : null));
        await admin.Put("/v2/flavors/fast", $$"""{"pool_list": ["{{names[1]}}", "{{names[2]}}"]}""");
        await admin.Put("/v2/flavors/gone", $$"""{"pool_list": ["{{names[3]}}"]}""");
        await admin.Delete("/v2/flavors/gone");
        await admin.Patch($"/v2/pools/{names[1]}", $$"""{"weight": 7, "options": {"a": 1}, "uri": "{{service.NewUri()}}"}""");
        await admin.Delete($"/v2/pools/{names[1]}");
        await admin.Put($"/v2/pools/{names[1]}", $$"""{"uri": "{{service.NewUri()}}", "weight": 3, "flavor": "fast"}""");
        await admin.Delete($"/v2/pools/{names[3]}");
        var before = await Rows(service);
        before.Should().HaveCount(4, string.Join('\n', before));

        await service.StopNodes();
        await service.Offline(async services =>
        {
            await services.GetRequiredService<ReadModelRebuild>().Run(default);
            return 0;
        });
        await service.StartNode();

        (await Rows(service)).Should().Equal(before);
    });

    [Fact]
    public async Task every_change_is_an_event_that_says_who_and_when() => await InAServiceOfItsOwn(async service =>
    {
        using var admin = service.Administrator("the-project");
        var pool = await service.NewPool(admin);
        await admin.Put("/v2/flavors/fast", $$"""{"pool_list": ["{{pool}}"]}""");
        await admin.Delete("/v2/flavors/fast");
        await admin.Delete($"/v2/pools/{pool}");

        await using var command = service.Database.CreateCommand(
            "select type, tenant_id, stream_id, data -> 'by' ->> 'requestId', data ->> 'at' from mt_events where type like 'pool_%' or type like 'flavor_%' order by seq_id");
        await using var row = await command.ExecuteReaderAsync();
        var events = new List<(string Type, string Tenant, string Stream)>();
        while (await row.ReadAsync())
        {
            events.Add((row.GetString(0), row.GetString(1), row.GetString(2)));
            row.GetString(3).Should().StartWith("req-");
            row.GetString(4).Should().NotBeEmpty();
        }

        events.Should().BeEquivalentTo(new[]
        {
            ("pool_created", "*service*", $"pool/{pool}"), ("flavor_created", "the-project", "flavor/fast"), ("pool_changed", "*service*", $"pool/{pool}"),
            ("flavor_deleted", "the-project", "flavor/fast"), ("pool_changed", "*service*", $"pool/{pool}"), ("pool_deleted", "*service*", $"pool/{pool}"),
        });
    });

    [Theory, InlineData("--Zaqar:AdminMode=true"), InlineData("--Zaqar:Pooling=true")]
    public async Task without_both_settings_there_are_no_such_routes(string setting)
    {
        var service = new PlainService(setting);
        await service.InitializeAsync();
        try
        {
            using var client = service.Client();
            client.DefaultRequestHeaders.Add("X-Roles", "admin");
            foreach (var path in new[] { "/v2/pools", "/v2/pools/p", "/v2/flavors", "/v2/flavors/f" })
                (await client.Get(path)).ShouldBe(404, "404 Not Found");
            (await client.Get("/v2/")).Json.GetProperty("resources").TryGetProperty("rel/pools", out _).Should().Be(setting.Contains("AdminMode", StringComparison.Ordinal));
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    private static async Task<string[]> Rows(ZaqarService service)
    {
        await using var command = service.Database.CreateCommand(
            "select coalesce(array_agg(row order by row), '{}') from (select p::text as row from pool p union all select f::text from flavor f) rows");
        return (string[])(await command.ExecuteScalarAsync())!;
    }

    private static async Task InAServiceOfItsOwn(Func<PoolAdminService, Task> run)
    {
        var service = new PoolAdminService();
        await service.InitializeAsync();
        try
        {
            await run(service);
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    private sealed class PlainService(string setting) : ZaqarService
    {
        protected override IReadOnlyList<string> Settings => [setting];
    }
}
