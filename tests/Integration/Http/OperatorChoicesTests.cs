using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Http;

/// <summary>A service whose operator has chosen other than the defaults.</summary>
public sealed class OperatorChoicesTests(OperatorChoicesTests.ChosenService service) : IClassFixture<OperatorChoicesTests.ChosenService>
{
    [Fact]
    public async Task a_client_id_may_be_any_text_of_the_right_length()
    {
        var project = Guid.NewGuid().ToString();
        using var client = service.Client(project, "not a uuid!");
        using var other = service.Client(project, "someone-else");
        await client.PostBodies("q", "1");

        (await client.Get("/v2/queues/q/messages")).Bodies().Should().BeEmpty();
        (await other.Get("/v2/queues/q/messages")).Bodies().Should().Equal("1");
    }

    [Theory, InlineData("too short"), InlineData("a text that is far longer than 36 chars"), InlineData("")]
    public async Task a_client_id_of_another_length_is_refused_in_the_title(string clientId)
    {
        var answer = await RawHttp.Ask(service.Address, $"GET /v2/queues/q HTTP/1.1\r\nHost: x\r\nClient-ID: {clientId}\r\nX-Project-ID: p\r\n\r\n");

        answer.Should().StartWith("HTTP/1.1 400 ").And.Contain("{\"title\":\"The header Client-Id has 10 to 36 characters.\"}");
    }

    [Theory]
    [InlineData("1", "MD5:c4ca4238a0b923820dcc509a6f75849b"), InlineData("\"p\"", "MD5:562528a52d298ee01c88774cd60969f7")]
    [InlineData("""{"u":"é"}""", "MD5:dbe0cce57d14b0b8c16e7e69b60de053")]
    public async Task messages_carry_a_checksum(string body, string checksum)
    {
        using var client = service.Client(clientId: "checksum client");
        var id = (await client.PostBodies("q", body))[0];

        (await client.Get($"/v2/queues/q/messages/{id}")).Json.GetProperty("checksum").GetString().Should().Be(checksum);
        (await client.Get("/v2/queues/q/messages?echo=true")).Json.GetProperty("messages")[0].GetProperty("checksum").GetString().Should().Be(checksum);
        (await client.Delete("/v2/queues/q/messages?pop=1")).Json.GetProperty("messages")[0].GetProperty("checksum").GetString().Should().Be(checksum);
    }

    [Fact]
    public async Task a_null_body_has_no_checksum()
    {
        using var client = service.Client(clientId: "checksum client");
        var id = (await client.PostBodies("q", "null"))[0];

        (await client.Get($"/v2/queues/q/messages/{id}")).Json.Keys().Should().NotContain("checksum");
    }

    [Fact]
    public async Task deleting_by_ids_needs_the_claims_that_hold_the_messages()
    {
        using var client = service.Client(clientId: "deleting client");
        var ids = await client.PostBodies("q", "1", "2");
        var claim = (await client.Post("/v2/queues/q/claims?limit=1")).Location!.Split('/')[^1];
        const string messages = "/v2/queues/q/messages";

        (await client.Delete($"{messages}?ids={ids[0]}")).ShouldBe(400, "Invalid API request");
        (await client.Delete($"{messages}?ids={ids[0]}&claim_ids=bogus")).ShouldBe(403, "Unable to delete");
        (await client.Delete($"{messages}?ids={ids[0]},{ids[1]}&claim_ids={claim}")).ShouldBe(403, "Unable to delete");
        (await client.Get($"{messages}?echo=true&include_claimed=true")).Bodies().Should().Equal("1", "2");
        (await client.Delete($"{messages}?ids={ids[0]}&claim_ids=bogus,{claim}")).ShouldBeEmpty(204);
        (await client.Get($"{messages}?echo=true&include_claimed=true")).Bodies().Should().Equal("2");
    }

    [Fact]
    public async Task deleting_a_topics_messages_by_ids_needs_no_claims_for_nobody_can_have_any()
    {
        using var client = service.Client(clientId: "topic client");
        const string messages = "/v2/topics/t/messages";
        var posted = (await client.Post(messages, """{"messages": [{"body": 1}, {"body": 2}]}""")).Location!;

        (await client.Delete(posted)).ShouldBeEmpty(204);
        (await client.Get($"{messages}?echo=true")).Bodies().Should().BeEmpty();
    }

    [Fact]
    public async Task limits_are_what_the_operator_says()
    {
        using var client = service.Client(clientId: "limited client");

        (await client.Get("/v2/queues/q/messages?limit=3")).Status.Should().Be(200);
        (await client.Get("/v2/queues/q/messages?limit=4")).ShouldBe(400, "Invalid API request");
        await client.PostBodies("q", "1", "2", "3", "4");
        (await client.Get("/v2/queues/q/messages?echo=true")).Bodies().Should().HaveCount(3, "a page cannot be longer than allowed");
        (await client.Get("/v2/queues/q")).Json.GetProperty("_default_message_ttl").GetInt32().Should().Be(120);
    }

    [Fact]
    public async Task subscribers_are_of_the_types_and_in_the_networks_that_the_operator_takes()
    {
        using var client = service.Client(clientId: "subscribing client");

        (await client.Post("/v2/queues/q/subscriptions", """{"subscriber": "mailto:a@example.com"}""")).ShouldBe(400, "Invalid API request");
        (await client.Post("/v2/queues/q/subscriptions", """{"subscriber": "http://10.1.2.3/"}""")).Status.Should().Be(201);
        (await client.Post("/v2/queues/q/subscriptions", """{"subscriber": "http://10.2.2.3/"}""")).ShouldBe(400, "Invalid API request");
        (await client.Get("/v2/queues/q/subscriptions")).Json.GetProperty("subscriptions")[0].GetProperty("ttl").GetInt32().Should().Be(90);
        (await client.Get("/v2/queues/q/subscriptions?limit=3")).ShouldBe(400, "Invalid API request");
    }

    public sealed class ChosenService : ZaqarService
    {
        protected override IReadOnlyList<string> Settings =>
        [
            "--Zaqar:EnableChecksum=true", "--Zaqar:Transport:ClientIdUuidSafe=off", "--Zaqar:Transport:MessageDeleteWithClaimId=true",
            "--Zaqar:Transport:MaxMessagesPerPage=3", "--Zaqar:Transport:DefaultMessageTtl=120",
            "--Zaqar:Transport:SubscriberTypes=http, https", "--Zaqar:Transport:DefaultSubscriptionTtl=90", "--Zaqar:Transport:MaxSubscriptionsPerPage=2",
            "--Zaqar:Notification:AllowedNetworks=10.1.0.0/16",
        ];
    }
}
