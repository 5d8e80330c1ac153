using System.Collections.Concurrent;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;
using Zaqar.Infrastructure.History;
using Zaqar.Integration.History;
using Zaqar.Integration.Http;
using Zaqar.Integration.Notifications;
using Zaqar.Integration.WebSockets;

namespace Zaqar.Integration.Encryption;

/// <summary>Keys that come and go. Each has a service to itself, whose nodes are started with other keys.</summary>
public sealed class KeysTests
{
    private const string Encrypted = """{"_enable_encrypt_messages": true}""";
    private const string Path = "/v2/queues/q";

    private readonly string _first = EncryptingService.Key("k1"), _second = EncryptingService.Key("k2");

    // With these a message of a minute is over for certain after seven.
    private static readonly string[] _shortClaims = ["--Zaqar:Transport:MaxClaimTtl=300", "--Zaqar:Transport:MaxClaimGrace=60"];

    [Fact]
    public async Task without_a_key_no_queue_begins_to_encrypt() => await EncryptingService.InItsOwn([], async service =>
    {
        using var client = service.Client();
        await using var socket = await service.Connect();

        var refused = await client.Put(Path, Encrypted);
        refused.ShouldBe(400, "Invalid API request");
        refused.Json.GetProperty("description").GetString().Should().Contain("_enable_encrypt_messages").And.Contain("no key");
        (await client.Get("/v2/queues")).Json.GetProperty("queues").GetArrayLength().Should().Be(0);
        (await client.Put(Path, """{"_enable_encrypt_messages": false}""")).ShouldBeEmpty(201);
        (await SwitchOn(client)).ShouldBe(400, "Invalid request body");
        (await socket.Ask("queue_create", new { queue_name = "q", metadata = new { _enable_encrypt_messages = true } })).ShouldRefuse(400);
    });

    [Fact]
    public async Task a_queue_whose_key_is_away_takes_nothing_and_gives_nothing_away() => await EncryptingService.InItsOwn([_first], async service =>
    {
        using var before = service.Client("p");
        await before.Put(Path, Encrypted);
        var id = (await before.PostBodies("q", "1"))[0];
        await Restart(service);
        using var client = service.Client("p");

        foreach (var answer in new[]
        {
            await client.Ask("POST", $"{Path}/messages", """{"messages": [{"body": 1}]}"""), await client.Get($"{Path}/messages/{id}"),
            await client.Get($"{Path}/messages?ids={id}"), await client.Get($"{Path}/messages"), await client.Ask("POST", $"{Path}/claims"),
            await client.Delete($"{Path}/messages?pop=1"),
        })
        {
            answer.ShouldBe(503, "Service temporarily unavailable");
            answer.Header("Retry-After").Should().NotBeNull();
        }

        (await client.Get($"{Path}/stats")).Json.GetProperty("messages").GetProperty("free").GetInt32().Should().Be(1, "nothing was taken");
        (await client.Patch(Path, """[{"op": "add", "path": "/metadata/colour", "value": 1}]""", HttpCalls.PatchType)).Status.Should().Be(200);
        await client.PostBodies("plain", "1");
        await Restart(service, _first);
        using var after = service.Client("p");
        (await after.Get($"{Path}/messages")).Bodies().Should().Equal("1");
    });

