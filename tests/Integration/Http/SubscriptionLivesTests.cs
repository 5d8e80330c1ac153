using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Zaqar.Infrastructure.Subscriptions;
using static Zaqar.Integration.Http.Subscribing;

namespace Zaqar.Integration.Http;

/// <summary>What becomes of subscriptions over time, beside other nodes and with their queues.</summary>
public sealed class SubscriptionLivesTests : IClassFixture<ZaqarService>, IDisposable
{
    private readonly ZaqarService _service;
    private readonly string _project = $"project-{Guid.NewGuid():N}";
    private readonly HttpClient _client;

    public SubscriptionLivesTests(ZaqarService service) => (_service, _client) = (service, service.Client(_project));

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task it_is_over_for_everyone_at_the_end_of_its_ttl()
    {
        var (brief, lasting) = (await _client.Subscribe("q", $"{Hook}/1", ttl: 60), await _client.Subscribe("q", $"{Hook}/2", ttl: 86400));
        await _client.Confirm("q", brief);
        _service.Advance(TimeSpan.FromSeconds(61));

        (await _client.Get($"/v2/queues/q/subscriptions/{brief}")).ShouldBe(404, "Not found");
        (await _client.Patch($"/v2/queues/q/subscriptions/{brief}", """{"ttl": 300}""")).ShouldBe(404, "Not found");
        (await _client.Put($"/v2/queues/q/subscriptions/{brief}/confirm", """{"confirmed": true}""")).ShouldBe(404, "Not found");
        (await _client.Subscriptions("q")).Should().Equal(lasting);
        (await _client.Delete($"/v2/queues/q/subscriptions/{brief}")).ShouldBeEmpty(204);

        var anew = await _client.Subscribe("q", $"{Hook}/1");
        anew.Should().NotBe(brief);
        (await Count(
            $"""
            select count(*) from mt_events o join mt_events n on o.seq_id < n.seq_id
            where o.stream_id = 'subscription/{brief}' and o.type = 'subscription_expired' and n.stream_id = 'subscription/{anew}'
            """)).Should().Be(1, "a replay must never meet two with one subscriber");
        (await _client.Patch($"/v2/queues/q/subscriptions/{lasting}", $$"""{"subscriber": "{{Hook}}/1"}""")).ShouldBe(409, "Resource conflict");
        (await Count($"select count(*) from mt_events where stream_id = 'subscription/{brief}' and type = 'subscription_expired'")).Should().Be(1);
    }

    [Fact]
    public async Task a_new_ttl_begins_now_and_the_age_at_creation()
    {
        var id = await _client.Subscribe("q", ttl: 100);
        _service.Advance(TimeSpan.FromSeconds(90));
        (await _client.Patch($"/v2/queues/q/subscriptions/{id}", """{"ttl": 100}""")).ShouldBeEmpty(204);
        _service.Advance(TimeSpan.FromSeconds(90));

        var shown = (await _client.Get($"/v2/queues/q/subscriptions/{id}")).Json;

        shown.GetProperty("age").GetInt32().Should().BeInRange(180, 195);
        _service.Advance(TimeSpan.FromSeconds(11));
        (await _client.Get($"/v2/queues/q/subscriptions/{id}")).ShouldBe(404, "Not found");
    }

    [Fact]
    public async Task the_end_of_those_that_nobody_touches_is_recorded()
    {
        for (var i = 0; i < 3; i++)
            await _client.Subscribe("q", $"{Hook}/{i}", ttl: 60);
        await _client.Subscribe("other", ttl: 60);
        _service.Advance(TimeSpan.FromSeconds(61));

        await Eventually.Holds(() => Count($"select count(*) from subscription where project = '{_project}'"), rows => rows == 0, "their rows are gone");
        (await Count($"select count(*) from mt_events where tenant_id = '{_project}' and type = 'subscription_expired'")).Should().Be(4);
    }

