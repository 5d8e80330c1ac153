using System.Net;
using System.Net.Http.Json;
using FluentAssertions;
using Npgsql;
using Xunit;
using Zaqar.Domain;
using Zaqar.Integration.Encryption;

namespace Zaqar.Integration.Letters;

/// <summary>A queue and its dead-letter queue live in two databases: messages go over once, as they are, and in order.</summary>
public sealed class DeadLettersBetweenDatabasesTests : IAsyncLifetime
{
    private TwoDatabases _both = null!;
    private HttpClient _here = null!;
    private HttpClient _there = null!;

    public async Task InitializeAsync()
    {
        _both = await TwoDatabases.Start();
        _here = _both.A.Client("p1", Guid.NewGuid().ToString());
        _there = _both.B.Client("p1");
    }

    public async Task DisposeAsync()
    {
        _here.Dispose();
        _there.Dispose();
        await _both.DisposeAsync();
    }

    [Fact]
    public async Task a_message_that_was_claimed_too_often_turns_up_there_as_it_was_here()
    {
        await _here.PutAsJsonAsync("/v2/queues/a-jobs",
            new { _max_claim_count = 2, _dead_letter_queue = "b-dead", _dead_letter_queue_messages_ttl = 900 });
        var id = (await _here.Post("a-jobs", "to die", "to live"))[0];
        using var consumer = _both.A.Client("p1");
        for (var i = 0; i < 2; i++)
            await consumer.DeleteAsync($"/v2/queues/a-jobs/claims/{(await consumer.Claim("a-jobs", limit: 1))!.Id}");
        var before = (await _both.A.Rows("a-jobs"))[0];

        (await consumer.Claim("a-jobs", limit: 1)).Should().BeNull();

        (await _both.Arrival("b-dead")).Should().Equal(before);
        (await _both.A.Rows("a-jobs")).Should().ContainSingle().Which.Should().Contain("to live");
        await _both.AllArrived();
        await _both.TookOnce(1);
        var claim = (await _there.Claim("b-dead"))!;
        claim.Messages.Should().ContainSingle().Which.Should().Match<Message>(message => message.Id == id && message.Ttl == 900);
        (await _there.Claim("b-dead")).Should().BeNull("someone holds it");
        await _there.Delete(claim.Messages[0]);
        (await _both.A.Count("select count(*) from queue where name = 'b-dead'")).Should().Be(0, "it lives elsewhere");
    }

    [Fact]
    public async Task a_message_keeps_its_life_where_its_queue_says_nothing_else_and_its_poster()
    {
        await TwoDatabases.Deadly(_here, "a-jobs", "b-dead");
        await _here.Post("a-jobs", "to die");
        using var consumer = _both.A.Client("p1");
        await consumer.Claim("a-jobs");
        await _both.Arrival("b-dead");

        (await _both.B.Count("select extract(epoch from expires_at - posted_at)::bigint from message")).Should().Be(3600);
        using var poster = _both.B.Client("p1", _here.DefaultRequestHeaders.GetValues("Client-ID").Single());
        (await poster.List("b-dead", "echo=false")).Messages.Should().BeEmpty("it is the poster's own");
        (await _there.List("b-dead", "echo=false")).Messages.Should().ContainSingle();
    }

    [Fact]
    public async Task one_claim_delivers_what_is_alive_and_sends_what_is_dead()
    {
        await _here.PutAsJsonAsync("/v2/queues/a-jobs", new { _max_claim_count = 1, _dead_letter_queue = "b-dead" });
        await _here.Post("a-jobs", 1, 2);
        await _here.DeleteAsync($"/v2/queues/a-jobs/claims/{(await _here.Claim("a-jobs"))!.Id}");
        await _here.Post("a-jobs", 3);

        (await _here.Claim("a-jobs"))!.Messages.Select(message => message.Body).Should().Equal("3");

        await _both.Arrival("b-dead", 2);
        (await _there.ListAll("b-dead")).Select(message => message.Body).Should().Equal("1", "2");
        await _both.TookOnce(1);
    }

    [Fact]
    public async Task a_dead_letter_queue_beside_its_queue_is_moved_to_at_once()
    {
        await TwoDatabases.Deadly(_here, "a-jobs", "a-dead");
        await _here.Post("a-jobs", "to die");
        await _here.Claim("a-jobs");

        (await _here.List("a-dead")).Messages.Should().ContainSingle();
        (await _both.A.Count("select count(*) from mt_events where type = 'message_dead_lettered' and data ? 'letter'")).Should().Be(0);
    }