    [Fact]
    public async Task what_cannot_be_read_holds_up_what_stands_behind_it_until_it_is_deleted() => await EncryptingService.InItsOwn([_first], async service =>
    {
        using var before = service.Client("p");
        await before.PostBodies("q", "1", "2");
        await SwitchOn(before);
        var id = (await before.PostBodies("q", "\"lost\""))[0];
        await Restart(service, _second);
        using var client = service.Client("p");
        await client.PostBodies("q", "4");

        var page = await client.Get($"{Path}/messages?echo=true");
        page.Bodies().Should().Equal("1", "2");
        var refused = await client.Get($"{Path}/messages?echo=true&marker={page.Ids()[^1]}");
        refused.ShouldBe(503, "Service temporarily unavailable");
        refused.Json.GetProperty("description").GetString().Should().Contain(id, "its owner can delete it by that").And.NotContain("lost");
        (await client.Get($"{Path}/messages?echo=true&marker={id}")).Bodies().Should().Equal("4");
        (await service.CountUnder("k1")).Should().Be(1);

        var claimed = await client.Ask("POST", $"{Path}/claims");
        claimed.Bodies().Should().Equal("1", "2");
        (await client.Ask("POST", $"{Path}/claims")).ShouldBe(503, "Service temporarily unavailable");
        await client.Delete(claimed.Location!);
        (await client.Delete($"{Path}/messages?pop=10")).Bodies().Should().Equal("1", "2");
        (await client.Delete($"{Path}/messages?pop=10")).ShouldBe(503, "Service temporarily unavailable");

        (await client.Delete($"{Path}/messages/{id}")).ShouldBeEmpty(204);
        (await client.Delete($"{Path}/messages?pop=10")).Bodies().Should().Equal("4");
    });

    [Fact]
    public async Task a_claim_is_shown_whole_or_not_at_all() => await EncryptingService.InItsOwn([_first], async service =>
    {
        using var before = service.Client("p");
        await before.Put(Path, Encrypted);
        await before.PostBodies("q", "1");
        var claim = (await before.Ask("POST", $"{Path}/claims")).Location!;
        await Restart(service, _second);
        using var client = service.Client("p");

        (await client.Get(claim)).ShouldBe(503, "Service temporarily unavailable");
        (await client.Delete(claim)).ShouldBeEmpty(204);
        (await client.Ask("POST", $"{Path}/purge", """{"resource_types": ["messages"]}""")).ShouldBeEmpty(204);
        (await client.Ask("POST", $"{Path}/claims")).ShouldBeEmpty(204);
    });

    [Fact]
    public async Task a_notification_waits_for_its_key_and_is_not_given_up() => await EncryptingService.InItsOwn(
        [_first, "--Zaqar:Notification:Enabled=false"], async service =>
    {
        var path = NotifyingService.NewPath();
        using var before = service.Client("p");
        await before.Put(Path, """{"_enable_encrypt_messages": true, "_retry_policy": {"retries_with_no_delay": 1, "minimum_delay_retries": 0, "maximum_delay_retries": 0}}""");
        var subscription = await before.SubscribeTo("q", service.Sink.At(path));
        await before.PostBodies("q", "\"kept\"");
        await Restart(service, _second);
        using var client = service.Client("p");

        var waiting = await client.Delivery("q", subscription, entry => entry.LastReason is not null, "it was looked at");
        (waiting.Status, waiting.Attempts).Should().Be(("waiting", 0));
        waiting.LastReason.Should().Contain("cannot be decrypted");
        service.Advance(TimeSpan.FromMinutes(10));
        await client.Delivery("q", subscription, entry => entry.LastAttemptAt > waiting.LastAttemptAt && entry.Status == "waiting", "it was looked at again");

        await Restart(service, _first, _second, EncryptingService.Active("k2"));
        using var after = service.Client("p");
        service.Advance(TimeSpan.FromMinutes(20));
        await after.Delivery("q", subscription, entry => entry.Status == "delivered", "it was delivered");
        service.Sink.RequestsTo(path).Should().ContainSingle().Which.Text.Should().Contain("\"body\": \"kept\"");
    });

