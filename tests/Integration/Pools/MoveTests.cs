using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;
using Zaqar.Integration.Notifications;
using Zaqar.Integration.WebSockets;

namespace Zaqar.Integration.Pools;

/// <summary>A queue whose flavor changes moves to a pool of that flavor, and takes everything along.</summary>
public sealed class MoveTests(PooledService service) : IClassFixture<PooledService>, IAsyncLifetime
{
    private const string ToWest = """[{"op": "add", "path": "/metadata/_flavor", "value": "western"}]""";
    private const string ToEast = """[{"op": "remove", "path": "/metadata/_flavor"}]""";

    private readonly HttpClient _client = service.Client();

    private string Project => _client.DefaultRequestHeaders.GetValues("X-Project-ID").Single();

    public Task InitializeAsync() => PooledService.Western(_client);

    public Task DisposeAsync()
    {
        _client.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task it_takes_messages_ids_claims_and_subscribers_along_and_comes_back_with_them()
    {
        var path = NotifyingService.NewPath();
        await _client.Put("/v2/queues/q", """{"color": "red"}""");
        (await _client.Ask("POST", "/v2/queues/q/subscriptions", $$"""{"subscriber": "{{service.Sink.At(path)}}"}""")).Status.Should().Be(201);
        var ids = await _client.PostBodies("q", "1", "2", "3");
        var claim = await _client.Ask("POST", "/v2/queues/q/claims?limit=1", """{"ttl": 600}""");
        var listing = (await _client.Get("/v2/queues/q/messages?echo=true&include_claimed=true&limit=2")).Json;
        var next = listing.GetProperty("links")[0].GetProperty("href").GetString()!;
        await Eventually.Is(() => service.Sink.RequestsTo(path).Count == 3, "the subscriber is told of each");

        await MoveTo("west", ToWest);

        (await _client.Get("/v2/queues/q")).Json.GetProperty("color").GetString().Should().Be("red");
        (await _client.Get("/v2/queues/q/messages?echo=true&include_claimed=true")).Json.GetProperty("messages").EnumerateArray()
            .Select(message => message.GetProperty("id").GetString()).Should().Equal(ids);
        (await _client.Get(next)).Json.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("id").GetString()).Should().Equal(ids[2]);
        (await _client.Get(claim.Location!)).Json.GetProperty("messages").GetArrayLength().Should().Be(1);
        await _client.PostBodies("q", "4");
        await Eventually.Is(() => service.Sink.RequestsTo(path).Count == 4, "the subscriber is told of what comes after, and once of what came before");

        await MoveTo("east", ToEast);

        (await _client.Delete($"/v2/queues/q/messages/{ids[0]}?claim_id={claim.Location!.Split('/')[^1]}")).ShouldBeEmpty(204);
        (await _client.Get("/v2/queues/q/messages?echo=true")).Json.GetProperty("messages").EnumerateArray()
            .Select(message => message.GetProperty("body").GetInt32()).Should().Equal(2, 3, 4);
        (await _client.Get("/v2/queues")).Json.GetProperty("queues").GetArrayLength().Should().Be(1);
    }

    [Fact]
    public async Task a_connection_goes_on_being_told()
    {
        await _client.Put("/v2/queues/q");
        await using var socket = await SocketClient.Connect(service.WebSocketAddress, Project);
        (await socket.Ask("subscription_create", new { queue_name = "q" })).Status.Should().Be(201);
        await _client.PostBodies("q", "1");

        await MoveTo("west", ToWest);
        await _client.PostBodies("q", "2");

        (await socket.Told(2)).Select(frame => frame.Json.GetProperty("body").GetInt32()).Should().Equal(1, 2);
    }

    [Fact]
    public async Task who_waits_for_a_message_gets_it_from_where_the_queue_is_then()
    {
        await _client.Put("/v2/queues/q");
        using var waiter = service.Client(Project);
        var claim = waiter.Ask("POST", "/v2/queues/q/claims?wait=20", "{}");

        await MoveTo("west", ToWest);
        await _client.PostBodies("q", "1");

        (await claim).Status.Should().Be(201);
    }

