using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Http;

[Collection(HttpCollection.Name)]
public sealed class DeletingMessagesTests(ZaqarService service) : IDisposable
{
    private const string Messages = "/v2/queues/q/messages";
    private const string UnknownClaim = "3381af92-2b9e-11e3-b191-71861300734c";

    private readonly HttpClient _client = service.Client();

    public void Dispose() => _client.Dispose();

    [Theory, InlineData(""), InlineData($"?claim_id={UnknownClaim}"), InlineData("?claim_id=bogus")]
    public async Task a_missing_message_is_deleted_already(string claim)
    {
        await _client.PostBodies("q", "1");

        (await _client.Delete($"{Messages}/00000000-0000-0001-0000-000000000000{claim}")).ShouldBeEmpty(204);
        (await _client.Delete($"{Messages}/bogus{claim}")).ShouldBeEmpty(204);
    }

    [Fact]
    public async Task an_unclaimed_message_is_deleted_without_a_claim()
    {
        var id = (await _client.PostBodies("q", "1"))[0];

        (await _client.Delete($"{Messages}/{id}?claim_id=")).ShouldBeEmpty(204);
        (await _client.Get($"{Messages}/{id}")).ShouldBe(404, "Not found");
    }

    [Theory, InlineData(UnknownClaim), InlineData("bogus"), InlineData("123")]
    public async Task an_unclaimed_message_is_not_deleted_with_one(string claim)
    {
        var id = (await _client.PostBodies("q", "1"))[0];

        (await _client.Delete($"{Messages}/{id}?claim_id={claim}")).ShouldBe(400, "Unable to delete");
        (await _client.Get($"{Messages}/{id}")).Status.Should().Be(200);
    }

    [Fact]
    public async Task a_claimed_message_is_deleted_by_its_claim_alone()
    {
        var ids = await _client.PostBodies("q", "1", "2");
        var claim = (await _client.Post("/v2/queues/q/claims?limit=1")).Location!.Split('/')[^1];
        var other = (await _client.Post("/v2/queues/q/claims?limit=1")).Location!.Split('/')[^1];

        (await _client.Delete($"{Messages}/{ids[0]}")).ShouldBe(403, "Unable to delete");
        (await _client.Delete($"{Messages}/{ids[0]}?claim_id={other}")).ShouldBe(403, "Unable to delete");
        (await _client.Delete($"{Messages}/{ids[0]}?claim_id={UnknownClaim}")).ShouldBe(400, "Unable to delete");
        (await _client.Delete($"{Messages}/{ids[0]}?claim_id=bogus")).ShouldBe(400, "Unable to delete");
        (await _client.Delete($"{Messages}/{ids[0]}?claim_id={claim}")).ShouldBeEmpty(204);
        (await _client.Get($"{Messages}/{ids[0]}")).ShouldBe(404, "Not found");
    }

    [Fact]
    public async Task a_claim_that_is_over_deletes_nothing()
    {
        var id = (await _client.PostBodies("q", "1"))[0];
        var claim = await _client.Claim("q", """{"ttl": 60, "grace": 60}""");
        service.Advance(TimeSpan.FromSeconds(61));

        (await _client.Delete($"{Messages}/{id}?claim_id={claim}")).ShouldBe(400, "Unable to delete");
        (await _client.Delete($"{Messages}/{id}")).ShouldBeEmpty(204);
    }

    [Fact]
    public async Task messages_are_deleted_by_ids_whether_claimed_missing_or_no_ids_at_all()
    {
        var ids = await _client.PostBodies("q", "1", "2", "3", "4");
        await _client.Post("/v2/queues/q/claims?limit=1");

        (await _client.Delete($"{Messages}?ids={ids[0]},{ids[1]},bogus&claim_ids=x")).ShouldBeEmpty(204);
        (await _client.Delete($"{Messages}?ids={ids[1]}&ids={ids[2]}")).ShouldBeEmpty(204);
        (await _client.Delete($"{Messages}?ids=bogus")).ShouldBeEmpty(204);

        (await _client.Get($"{Messages}?echo=true&include_claimed=true")).Bodies().Should().Equal("4");
    }

    [Fact]
    public async Task no_more_than_20_ids_are_taken()
    {
        var ids = string.Join(',', Enumerable.Repeat("00000000-0000-0001-0000-000000000000", 21));

        (await _client.Delete($"{Messages}?ids={ids}")).ShouldBe(400, "Invalid API request");
        (await _client.Delete($"{Messages}?ids={ids[37..]}")).ShouldBeEmpty(204);
    }

    [Theory, InlineData(""), InlineData("?ids="), InlineData("?pop="), InlineData("?pop=1&ids=a"), InlineData("?pop=0"), InlineData("?pop=-1"), InlineData("?pop=21"), InlineData("?pop=1000000000"), InlineData("?pop=99999999999999999999")]
    public async Task either_ids_or_a_count_from_1_to_20_says_what_to_delete(string query) =>
        (await _client.Delete($"{Messages}{query}")).ShouldBe(400, "Invalid API request");

    [Theory, InlineData("?pop=x"), InlineData("?pop=1.5"), InlineData("?pop=x&ids=a"), InlineData("?ids=%00")]
    public async Task a_count_is_a_whole_number(string query) => (await _client.Delete($"{Messages}{query}")).ShouldBe(400, "Invalid parameter");

    [Fact]
    public async Task popping_takes_the_oldest_unclaimed_messages_for_good()
    {
        var ids = await _client.PostBodies("q", "1", "2", "3", "4");
        await _client.Post("/v2/queues/q/claims?limit=1");

        var popped = await _client.Delete($"{Messages}?pop=2");

        popped.Status.Should().Be(200);
        popped.Json.Keys().Should().Equal("messages");
        popped.Ids().Should().Equal(ids[1], ids[2]);
        var message = popped.Json.GetProperty("messages")[0];
        message.Keys().Should().BeEquivalentTo("id", "age", "ttl", "body", "claim_id", "claim_count");
        message.GetProperty("claim_id").ValueKind.Should().Be(System.Text.Json.JsonValueKind.Null);
        message.GetProperty("claim_count").GetInt32().Should().Be(0);
        (await _client.Delete($"{Messages}?pop=20")).Ids().Should().Equal(ids[3]);
        (await _client.Delete($"{Messages}?pop=20")).Text.Should().Be("""{"messages":[]}""");
    }
}
