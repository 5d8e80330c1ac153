using FluentAssertions;
using Xunit;
using Zaqar.Integration.Delivery.Sinks;
using Zaqar.Integration.Http;
using Zaqar.Integration.Notifications;
using Zaqar.Integration.WebSockets;

namespace Zaqar.Integration.Encryption;

/// <summary>Queues that encrypt their messages look to clients like any other. Source: API contract, sections 4.1, 5.8, 5.9.</summary>
public sealed class EncryptedQueuesTests(EncryptingService service) : IClassFixture<EncryptingService>, IDisposable
{
    private const string Encrypted = """{"_enable_encrypt_messages": true}""";
    private const string Checksum = "MD5:c4ca4238a0b923820dcc509a6f75849b";

    private readonly HttpClient _client = service.Client();
    private readonly string _queue = Messaging.NewQueue();

    private string Path => $"/v2/queues/{_queue}";

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task a_queue_says_that_it_encrypts()
    {
        (await _client.Put(Path, Encrypted)).ShouldBeEmpty(201);

        (await _client.Get(Path)).Json.GetProperty("_enable_encrypt_messages").GetBoolean().Should().BeTrue();
    }

    [Theory]
    [InlineData("1"), InlineData("null"), InlineData("\"\""), InlineData("{}"), InlineData("""{"e": "é☃𝄞", "z": [1.50, {"a": []}], "\u0000": -1e3}""")]
    public async Task every_way_to_read_gives_what_was_posted(string body)
    {
        await _client.Put(Path, Encrypted);
        var ids = await _client.PostBodies(_queue, body, "2", body);

        (await _client.Get($"{Path}/messages?echo=true")).Bodies().Should().Equal(body, "2", body);
        (await _client.Get($"{Path}/messages?echo=true&include_claimed=true")).Bodies().Should().Equal(body, "2", body);
        (await _client.Get($"{Path}/messages?ids={ids[2]},{ids[0]}")).Bodies().Should().Equal(body, body);
        (await _client.Get($"{Path}/messages/{ids[0]}")).Json.GetProperty("body").GetRawText().Should().Be(body);
        var claimed = await _client.Ask("POST", $"{Path}/claims?limit=1");
        claimed.Bodies().Should().Equal(body);
        (await _client.Get(claimed.Location!)).Bodies().Should().Equal(body);
        (await _client.Get($"{Path}/messages?echo=true&include_claimed=true")).Bodies().Should().Equal(body, "2", body);
        (await _client.Delete($"{Path}/messages?pop=2")).Bodies().Should().Equal("2", body);
        (await service.StoredUnder(_queue)).Should().Equal("k1");
    }

    [Fact]
    public async Task a_listing_goes_on_where_it_was_and_waits_for_what_comes()
    {
        await _client.Put(Path, Encrypted);
        await _client.PostBodies(_queue, [.. Enumerable.Range(0, 45).Select(i => $"{i}")]);

        (await _client.ListAll(_queue)).Select(message => message.Body).Should().Equal(Enumerable.Range(0, 45).Select(i => $"{i}"));

        await _client.Delete($"{Path}/messages?pop=20");
        var empty = $"{Path}-2";
        await _client.Put(empty, Encrypted);
        var waiting = _client.Ask("POST", $"{empty}/claims?wait=20");
        await _client.PostBodies($"{_queue}-2", "\"late\"");
        (await waiting).Bodies().Should().Equal("\"late\"");
    }