    [Fact]
    public async Task while_the_other_database_is_away_work_goes_on_and_letters_arrive_in_order_later()
    {
        await TwoDatabases.Deadly(_here, "a-jobs", "b-dead");
        await _both.B.StopNodes();

        for (var i = 0; i < 60; i++)
        {
            await _here.Post("a-jobs", i);
            (await _here.Claim("a-jobs")).Should().BeNull();
        }

        await _here.Post("a-other", "works");
        (await _here.Claim("a-other"))!.Messages.Should().ContainSingle();
        (await _both.A.Waiting()).Should().Be(60);
        await _both.B.Restart();

        await _both.Arrival("b-dead", 60);
        using var reader = _both.B.Client("p1");
        (await reader.ListAll("b-dead")).Select(message => message.Body).Should().Equal(Enumerable.Range(0, 60).Select(i => $"{i}"));
        await _both.AllArrived();
        await _both.TookOnce(60);
    }

    [Fact]
    public async Task letters_whose_key_is_lost_hold_up_those_behind_them_until_they_are_over_and_no_other_line()
    {
        await RestartHere(EncryptingService.Key("k1"));
        await _here.PutAsJsonAsync("/v2/queues/a-jobs", new { _max_claim_count = -1, _dead_letter_queue = "b-dead", _enable_encrypt_messages = true });
        await TwoDatabases.Deadly(_here, "a-plain", "b-dead", ttl: 86_400);
        await TwoDatabases.Deadly(_here, "a-other", "b-other");
        _both.Way.Before = _ => throw new NpgsqlException("Away.");
        await Die("a-plain", "first");
        await Die("a-jobs", "lost");
        await RestartHere(EncryptingService.Key("k2"));
        _both.Way.Before = _ => Task.CompletedTask;

        await Die("a-other", "elsewhere");
        await _both.Arrival("b-other");
        (await _both.Arrival("b-dead")).Should().ContainSingle().Which.Should().Contain("first");
        await Die("a-plain", "last");
        (await _both.A.Waiting()).Should().Be(2);

        _both.B.Advance(TimeSpan.FromMinutes(61));

        await _both.AllArrived();
        (await _both.B.Rows("b-dead")).Should().SatisfyRespectively(row => row.Should().Contain("first"), row => row.Should().Contain("last"));
        await _both.TookOnce(4);

        async Task Die(string queue, string body)
        {
            await _here.Post(queue, body);
            (await _here.Claim(queue)).Should().BeNull();
        }

        async Task RestartHere(string key)
        {
            await _both.A.StopNodes();
            _both.A.Keys = [key];
            await _both.A.Restart();
            _here.Dispose();
            _here = _both.A.Client("p1");
        }
    }

    [Fact]
    public async Task letters_with_large_bodies_arrive_a_few_at_a_time()
    {
        var (isBroken, arrivals) = (true, 0);
        _both.Way.Before = _ => isBroken ? throw new NpgsqlException("Away.") : Task.CompletedTask;
        _both.Way.After = _ =>
        {
            Interlocked.Increment(ref arrivals);
            return Task.CompletedTask;
        };
        await TwoDatabases.Deadly(_here, "a-jobs", "b-dead");
        for (var i = 0; i < 8; i++)
            await _here.Post("a-jobs", new string((char)('a' + i), 200_000));
        await _here.Claim("a-jobs", limit: 4);
        await _here.Claim("a-jobs", limit: 4);
        isBroken = false;

        await _both.AllArrived();

        arrivals.Should().Be(2);
        (await _there.ListAll("b-dead", "echo=true&limit=1")).Select(message => message.Body[1]).Should().Equal("abcdefgh");
    }

    [Fact]
    public async Task a_letter_whose_arrival_is_not_known_is_sent_again_and_taken_once()
    {
        var answers = 0;
        _both.Way.After = _ => Interlocked.Increment(ref answers) < 4
            ? throw new NpgsqlException("The connection broke.") : Task.CompletedTask;
        await TwoDatabases.Deadly(_here, "a-jobs", "b-dead");
        await _here.Post("a-jobs", 1, 2, 3);
        await _here.Claim("a-jobs");

        await _both.AllArrived();

        answers.Should().Be(4);
        await _both.TookOnce(1);
        (await _there.ListAll("b-dead")).Select(message => message.Body).Should().Equal("1", "2", "3");
    }

    [Fact]
    public async Task what_was_deleted_there_stays_deleted_when_its_letter_comes_again()
    {
        var isBroken = true;
        _both.Way.After = _ => isBroken ? throw new NpgsqlException("The connection broke.") : Task.CompletedTask;
        await TwoDatabases.Deadly(_here, "a-jobs", "b-dead");
        await TwoDatabases.Deadly(_here, "a-more", "b-gone");
        await _here.Post("a-jobs", "to die");
        await _here.Claim("a-jobs");
        await _here.Post("a-more", "to die");
        await _here.Claim("a-more");
        await _both.Arrival("b-dead");
        await _both.Arrival("b-gone");

        await _there.Delete((await _there.Claim("b-dead"))!.Messages.Single());
        await _there.DeleteAsync("/v2/queues/b-gone");
        isBroken = false;
        await _both.AllArrived();

        (await _there.List("b-dead")).Messages.Should().BeEmpty();
        (await _there.List("b-gone")).Messages.Should().BeEmpty();
        (await _both.B.Count("select count(*) from mt_events where type = 'message_posted'")).Should().Be(2);
        await _both.TookOnce(2);
    }

