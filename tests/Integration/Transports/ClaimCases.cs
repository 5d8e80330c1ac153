using FluentAssertions;
using Xunit;
using Zaqar.Integration.WebSockets;

namespace Zaqar.Integration.Transports;

/// <summary>What every transport makes of claims.</summary>
public abstract class ClaimCases(WebSocketService service, Transport transport) : TransportTests(service, transport)
{
    private const string Unknown = "3381af92-2b9e-11e3-b191-71861300734c";

    [Fact]
    public async Task claims_take_the_oldest_messages_and_share_none()
    {
        var other = await Another();
        var posted = await Posted(Client, "q", 1, 2, 3);

        var first = await Client.Claim("q", limit: 2);
        var second = await other.Claim("q", limit: 2);
        var third = await Client.Claim("q");

        (first.Status, second.Status, third.Status).Should().Be((201, 201, 204));
        first.Value!.Messages.Select(message => (message.Id, message.Body, message.Claim)).Should().Equal((posted[0], "1", first.Value.Id), (posted[1], "2", first.Value.Id));
        second.Value!.Messages.Select(message => (message.Id, message.Claim)).Should().Equal((posted[2], second.Value.Id));
    }

    [Fact]
    public async Task claims_made_at_once_share_none()
    {
        await Posted(Client, "q", [.. Enumerable.Range(0, 40)]);
        var clients = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Another()));

        var claims = await Task.WhenAll(clients.Select(client => client.Claim("q", limit: 5)));

        claims.SelectMany(claim => claim.Value!.Messages).Select(message => int.Parse(message.Body, null)).Should().BeEquivalentTo(Enumerable.Range(0, 40));
    }

    [Fact]
    public async Task a_claim_takes_ten_messages_unless_another_limit_from_1_to_20_is_given()
    {
        await Posted(Client, "q", [.. Enumerable.Range(0, 40)]);

        (await Client.Claim("q")).Value!.Messages.Should().HaveCount(10);
        (await Client.Claim("q", limit: 20)).Value!.Messages.Should().HaveCount(20);
        foreach (var limit in new long[] { 0, -1, 21, long.MaxValue })
            (await Client.Claim("q", limit: limit)).Status.Should().Be(400);
    }

    [Fact]
    public async Task a_claim_lasts_five_minutes_and_its_messages_a_minute_more_unless_it_says_otherwise()
    {
        await Client.Post("q", """[{"body": 1, "ttl": 60}, {"body": 2, "ttl": 60}, {"body": 3, "ttl": 600}]""");

        var usual = (await Client.Claim("q", limit: 1)).Value!;
        var special = (await Client.Claim("q", ttl: 100, grace: 70)).Value!;

        usual.Messages.Select(message => message.Ttl).Should().Equal(360);
        special.Messages.Select(message => message.Ttl).Should().Equal(170, 600);
        (await Client.GetClaim("q", usual.Id!)).Value!.Ttl.Should().Be(300);
        (await Client.GetClaim("q", special.Id!)).Value!.Ttl.Should().Be(100);
    }

    [Theory, InlineData(59, 60), InlineData(43_201, 60), InlineData(-60, 60), InlineData(60, 59), InlineData(60, 43_201), InlineData(0, 0), InlineData(long.MaxValue, long.MaxValue)]
    public async Task ttl_and_grace_have_bounds(long ttl, long grace)
    {
        await Posted(Client, "q", 1);

        (await Client.Claim("q", ttl, grace)).Status.Should().Be(400);
        (await Client.Claim("q", 60, 43_200)).Status.Should().Be(201);
    }

    [Theory, InlineData(Unknown), InlineData("no-claim")]
    public async Task a_renewal_is_judged_before_it_is_asked_whether_there_is_the_claim(string claim)
    {
        (await Client.UpdateClaim("q", claim, ttl: 59)).Should().Be(400);
        (await Client.UpdateClaim("q", claim, ttl: 60)).Should().Be(404);
    }

    [Fact]
    public async Task a_claim_shows_its_age_and_what_it_still_holds()
    {
        var posted = await Posted(Client, "q", 1, 2);
        var claim = (await Client.Claim("q", ttl: 100)).Value!.Id!;
        await Client.Delete("q", posted[0], claim);
        Advance(20);

        var shown = await Client.GetClaim("q", claim);

        shown.Status.Should().Be(200);
        shown.Value!.Age.Should().BeInRange(20, 60);
        shown.Value.Messages.Should().ContainSingle().Which.Should().Match<SeenMessage>(message => message.Id == posted[1] && message.Claim == claim && message.Ttl == 600);
        await Client.Delete("q", posted[1], claim);
        (await Client.GetClaim("q", claim)).Value!.Messages.Should().BeEmpty();
    }

    [Theory, InlineData(Unknown), InlineData("bogus")]
    public async Task an_unknown_claim_is_404_to_get_and_renew_and_204_to_release(string claim)
    {
        await Posted(Client, "q", 1);

        foreach (var queue in new[] { "q", "missing" })
        {
            (await Client.GetClaim(queue, claim)).Status.Should().Be(404);
            (await Client.UpdateClaim(queue, claim, ttl: 100)).Should().Be(404);
            (await Client.ReleaseClaim(queue, claim)).Should().Be(204);
        }
    }

    [Fact]
    public async Task a_claim_of_one_queue_is_none_of_another()
    {
        await Posted(Client, "q", 1);
        await Posted(Client, "other", 1);
        var claim = (await Client.Claim("q")).Value!.Id!;

        (await Client.GetClaim("other", claim)).Status.Should().Be(404);
        (await Client.UpdateClaim("other", claim)).Should().Be(404);
        await Client.ReleaseClaim("other", claim);
        (await Client.GetClaim("q", claim)).Status.Should().Be(200);
    }

    [Fact]
    public async Task a_renewed_claim_is_young_again()
    {
        await Client.Post("q", """[{"body": 1, "ttl": 60}]""");
        var claim = (await Client.Claim("q", ttl: 60)).Value!.Id!;
        Advance(50);

        (await Client.UpdateClaim("q", claim, ttl: 200, grace: 100)).Should().Be(204);

        var shown = (await Client.GetClaim("q", claim)).Value!;
        shown.Ttl.Should().Be(200);
        shown.Age.Should().BeLessThan(30);
        shown.Messages.Single().Ttl.Should().Be(300);
        Advance(100);
        (await Client.UpdateClaim("q", claim)).Should().Be(204);
        (await Client.GetClaim("q", claim)).Value!.Ttl.Should().Be(300);
    }

    [Fact]
    public async Task a_renewal_checks_the_ttl_and_not_the_grace()
    {
        await Posted(Client, "q", 1);
        var claim = (await Client.Claim("q")).Value!.Id!;

        (await Client.UpdateClaim("q", claim, ttl: 59)).Should().Be(400);
        (await Client.UpdateClaim("q", claim, ttl: 43_201)).Should().Be(400);
        (await Client.UpdateClaim("q", claim, ttl: 60, grace: 1)).Should().Be(204);
    }

    [Fact]
    public async Task what_is_released_or_over_may_be_claimed_again()
    {
        var posted = await Posted(Client, "q", 1, 2);
        var claim = (await Client.Claim("q", ttl: 60)).Value!.Id!;

        (await Client.ReleaseClaim("q", claim)).Should().Be(204);
        (await Client.GetClaim("q", claim)).Status.Should().Be(404);
        var again = (await Client.Claim("q", ttl: 60)).Value!;
        again.Messages.Select(message => message.Id).Should().Equal(posted);

        Advance(61);
        (await Client.GetClaim("q", again.Id!)).Status.Should().Be(404);
        (await Client.UpdateClaim("q", again.Id!)).Should().Be(404);
        (await Client.Claim("q")).Value!.Messages.Select(message => message.Id).Should().Equal(posted);
    }

    [Fact]
    public async Task a_claimed_message_is_deleted_with_its_claim_only()
    {
        var posted = await Posted(Client, "q", 1, 2);
        var claim = (await Client.Claim("q", limit: 1)).Value!.Id!;
        var other = (await Client.Claim("q", limit: 1)).Value!.Id!;

        (await Client.Delete("q", posted[0])).Should().Be(403);
        (await Client.Delete("q", posted[0], other)).Should().Be(403);
        (await Client.Delete("q", posted[0], Unknown)).Should().Be(400);
        (await Client.Delete("q", posted[0], "bogus")).Should().Be(400);
        (await Client.Get("q", posted[0])).Status.Should().Be(200);
        (await Client.Delete("q", posted[0], claim)).Should().Be(204);
        (await Client.Get("q", posted[0])).Status.Should().Be(404);
        (await Client.Delete("q", posted[0], claim)).Should().Be(204);
    }

    [Fact]
    public async Task a_message_that_nobody_holds_is_not_deleted_with_a_claim()
    {
        var posted = await Posted(Client, "q", 1, 2);
        var claim = (await Client.Claim("q", limit: 1, ttl: 60)).Value!.Id!;

        (await Client.Delete("q", posted[1], claim)).Should().Be(400);
        (await Client.Delete("q", posted[1], "bogus")).Should().Be(400);
        Advance(61);
        (await Client.Delete("q", posted[0], claim)).Should().Be(400);
        (await Client.Delete("q", posted[0])).Should().Be(204);
    }

    [Fact]
    public async Task what_was_claimed_too_often_becomes_a_dead_letter()
    {
        await Client.CreateQueue("q", """{"_max_claim_count": 2, "_dead_letter_queue": "dead", "_dead_letter_queue_messages_ttl": 900}""");
        var posted = await Posted(Client, "q", 1);
        for (var time = 0; time < 2; time++)
            await Client.ReleaseClaim("q", (await Client.Claim("q")).Value!.Id!);

        (await Client.Claim("q")).Status.Should().Be(204);

        (await Client.List("q", echo: true, includeClaimed: true)).Value.Should().BeEmpty();
        var dead = (await Client.List("dead", echo: true)).Value.Should().ContainSingle().Subject;
        (dead.Id, dead.Body, dead.Ttl, dead.Claim).Should().Be((posted[0], "1", 900, null));
        (await Client.Claim("dead")).Value!.Messages.Select(message => message.Id).Should().Equal(posted);
    }
}

[Collection(TransportsCollection.Name)]
public sealed class ClaimsOverRest(WebSocketService service) : ClaimCases(service, Transport.Rest);

[Collection(TransportsCollection.Name)]
public sealed class ClaimsOverWebSocket(WebSocketService service) : ClaimCases(service, Transport.WebSocket);

[Collection(TransportsCollection.Name)]
public sealed class ClaimsOverBinaryWebSocket(WebSocketService service) : ClaimCases(service, Transport.BinaryWebSocket);