    [Fact]
    public async Task a_notification_whose_key_is_lost_ends_with_its_message() => await EncryptingService.InItsOwn(
        [_first, "--Zaqar:Notification:Enabled=false"], async service =>
    {
        using var before = service.Client("p");
        await before.Put(Path, Encrypted);
        var subscription = await before.SubscribeTo("q", service.Sink.At(NotifyingService.NewPath()));
        await Post(before, "1");
        await Restart(service, [_second, .. _shortClaims]);
        using var client = service.Client("p");
        await client.Delivery("q", subscription, entry => entry is { Status: "waiting", LastReason: not null }, "it was looked at");

        service.Advance(TimeSpan.FromMinutes(8));

        var ended = await client.Delivery("q", subscription, entry => entry.Status != "waiting", "it ended");
        (ended.Status, ended.Attempts, ended.LastReason).Should().Be(("failed", 0, "The message could not be decrypted while it lived."));
    });

    [Fact]
    public async Task who_follows_a_queue_goes_on_when_what_cannot_be_read_is_over_and_holds_up_nobody() => await EncryptingService.InItsOwn(
        [_first], async service =>
    {
        service.Keys = [_second, .. _shortClaims];
        var node = await service.StartNode();
        await using var early = await service.Connect("p", at: service.LastWebSocketAddress);
        await using var late = await service.Connect("p", at: service.LastWebSocketAddress);
        using (var first = service.Client("p"))
        {
            await first.Put(Path, Encrypted);
            await early.Subscribe("q");
            await Post(first, "0");
            await late.Subscribe("q");
        }

        using var client = service.Client("p", node: node);
        await client.PostBodies("q", "1", "2");
        (await late.ToldNumbers(2)).Should().Equal(1, 2);
        early.Kept.Should().Be(0);

        service.Advance(TimeSpan.FromMinutes(8));

        (await early.ToldNumbers(2)).Should().Equal(1, 2);
    });

    [Fact]
    public async Task a_claim_whose_dead_letter_queue_has_no_key_is_refused() => await EncryptingService.InItsOwn([_first], async service =>
    {
        using var before = service.Client("p");
        await before.Put("/v2/queues/dead", Encrypted);
        await before.Put(Path, """{"_max_claim_count": -1, "_dead_letter_queue": "dead"}""");
        await before.PostBodies("q", "1");
        await Restart(service);
        using var client = service.Client("p");

        (await client.Ask("POST", $"{Path}/claims")).ShouldBe(503, "Service temporarily unavailable");

        await Restart(service, _first);
        using var after = service.Client("p");
        (await after.Ask("POST", $"{Path}/claims")).ShouldBeEmpty(204);
        (await after.Get("/v2/queues/dead/messages")).Bodies().Should().Equal("1");
        (await service.StoredUnder("dead")).Should().Equal("k1");
    });

    [Fact]
    public async Task a_rebuild_needs_no_key_and_leaves_messages_as_they_are() => await EncryptingService.InItsOwn([_first], async service =>
    {
        using var before = service.Client("p");
        await before.Put(Path, $$"""{"_enable_encrypt_messages": true, "_max_claim_count": 1, "_dead_letter_queue": "dead"}""");
        await before.PostBodies("q", "1");
        await before.Delete((await before.Ask("POST", $"{Path}/claims")).Location!);
        await before.Ask("POST", $"{Path}/claims");
        await before.PostBodies("q", "2", "3");
        await service.StopNodes();
        service.Keys = [];

        var (was, made) = await service.Offline(async node =>
        {
            var database = node.GetRequiredService<NpgsqlDataSource>();
            var was = await ReadModels.Snapshot(database);
            await node.GetRequiredService<ReadModelRebuild>().Run(default);
            return (was, await ReadModels.Snapshot(database));
        });

        made.Should().BeEquivalentTo(was);
        service.Keys = [_first];
        await service.StartNode();
        using var after = service.Client("p");
        (await after.Get($"{Path}/messages")).Bodies().Should().Equal("2", "3");
        (await after.Get("/v2/queues/dead/messages")).Bodies().Should().Equal("1");
    });