    [Fact]
    public async Task a_courier_that_dies_between_arrival_and_throwing_away_leaves_a_letter_that_is_taken_once()
    {
        var (arrived, never) = (new TaskCompletionSource(), new TaskCompletionSource());
        _both.Way.After = _ =>
        {
            arrived.TrySetResult();
            return never.Task;
        };
        await TwoDatabases.Deadly(_here, "a-jobs", "b-dead");
        await _here.Post("a-jobs", "to die");
        await _here.Claim("a-jobs");
        await arrived.Task;
        await _both.A.StopNodes();

        _both.Way.After = _ => Task.CompletedTask;
        await _both.A.Restart();
        await _both.AllArrived();

        await _both.TookOnce(1);
        (await _there.List("b-dead")).Messages.Should().ContainSingle();
    }

    [Fact]
    public async Task letters_that_were_never_sent_are_carried_after_a_restart_and_when_their_queue_is_gone()
    {
        _both.Way.Before = _ => throw new TimeoutException("Nobody answers.");
        await TwoDatabases.Deadly(_here, "a-jobs", "b-dead");
        await _here.Post("a-jobs", "to die");
        await _here.Claim("a-jobs");
        await _here.DeleteAsync("/v2/queues/a-jobs");
        await _both.A.StopNodes();

        _both.Way.Before = _ => Task.CompletedTask;
        await _both.A.Restart();

        (await _both.Arrival("b-dead")).Should().ContainSingle().Which.Should().Contain("to die");
    }

    [Fact]
    public async Task a_queue_that_takes_nothing_for_a_while_holds_up_no_other()
    {
        var isHeld = true;
        _both.Way.Before = queue => queue.Name == "b-held" && isHeld ? throw new Held() : Task.CompletedTask;
        await TwoDatabases.Deadly(_here, "a-jobs", "b-held");
        await TwoDatabases.Deadly(_here, "a-others", "b-dead");
        await _here.Post("a-jobs", 1);
        await _here.Claim("a-jobs");
        await _here.Post("a-others", 2);
        await _here.Claim("a-others");

        await _both.Arrival("b-dead");
        (await _both.B.Rows("b-held")).Should().BeEmpty();
        isHeld = false;
        await _both.Arrival("b-held");
    }

    [Fact]
    public async Task a_claim_fails_and_changes_nothing_where_the_way_of_its_letters_cannot_be_told()
    {
        await TwoDatabases.Deadly(_here, "a-jobs", "b-dead");
        await _here.Post("a-jobs", "to die");
        await _here.Post("a-others", "to live");
        _both.A.Route.Lost = new NpgsqlException("The database is away.");

        string[] queues = ["a-jobs", "a-others", "a-jobs"];
        var claims = await Task.WhenAll(queues.Select(queue =>
            _here.PostAsJsonAsync($"/v2/queues/{queue}/claims", new { ttl = 300, grace = 60 })));

        claims.Select(claim => claim.StatusCode).Should().Equal(
            HttpStatusCode.ServiceUnavailable, HttpStatusCode.Created, HttpStatusCode.ServiceUnavailable);
        (await _here.List("a-jobs")).Messages.Should().ContainSingle();
        (await _both.A.Waiting()).Should().Be(0);
        _both.A.Route.Lost = null;
        (await _here.Claim("a-jobs")).Should().BeNull();
        await _both.Arrival("b-dead");
    }

    [Fact]
    public async Task what_runs_out_on_the_way_is_accounted_for_and_not_shown()
    {
        await TwoDatabases.Deadly(_here, "a-jobs", "b-dead");
        await TwoDatabases.Deadly(_here, "a-lasting", "b-lasting", ttl: 100);
        await _both.B.StopNodes();
        foreach (var queue in new[] { "a-jobs", "a-lasting" })
        {
            await _here.Post(queue, "to die");
            await _here.Claim(queue);
        }

        _both.A.Advance(TimeSpan.FromSeconds(3601));
        _both.B.Advance(TimeSpan.FromSeconds(3601));
        await _both.B.Restart();
        await _both.AllArrived();

        using var reader = _both.B.Client("p1");
        (await reader.List("b-dead")).Messages.Should().BeEmpty();
        (await _both.B.Count("select count(*) from mt_events where type = 'letters_received' and jsonb_array_length(data -> 'expired') = 1"))
            .Should().Be(1);
        (await reader.List("b-lasting")).Messages.Should().ContainSingle("the life that its queue gave it begins on arrival");
    }

    private sealed class Held() : RejectedException(ErrorKind.Unavailable, "The queue is on the move.");
}