    [Fact]
    public async Task every_action_of_a_socket_gives_what_was_posted()
    {
        await using var socket = await service.Connect();
        using var rest = service.Client(socket.Project);
        (await socket.Ask("queue_create", new { queue_name = _queue, metadata = new { _enable_encrypt_messages = true } })).ShouldBe(201);
        await socket.Subscribe(_queue);

        var id = (await socket.Post(_queue, "one"))[0];
        await rest.PostBodies(_queue, "\"two\"");

        (await socket.Told(2)).Select(told => told.Json.GetProperty("body").GetString()).Should().Equal("one", "two");
        Bodies(await socket.Ask("message_list", new { queue_name = _queue, echo = true })).Should().Equal("one", "two");
        (await socket.Ask("message_get", new { queue_name = _queue, message_id = id })).ShouldBe(200).Body.GetProperty("messages").GetProperty("body").GetString()
            .Should().Be("one");
        Bodies(await socket.Ask("message_get_many", new { queue_name = _queue, message_ids = new[] { id } })).Should().Equal("one");
        var claim = (await socket.Ask("claim_create", new { queue_name = _queue, ttl = 100, grace = 100, limit = 1 })).ShouldBe(201).Body;
        claim.GetProperty("messages")[0].GetProperty("body").GetString().Should().Be("one");
        Bodies(await socket.Ask("claim_get", new { queue_name = _queue, claim_id = claim.GetProperty("claim_id").GetString() })).Should().Equal("one");
        Bodies(await socket.Ask("message_delete_many", new { queue_name = _queue, pop = 1 })).Should().Equal("two");
        (await service.StoredUnder(_queue)).Should().Equal("k1");
    }

    [Fact]
    public async Task subscribers_are_told_what_was_posted()
    {
        var path = NotifyingService.NewPath();
        await _client.Put(Path, Encrypted);
        await _client.SubscribeTo(_queue, service.Sink.At(path));

        await _client.Ask("POST", $"{Path}/messages", """{"messages": [{"body": {"u":"é", "n": 1.50}, "ttl": 60}]}""");

        var told = await Arrived(path, 1);
        told[0].Text.Should().Be($$"""{"ttl": 60, "body": {"u":"\u00e9", "n": 1.50}, "Message_Type": "Notification", "queue_name": "{{_queue}}"}""");
    }

    [Fact]
    public async Task a_checksum_is_of_the_body_and_is_not_stored()
    {
        await _client.Put(Path, Encrypted);
        var id = (await _client.PostBodies(_queue, "1"))[0];

        (await _client.Get($"{Path}/messages/{id}")).Json.GetProperty("checksum").GetString().Should().Be(Checksum);
        (await _client.Get($"{Path}/messages?echo=true")).Json.GetProperty("messages")[0].GetProperty("checksum").GetString().Should().Be(Checksum);
        (await Stored("checksum")).Should().Equal("");
        (await _client.Delete($"{Path}/messages?pop=1")).Json.GetProperty("messages")[0].GetProperty("checksum").GetString().Should().Be(Checksum);
    }

    [Fact]
    public async Task a_queue_may_begin_and_cease_to_encrypt_with_messages_in_it()
    {
        await _client.PostBodies(_queue, "1", "2");
        await Patch("true");
        await _client.PostBodies(_queue, "3", "4");
        await Patch("false");
        await _client.PostBodies(_queue, "5");

        (await service.StoredUnder(_queue)).Should().Equal("", "", "k1", "k1", "");
        (await _client.Get($"{Path}/messages?echo=true")).Bodies().Should().Equal("1", "2", "3", "4", "5");
        (await _client.Ask("POST", $"{Path}/claims?limit=3")).Bodies().Should().Equal("1", "2", "3");
        (await _client.Delete($"{Path}/messages?pop=5")).Bodies().Should().Equal("4", "5");
    }

    [Fact]
    public async Task what_was_encrypted_stays_so_in_a_dead_letter_queue_that_does_not_encrypt_and_on_its_way_back()
    {
        var dead = $"{_queue}-dead";
        await _client.Put(Path, $$"""{"_enable_encrypt_messages": true, "_max_claim_count": 1, "_dead_letter_queue": "{{dead}}"}""");
        await _client.Put($"/v2/queues/{dead}", $$"""{"_max_claim_count": 1, "_dead_letter_queue": "{{_queue}}"}""");
        await _client.PostBodies(dead, "\"plain\"");
        await _client.PostBodies(_queue, "1", "2");

        await Die(_queue);
        (await service.StoredUnder(dead)).Should().Equal("", "k1", "k1");
        var there = await _client.Get($"/v2/queues/{dead}/messages?echo=true");
        there.Bodies().Should().Equal("\"plain\"", "1", "2");
        there.Json.GetProperty("messages")[1].GetProperty("checksum").GetString().Should().Be(Checksum);
        (await _client.Get($"/v2/queues/{dead}/messages/{there.Ids()[1]}")).Json.GetProperty("body").GetRawText().Should().Be("1");

        await Die(dead);
        (await service.StoredUnder(_queue)).Should().Equal("k1", "k1", "k1");
        (await _client.Get($"{Path}/messages?echo=true")).Bodies().Should().Equal(["1", "2", "\"plain\""], "these had been claimed once already");

        async Task Die(string queue)
        {
            await _client.Delete((await _client.Ask("POST", $"/v2/queues/{queue}/claims")).Location!);
            (await _client.Ask("POST", $"/v2/queues/{queue}/claims")).ShouldBeEmpty(204);
        }
    }