    [Fact]
    public async Task nothing_is_lost_or_doubled_while_others_post_claim_and_delete()
    {
        await _client.Put("/v2/queues/busy");
        await _client.PostBodies("busy", [.. Enumerable.Range(0, 500).Select(n => $"\"old-{n.ToString(CultureInfo.InvariantCulture)}\"")]);
        using var stop = new CancellationTokenSource();
        var (posted, taken, refused) = (new ConcurrentBag<string>(), new ConcurrentBag<string>(), 0);
        var work = Enumerable.Range(0, 4).Select(poster => Post(poster)).Concat(Enumerable.Range(0, 3).Select(_ => Take())).ToArray();

        await MoveTo("west", ToWest, "busy");
        await MoveTo("east", ToEast, "busy");
        await stop.CancelAsync();
        await Task.WhenAll(work);
        using var last = service.Client(Project);
        while (await TakeSome(last) > 0)
        {
        }

        var expected = posted.Concat(Enumerable.Range(0, 500).Select(n => $"old-{n.ToString(CultureInfo.InvariantCulture)}"));
        taken.Should().OnlyHaveUniqueItems();
        var left = await last.Get("/v2/queues/busy/messages?echo=true&include_claimed=true&limit=20");
        expected.Except(taken).Should().BeEmpty("nothing is lost; what is left: {0}", left.Text);
        taken.Except(expected).Should().BeEmpty();
        (await service.QueuesIn("east", _client)).Should().Contain("busy");

        async Task Post(int poster)
        {
            using var client = service.Client(Project);
            for (var n = 0; !stop.IsCancellationRequested; n++)
            {
                // Who takes keeps up; and reads go on all the time.
                if (posted.Count - taken.Count > 200)
                {
                    (await client.Get("/v2/queues/busy/messages")).Status.Should().Be(200);
                    continue;
                }

                var body = $"new-{poster}-{n}";
                var answer = await client.Ask("POST", "/v2/queues/busy/messages", $$"""{"messages": [{"body": "{{body}}"}]}""");
                answer.Status.Should().BeOneOf([201, 503], answer.Text);
                if (answer.Status == 201)
                    posted.Add(body);
                else
                    Interlocked.Increment(ref refused);
            }
        }

        async Task Take()
        {
            using var client = service.Client(Project);
            while (!stop.IsCancellationRequested)
                await TakeSome(client);
        }

        async Task<int> TakeSome(HttpClient client)
        {
            var claim = await client.Ask("POST", "/v2/queues/busy/claims?limit=20", "{}");
            claim.Status.Should().BeOneOf([201, 204, 503], claim.Text);
            if (claim.Status == 503)
                return 1;
            if (claim.Status == 204)
                return 0;

            var messages = claim.Json.GetProperty("messages").EnumerateArray().ToArray();
            var ids = string.Join(',', messages.Select(message => message.GetProperty("id").GetString()));
            var deleted = await Eventually.Holds(
                () => client.Delete($"/v2/queues/busy/messages?ids={ids}"), answer => answer.Status != 503, "the messages can be deleted");
            deleted.ShouldBeEmpty(204);
            foreach (var message in messages)
                taken.Add(message.GetProperty("body").GetString()!);

            return messages.Length;
        }
    }

    [Fact]
    public async Task a_move_is_seen_by_administrators_alone_and_one_that_cannot_be_leaves_the_queue_where_it_was()
    {
        await _client.Put("/v2/queues/stuck");
        await using (var obstacle = service.DatabaseOf("west").CreateCommand(
            "insert into subscription (project, queue, id, subscriber, ttl, options, confirmed, created_at, expires_at, version) values ($1, 'stuck', gen_random_uuid(), 'http://127.0.0.1:9/', 3600, '{}', false, now(), now() + interval '1 hour', 1)"))
        {
            obstacle.Parameters.Add(new() { Value = Project });
            await obstacle.ExecuteNonQueryAsync();
        }

        (await _client.Patch("/v2/queues/stuck", ToWest, HttpCalls.PatchType)).Status.Should().Be(200);

        var move = await Eventually.Holds(() => Move("stuck"), found => found?.GetProperty("state").GetString() == "failed", "the move has failed");
        move!.Value.GetProperty("failure").GetString().Should().Contain("west");
        (await _client.Get("/v2/moves")).Status.Should().Be(403);
        await _client.PostBodies("stuck", "1");
        (await service.QueuesIn("east", _client)).Should().Contain("stuck");
        (await service.QueuesIn("west", _client)).Should().NotContain("stuck");
    }

    private async Task<JsonElement?> Move(string queue)
    {
        var page = await _client.Get("/v2/moves?limit=20", PooledService.Admin);
        page.Status.Should().Be(200, page.Text);
        return page.Json.GetProperty("moves").EnumerateArray()
            .Where(move => move.GetProperty("project").GetString() == Project && move.GetProperty("queue").GetString() == queue)
            .Select(move => (JsonElement?)move).LastOrDefault();
    }

    private async Task MoveTo(string pool, string patch, string queue = "q")
    {
        await Eventually.Holds(() => _client.Patch($"/v2/queues/{queue}", patch, HttpCalls.PatchType), answer => answer.Status == 200, "the flavor is changed");
        await Eventually.Holds(() => service.QueuesIn(pool, _client), queues => queues.Contains(queue), $"the queue is in {pool}");
        await Eventually.Holds(() => Move(queue), found => found is null, "the move is over");
    }
}