    [Fact]
    public async Task sweeping_again_finds_nothing_more()
    {
        await _client.Subscribe("q", ttl: 60);
        _service.Advance(TimeSpan.FromSeconds(61));
        var sweeper = _service.Services.GetRequiredService<SubscriptionSweeper>();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => sweeper.Sweep(default)));

        (await Count($"select count(*) from mt_events where tenant_id = '{_project}' and type = 'subscription_expired'")).Should().Be(1);
    }

    [Fact]
    public async Task twenty_simultaneous_subscribers_with_one_address_on_two_nodes_are_one_subscription()
    {
        var nodes = new[] { _service.Address, await _service.StartNode() };
        var clients = nodes.Select(node => _service.Client(_project, node: node)).ToArray();

        var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => clients[i % 2].Subscribe("q")));

        ids.Distinct().Should().ContainSingle();
        (await clients[1].Subscriptions("q")).Should().Equal(ids[0]);
        (await Count($"select count(*) from mt_events where tenant_id = '{_project}' and type = 'subscription_created'")).Should().Be(1);
        (await Count($"select count(*) from mt_events where tenant_id = '{_project}' and type = 'confirmation_requested'")).Should().Be(19);
        (await Count($"select version from mt_streams where id = 'subscription/{ids[0]}'")).Should().Be(20);
        Array.ForEach(clients, client => client.Dispose());
    }

    [Fact]
    public async Task simultaneous_changes_to_one_subscriber_have_one_winner()
    {
        var ids = new List<string>();
        for (var i = 0; i < 8; i++)
            ids.Add(await _client.Subscribe("q", $"{Hook}/{i}"));

        var answers = await Task.WhenAll(ids.Select(id => _client.Patch($"/v2/queues/q/subscriptions/{id}", """{"subscriber": "http://example.com/prize"}""")));

        answers.Count(answer => answer.Status == 204).Should().Be(1);
        answers.Count(answer => answer.Status == 409).Should().Be(7);
    }

    [Fact]
    public async Task simultaneous_subscribers_are_listed_in_the_order_of_their_creation()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => _client.Subscribe("q", $"{Hook}/{i}")));

        await using var command = _service.Database.CreateCommand(
            $"select data ->> 'id' from mt_events where tenant_id = '{_project}' and type = 'subscription_created' order by seq_id");
        await using var reader = await command.ExecuteReaderAsync();
        var created = new List<string>();
        while (await reader.ReadAsync())
            created.Add(reader.GetString(0));
        (await _client.Subscriptions("q")).Should().Equal(created);
    }

    [Fact]
    public async Task what_one_node_does_the_other_sees_at_once()
    {
        using var there = _service.Client(_project, node: await _service.StartNode());
        var id = await _client.Subscribe("q");

        await there.Confirm("q", id);
        (await _client.Post("/v2/queues/q/subscriptions", $$"""{"subscriber": "{{Hook}}"}""")).ShouldBe(409, "Resource conflict");
        (await _client.Patch($"/v2/queues/q/subscriptions/{id}", """{"ttl": 90}""")).ShouldBeEmpty(204);
        (await there.Get($"/v2/queues/q/subscriptions/{id}")).Json.GetProperty("ttl").GetInt32().Should().Be(90);
        (await there.Delete($"/v2/queues/q/subscriptions/{id}")).ShouldBeEmpty(204);
        (await _client.Get($"/v2/queues/q/subscriptions/{id}")).ShouldBe(404, "Not found");
    }

    [Fact]
    public async Task it_outlives_its_queue_and_a_subscriber_may_come_again()
    {
        var id = await _client.Subscribe("q");
        (await _client.Delete("/v2/queues/q")).ShouldBeEmpty(204);

        (await _client.Get($"/v2/queues/q/subscriptions/{id}")).Status.Should().Be(200);
        (await _client.Head("/v2/queues/q")).Status.Should().Be(404);
        (await _client.Subscribe("q")).Should().Be(id);
        (await _client.Head("/v2/queues/q")).Status.Should().Be(204);
    }

    [Theory, InlineData(null), InlineData("""{"resource_types": ["subscriptions"]}""")]
    public async Task a_purge_ends_all_of_them_and_no_others(string? body)
    {
        for (var i = 0; i < 25; i++)
            await _client.Subscribe("q", $"{Hook}/{i}");
        var other = await _client.Subscribe("other");
        using var stranger = _service.Client();
        await stranger.Subscribe("q");

        (await _client.Post("/v2/queues/q/purge", body)).ShouldBeEmpty(204);

        (await _client.Subscriptions("q")).Should().BeEmpty();
        (await _client.Subscriptions("other")).Should().Equal(other);
        (await stranger.Subscriptions("q")).Should().ContainSingle();
        (await Count($"select count(*) from mt_events where tenant_id = '{_project}' and type = 'subscription_deleted' and data ->> 'reason' = 'purged'"))
            .Should().Be(25);
    }

    [Fact]
    public async Task a_purge_goes_on_over_many_pages_and_without_a_queue()
    {
        for (var i = 0; i < 205; i++)
            await _client.Subscribe("q", $"{Hook}/{i}");
        await _client.Delete("/v2/queues/q");

        (await _client.Post("/v2/queues/q/purge")).ShouldBeEmpty(204);

        (await Count($"select count(*) from subscription where project = '{_project}'")).Should().Be(0);
        (await _client.Head("/v2/queues/q")).Status.Should().Be(404);
    }

    [Fact]
    public async Task a_purge_of_messages_leaves_them()
    {
        var id = await _client.Subscribe("q");

        (await _client.Post("/v2/queues/q/purge", """{"resource_types": ["messages"]}""")).ShouldBeEmpty(204);

        (await _client.Subscriptions("q")).Should().Equal(id);
    }

    [Fact]
    public async Task its_stream_and_that_of_its_queue_are_relayed_and_no_others()
    {
        await _client.PostBodies("q", "1");
        await _client.PostBodies("other", "1");
        (await Relayed()).Should().BeEmpty();

        var id = await _client.Subscribe("q");

        (await Relayed()).Should().BeEquivalentTo("queue/q/1/1", $"subscription/{id}");
    }

    [Fact]
    public async Task subscribing_again_has_the_queue_relayed_that_was_made_anew()
    {
        var id = await _client.Subscribe("q");
        await _client.Delete("/v2/queues/q");
        await _client.PostBodies("q", "1");

        await _client.Subscribe("q");

        (await Relayed()).Should().BeEquivalentTo("queue/q/1/1", "queue/q/2/1", $"subscription/{id}");
    }

    [Fact]
    public async Task a_queue_that_is_posted_to_all_the_while_can_be_subscribed_to()
    {
        using var enough = new CancellationTokenSource();
        var posting = Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            while (!enough.IsCancellationRequested)
                await _client.PostBodies("q", "1", "2", "3");
        }));

        for (var i = 0; i < 10; i++)
            await _client.Subscribe("q", $"{Hook}/{i}");
        await enough.CancelAsync();
        await posting;

        (await Relayed()).Should().Contain("queue/q/1/1").And.HaveCount(11);
    }

    private async Task<List<string>> Relayed()
    {
        await using var command = _service.Database.CreateCommand($"select id from mt_streams where tenant_id = '{_project}' and type = $1");
        command.Parameters.Add(new() { Value = Zaqar.Application.Relayed.Name });
        await using var reader = await command.ExecuteReaderAsync();
        var streams = new List<string>();
        while (await reader.ReadAsync())
            streams.Add(reader.GetString(0));
        return streams;
    }

    private async Task<long> Count(string sql)
    {
        await using var command = _service.Database.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), null);
    }
}
