using System.Text.Json;
using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;
using Zaqar.Integration.Notifications;

namespace Zaqar.Integration.Cloud;

/// <summary>Subscribers that are told with a token of the subscription's owner, which a real Keystone gives for a real trust.</summary>
[Collection(RealCloud.Name)]
public sealed class TrustsTests(RealCloud cloud)
{
    private readonly string _queue = Messaging.NewQueue();
    private readonly string _path = NotifyingService.NewPath();

    private string Subscriber => "trust+" + cloud.Service.Sink.At(_path);

    [CloudFact]
    public async Task a_subscription_has_the_service_trusted_with_the_clients_roles_for_as_long_as_it_lives()
    {
        var token = await cloud.Token("member");
        using var client = cloud.Client(token);
        var before = TimeProvider.System.GetUtcNow();

        var subscription = await client.SubscribeTo(_queue, Subscriber, ttl: 600);

        var trust = await Trust(token, await TrustOf(client, subscription));
        trust.GetProperty("trustor_user_id").GetString().Should().Be(cloud.Accounts.Users["member"]);
        trust.GetProperty("trustee_user_id").GetString().Should().Be(cloud.Accounts.Users["zaqar"]);
        trust.GetProperty("project_id").GetString().Should().Be(cloud.Accounts.Projects["demo"]);
        trust.GetProperty("impersonation").GetBoolean().Should().BeTrue();
        trust.GetProperty("roles").EnumerateArray().Select(role => role.GetProperty("name").GetString()).Should().BeEquivalentTo("member", "reader");
        trust.GetProperty("expires_at").GetDateTimeOffset().Should().BeCloseTo(before.AddSeconds(600), TimeSpan.FromSeconds(10));
    }

    [CloudFact]
    public async Task a_message_comes_with_a_token_that_is_good_for_the_owners_project()
    {
        using var client = cloud.Client(await cloud.Token("member"));
        await client.SubscribeTo(_queue, Subscriber);

        await client.PostBodies(_queue, "1");

        var request = (await Eventually.Holds(() => Task.FromResult(cloud.Service.Sink.RequestsTo(_path)), requests => requests.Count == 1, "it arrives"))[0];
        var token = request.Headers["X-Auth-Token"];
        var known = await cloud.Validate(token);
        known.GetProperty("user").GetProperty("id").GetString().Should().Be(cloud.Accounts.Users["member"]);
        known.GetProperty("project").GetProperty("id").GetString().Should().Be(cloud.Accounts.Projects["demo"]);
        known.GetProperty("OS-TRUST:trust").GetProperty("trustee_user").GetProperty("id").GetString().Should().Be(cloud.Accounts.Users["zaqar"]);

        // Whoever gets it may go on in the owner's name, here with the service itself.
        using var receiver = cloud.Client(token);
        (await receiver.Get($"/v2/queues/{_queue}/messages?echo=true")).Bodies().Should().Equal("1");
    }

    [CloudFact]
    public async Task a_trust_that_its_owner_ends_ends_the_deliveries()
    {
        var token = await cloud.Token("member");
        using var client = cloud.Client(token);
        var subscription = await client.SubscribeTo(_queue, Subscriber);
        (await cloud.Keystone("DELETE", $"/v3/OS-TRUST/trusts/{await TrustOf(client, subscription)}", token)).Status.Should().Be(204);

        await client.PostBodies(_queue, "1");

        (await client.Delivery(_queue, subscription, entry => entry.EndedAt is not null, "it ends")).Status.Should().Be("failed");
        cloud.Service.Sink.RequestsTo(_path).Should().BeEmpty();
    }

    [CloudFact]
    public async Task a_trust_ends_with_its_subscription()
    {
        var token = await cloud.Token("member");
        using var client = cloud.Client(token);
        var subscription = await client.SubscribeTo(_queue, Subscriber);
        var trust = await TrustOf(client, subscription);

        await client.Unsubscribe(_queue, subscription);

        (await cloud.Keystone("GET", $"/v3/OS-TRUST/trusts/{trust}", token)).Status.Should().Be(404);
    }

    [CloudFact]
    public async Task a_subscriber_that_becomes_a_trusted_one_gets_a_trust()
    {
        var token = await cloud.Token("member");
        using var client = cloud.Client(token);
        var subscription = await client.SubscribeTo(_queue, cloud.Service.Sink.At(_path));

        (await client.Patch($"/v2/queues/{_queue}/subscriptions/{subscription}", JsonSerializer.Serialize(new { subscriber = Subscriber }))).ShouldBeEmpty(204);
        await client.PostBodies(_queue, "1");

        await Trust(token, await TrustOf(client, subscription));
        var request = (await Eventually.Holds(() => Task.FromResult(cloud.Service.Sink.RequestsTo(_path)), requests => requests.Count == 1, "it arrives"))[0];
        (await cloud.Validate(request.Headers["X-Auth-Token"])).GetProperty("user").GetProperty("name").GetString().Should().Be("member");
    }

    [CloudFact]
    public async Task a_token_that_cannot_be_passed_on_makes_no_subscription()
    {
        var member = cloud.Accounts.Users["member"];
        var (_, identity) = await cloud.ApplicationCredential(await cloud.Token("member"), member);
        using var client = cloud.Client(await cloud.Token(identity));

        var answer = await client.Ask("POST", $"/v2/queues/{_queue}/subscriptions", JsonSerializer.Serialize(new { subscriber = Subscriber, ttl = 600 }));

        answer.Status.Should().Be(400, answer.Text);
        answer.Json.GetProperty("description").GetString().Should().Contain("application credential");
        (await client.Subscriptions(_queue)).Should().BeEmpty();
    }

    private async Task<string> TrustOf(HttpClient client, Guid subscription) =>
        (await client.Subscription(_queue, subscription)).Json.GetProperty("options").GetProperty("trust_id").GetString()!;

    private async Task<JsonElement> Trust(string token, string id)
    {
        var answer = await cloud.Keystone("GET", $"/v3/OS-TRUST/trusts/{id}", token);
        answer.Status.Should().Be(200, answer.Text);
        return answer.Json.GetProperty("trust");
    }
}