    // Each step of docs/encryption.md, with a restart of one node after the other, while others post, list and claim.
    [Fact]
    public async Task keys_are_changed_on_two_nodes_while_clients_go_on() => await EncryptingService.InItsOwn([_first], async service =>
    {
        var nodes = new[] { service.Address, await service.StartNode() };
        using (var first = service.Client("p"))
            await first.Put(Path, Encrypted);
        var (posted, taken, rounds, isOver) = (new ConcurrentBag<string>(), new ConcurrentBag<string>(), new int[4], false);
        var working = Task.WhenAll(Post(0), Post(1), Take(2), Take(3));

        await Change(_first, _second, EncryptingService.Active("k1"));
        await Change(_first, _second, EncryptingService.Active("k2"));
        await Some();
        Volatile.Write(ref isOver, true);
        await working;

        taken.Should().BeEquivalentTo(posted, "nothing was lost, doubled or unreadable");
        (await EventKeys(service)).Should().Equal("k1", "k2");

        (await service.CountUnder("k1")).Should().Be(0, "the old key may go");
        await Change(_second);
        using var client = service.Client("p", node: nodes[1]);
        await client.PostBodies("q", "\"after\"");
        (await client.Get($"{Path}/messages?echo=true")).Bodies().Should().Equal("\"after\"");
        (await service.StoredUnder("q")).Should().Equal("k2");

        async Task Change(params string[] keys)
        {
            service.Keys = keys;
            for (var i = 0; i < nodes.Length; i++)
            {
                await Some();
                var old = nodes[i];
                nodes[i] = await service.StartNode();
                await Some();
                await service.StopNode(old);
            }
        }

        // Every client has begun anew since, so none is at a node that was in the list before.
        async Task Some()
        {
            var seen = rounds.ToArray();
            if (!isOver)
                await Eventually.Is(() => working.IsFaulted || rounds.Zip(seen).All(round => round.First >= round.Second + 5), "clients go on");
        }

        async Task Post(int poster)
        {
            for (var i = 0; !Volatile.Read(ref isOver); i++)
            {
                using var client = service.Client("p", node: nodes[i % 2]);
                var body = $"\"{poster}/{i}\"";
                await client.PostBodies("q", body);
                posted.Add(body);
                Interlocked.Increment(ref rounds[poster]);
            }
        }

        async Task Take(int taker)
        {
            for (var i = taker; ; i++)
            {
                var wasOver = Volatile.Read(ref isOver);
                using var client = service.Client("p", node: nodes[i % 2]);
                (await client.Get($"{Path}/messages?limit=5")).Status.Should().Be(200);
                var popped = await client.Delete($"{Path}/messages?pop=5");
                popped.Status.Should().Be(200, popped.Text);
                foreach (var body in popped.Bodies())
                    taken.Add(body);
                Interlocked.Increment(ref rounds[taker]);
                if (wasOver && popped.Bodies().Length == 0 && posted.Count == taken.Count)
                    return;
            }
        }
    });

    private static async Task Post(HttpClient client, string body) =>
        (await client.Ask("POST", $"{Path}/messages", $$"""{"messages": [{"body": {{body}}, "ttl": 60}]}""")).Status.Should().Be(201);

    private static async Task<IReadOnlyList<string>> EventKeys(EncryptingService service)
    {
        await using var command = service.Database.CreateCommand(
            """
            select distinct k.id from mt_events e, (values ('k1'), ('k2')) as k(id)
            where e.type = 'message_posted' and position('\x0102'::bytea || convert_to(k.id, 'UTF8') in e.bdata) > 0 order by 1
            """);
        await using var row = await command.ExecuteReaderAsync();
        var keys = new List<string>();
        while (await row.ReadAsync())
            keys.Add(row.GetString(0));
        return keys;
    }

    private static Task<Answer> SwitchOn(HttpClient client) =>
        client.Patch(Path, """[{"op": "add", "path": "/metadata/_enable_encrypt_messages", "value": true}]""", HttpCalls.PatchType);

    private static async Task Restart(EncryptingService service, params string[] keys)
    {
        await service.StopNodes();
        service.Keys = keys;
        await service.StartNode();
    }
}