    [Fact]
    public async Task what_is_claimed_beside_dead_letters_is_shown_without_them()
    {
        await _client.Put(Path, $$"""{"_enable_encrypt_messages": true, "_max_claim_count": 1, "_dead_letter_queue": "{{_queue}}-dead"}""");
        await _client.PostBodies(_queue, "1");
        await _client.Delete((await _client.Ask("POST", $"{Path}/claims")).Location!);
        await _client.PostBodies(_queue, "2");

        (await _client.Ask("POST", $"{Path}/claims")).Bodies().Should().Equal("2");
        (await service.StoredUnder($"{_queue}-dead")).Should().Equal(["k1"], "also in a queue that is made on the way");
    }

    [Fact]
    public async Task the_size_of_a_post_is_judged_as_it_was_sent()
    {
        await _client.Put(Path, """{"_enable_encrypt_messages": true, "_max_messages_post_size": 60}""");
        (await _client.Ask("POST", $"{Path}/messages", PostOf(61))).ShouldBe(400, "Invalid API request");
        (await _client.Ask("POST", $"{Path}/messages", PostOf(60))).Status.Should().Be(201);
        (await _client.Put($"{Path}-2", Encrypted)).ShouldBeEmpty(201);
        (await _client.Ask("POST", $"{Path}-2/messages", PostOf(262_144))).Status.Should().Be(201);

        static string PostOf(int bytes) => $$"""{"messages": [{"body": "{{new string('x', bytes - 28)}}"}]}""";
    }

    [Fact]
    public async Task other_projects_queues_of_the_same_name_are_sealed_apart()
    {
        using var other = service.Client();
        foreach (var client in new[] { _client, other })
        {
            await client.Put(Path, Encrypted);
            await client.PostBodies(_queue, "\"mine\"");
        }

        // The other's body, put in the place of this one, does not open here.
        await using var swap = service.Database.CreateCommand(
            """
            update message m set body = o.body from message o join queue p on p.id = o.queue_id, queue q
            where q.id = m.queue_id and q.name = $1 and p.name = $1 and q.project = $2 and p.project <> $2
            """);
        swap.Parameters.Add(new() { Value = _queue });
        swap.Parameters.Add(new() { Value = _client.DefaultRequestHeaders.GetValues("X-Project-ID").Single() });
        (await swap.ExecuteNonQueryAsync()).Should().Be(1);

        (await _client.Get($"{Path}/messages?echo=true")).ShouldBe(503, "Service temporarily unavailable");
        (await other.Get($"{Path}/messages?echo=true")).Bodies().Should().Equal("\"mine\"");
    }

    private async Task<IReadOnlyList<string>> Stored(string column)
    {
        await using var command = service.Database.CreateCommand($"select coalesce({column}, '') from message m join queue q on q.id = m.queue_id where q.name = $1");
        command.Parameters.Add(new() { Value = _queue });
        await using var row = await command.ExecuteReaderAsync();
        var stored = new List<string>();
        while (await row.ReadAsync())
            stored.Add(row.GetString(0));
        return stored;
    }

    private async Task Patch(string value) =>
        (await _client.Patch(Path, $$"""[{"op": "add", "path": "/metadata/_enable_encrypt_messages", "value": {{value}}}]""", HttpCalls.PatchType))
            .Status.Should().Be(200);

    private static IEnumerable<string?> Bodies(Frame reply) =>
        reply.Body.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("body").GetString());

    private async Task<IReadOnlyList<SinkRequest>> Arrived(string path, int count) =>
        await Eventually.Holds(() => Task.FromResult(service.Sink.RequestsTo(path)), requests => requests.Count >= count, $"{count} requests came to {path}");
}
