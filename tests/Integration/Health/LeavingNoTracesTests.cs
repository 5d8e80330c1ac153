using System.Text.Json;
using FluentAssertions;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;
using Zaqar.Application.Claims;
using Zaqar.Application.Health;
using Zaqar.Application.Messages;
using Zaqar.Application.Queues;
using Zaqar.Domain;
using Zaqar.Domain.Messages;
using Zaqar.Domain.Queues;
using Zaqar.Infrastructure.History;
using Zaqar.Integration.History;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Health;

/// <summary>Checks of health make queues, messages and claims, of which nothing stays.</summary>
public sealed class LeavingNoTracesTests : IAsyncLifetime
{
    // Of its own, for every row of it is looked at.
    private readonly HealthTests.AdminService _service = new();
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        await _service.InitializeAsync();
        _client = _service.Client();

        // Somebody's own queue, and a project that is called almost as if it were a check's.
        await _client.Post("own", "a", "b");
        using var alike = _service.Client("health-00000000000000000000000000000000");
        await alike.Post("health-00000000000000000000000000000000", "c");
        await _service.RelayHasPassed();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task a_check_leaves_no_row_and_no_event_in_any_table()
    {
        var before = await Traces.Rows(_service.Database);

        await Check();

        (await Traces.Rows(_service.Database)).Should().Equal(before);
        (await Traces.Of(_service.Database, "health-")).Should().OnlyContain(row => row.Contains("health-0000", StringComparison.Ordinal));
    }

    [Fact]
    public async Task checks_at_once_all_succeed_count_none_of_each_others_messages_and_leave_nothing()
    {
        var before = await Traces.Rows(_service.Database);

        var checks = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Check()));

        checks.Select(check => check.GetProperty("message_volume").GetProperty("total").GetInt64()).Should().AllBeEquivalentTo(3);
        (await Traces.Rows(_service.Database)).Should().Equal(before);
    }

    [Fact]
    public async Task the_relay_goes_on_over_what_is_gone()
    {
        for (var check = 0; check < 3; check++)
        {
            await Check();
            await _client.Post("own", "after a check");
        }

        await _service.RelayHasPassed();
    }

    [Fact]
    public async Task a_rebuild_over_what_is_gone_makes_the_same_tables()
    {
        for (var check = 0; check < 3; check++)
        {
            await Check();
            await _client.Post("own", "after a check");
        }

        var before = await ReadModels.Snapshot(_service.Database);
        await _service.StopNodes();

        var after = await _service.Offline(async services =>
        {
            await services.GetRequiredService<ReadModelRebuild>().Run(CancellationToken.None);
            return await ReadModels.Snapshot(services.GetRequiredService<NpgsqlDataSource>());
        });

        after.Should().BeEquivalentTo(before);
    }

    [Fact]
    public async Task where_nobody_is_notified_a_check_leaves_nothing_either()
    {
        await using var quiet = new QuietService();
        await quiet.InitializeAsync();
        using var client = quiet.Client();
        await client.Post("own", "a");
        var before = await Traces.Rows(quiet.Database);

        (await client.Get("/v2/health", ("X-Roles", "admin"))).Status.Should().Be(200);

        (await Traces.Rows(quiet.Database)).Should().Equal(before);
    }

    [Fact]
    public async Task what_a_check_left_that_was_cut_off_is_not_counted_and_goes_after_a_minute_with_nothing_else()
    {
        await _service.RelayHasPassed();
        var before = await Traces.Rows(_service.Database);
        var queue = HealthQueue.New();
        await _service.Services.GetRequiredService<IHealthTraces>().Open(queue, CancellationToken.None);
        await Begin(queue.Id);
        var left = await Traces.Of(_service.Database, queue.Id.Name);

        left.Should().NotBeEmpty();
        (await Check()).GetProperty("message_volume").GetProperty("total").GetInt64().Should().Be(3);

        _service.Advance(TimeSpan.FromSeconds(50));
        await Check();
        (await Traces.Of(_service.Database, queue.Id.Name)).Should().HaveCountGreaterThanOrEqualTo(left.Count, "it may still be going on");

        _service.Advance(TimeSpan.FromSeconds(15));
        await Eventually.Holds(() => Traces.Rows(_service.Database), rows => rows.SequenceEqual(before), "nothing is left but what was there before");
    }

    [Fact]
    public async Task what_cannot_be_cleared_away_holds_up_nothing_else()
    {
        await _service.RelayHasPassed();
        var before = await Traces.Rows(_service.Database);
        var traces = _service.Services.GetRequiredService<IHealthTraces>();
        var (troubled, other) = (HealthQueue.New(), HealthQueue.New());
        await traces.Open(troubled, CancellationToken.None);
        await traces.Open(other, CancellationToken.None);
        await Run(
            $"""
            create function refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$;
            create trigger refuse before delete on health_check for each row when (old.id = '{troubled.Check}') execute function refuse()
            """);

        _service.Advance(TimeSpan.FromMinutes(2));

        await Eventually.Holds(() => Traces.Of(_service.Database, $"{other.Check}"), rows => rows.Count == 0, "the other is cleared away");
        (await Traces.Of(_service.Database, $"{troubled.Check}")).Should().ContainSingle();
        await Run("drop trigger refuse on health_check; drop function refuse()");
        await Eventually.Holds(() => Traces.Rows(_service.Database), rows => rows.SequenceEqual(before), "so is this one when it can be");

        async Task Run(string sql)
        {
            await using var command = _service.Database.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }
    }

    private async Task Begin(QueueId queue)
    {
        var mediator = _service.Services.GetRequiredService<IMediator>();
        var drafts = Enumerable.Range(0, 20).Select(number => new MessageDraft("{}"u8.ToArray(), 600, null, number)).ToArray();
        await mediator.Send(new CreateQueue(queue, Actor.System, QueueMetadata.Empty));
        await mediator.Send(new PostMessages(queue, Actor.System, drafts, 40));
        var claim = await mediator.Send(new ClaimMessages(queue, Actor.System, 10, 60, 300, TimeSpan.Zero));
        await mediator.Send(new ReleaseClaim(queue, Actor.System, claim!.Id));
        await mediator.Send(new ClaimMessages(queue, Actor.System, 5, 60, 300, TimeSpan.Zero));
    }

    private async Task<JsonElement> Check()
    {
        var answer = await _client.Get("/v2/health", ("X-Roles", "admin"));
        answer.Status.Should().Be(200, answer.Text);
        answer.Json.GetProperty("operation_status").EnumerateObject()
            .Should().OnlyContain(operation => operation.Value.GetProperty("succeeded").GetBoolean());
        return answer.Json;
    }

    private sealed class QuietService : ZaqarService, IAsyncDisposable
    {
        protected override IReadOnlyList<string> Settings => ["--Zaqar:AdminMode=true", "--Zaqar:Notification:Enabled=false"];

        async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
    }
}
