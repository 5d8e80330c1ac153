using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Integration.Delivery.Sinks;
using Zaqar.Integration.Http;
using Zaqar.Integration.Notifications;

namespace Zaqar.Integration.Identity;

/// <summary>Subscribers that are told in their owner's name, where the service makes the trust with the owner's token.</summary>
public sealed class MakingTrustsTests(MakingTrustsTests.Service service) : IClassFixture<MakingTrustsTests.Service>, IAsyncLifetime, IDisposable
{
    private const string Subscriptions = "/v2/queues/q/subscriptions";

    private readonly string _project = Guid.NewGuid().ToString("N");
    private readonly string _user = Guid.NewGuid().ToString("N");
    private readonly string _path = NotifyingService.NewPath();
    private HttpClient _client = null!;

    private string Subscriber => "trust+" + service.Sink.At(_path);

    private FakeKeystone Keystone => service.Keystone;

    public Task InitializeAsync()
    {
        (Keystone.Trouble, Keystone.TrustRefusal) = (null, null);
        _client = Client(Keystone.Give(_project, _user, ["reader", "member"]));
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task a_trust_is_made_with_all_that_the_clients_token_says_and_shows_in_the_options()
    {
        var subscription = await _client.SubscribeTo("q", Subscriber, new { post_data = "x" }, ttl: 600);

        var trust = Mine().Should().ContainSingle().Subject;
        (await Options(subscription)).Should().Be($$"""{"post_data":"x", "trust_id": "{{trust.Id}}"}""");
        var until = DateTimeOffset.Parse((string)trust.Request["expires_at"]!, System.Globalization.CultureInfo.InvariantCulture);
        until.Should().BeCloseTo(TimeProvider.System.GetUtcNow().AddSeconds(600), TimeSpan.FromSeconds(30));
        ((string)trust.Request["expires_at"]!).Should().MatchRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$");
        trust.Request.Remove("expires_at");
        trust.Request.ToJsonString().Should().Be(
            $$"""{"trustor_user_id":"{{_user}}","trustee_user_id":"{{FakeKeystone.ServiceUser}}","project_id":"{{_project}}","impersonation":true,"roles":[{"name":"reader"},{"name":"member"}]}""");
    }

    [Fact]
    public async Task a_delivery_carries_a_token_of_the_trust()
    {
        await _client.SubscribeTo("q", Subscriber);

        await _client.PostBodies("q", "1");

        var request = (await Eventually.Holds(() => Task.FromResult(service.Sink.RequestsTo(_path)), seen => seen.Count == 1, "it arrives"))[0];
        request.Headers["X-Auth-Token"].Should().EndWith(Mine().Single().Id).And.StartWith("token-");
    }

    [Fact]
    public async Task a_trust_that_the_client_brings_is_taken_and_none_is_made()
    {
        await _client.SubscribeTo("q", Subscriber, new { trust_id = "theirs" });

        Mine().Should().BeEmpty();
    }

    [Theory, InlineData("null"), InlineData("\"\""), InlineData("5")]
    public async Task what_is_no_trust_gives_way_to_one(string given)
    {
        var subscription = await _client.Subscribe("q", Subscriber, options: $$"""{"trust_id": {{given}}, "a": 1}""");

        (await Options(Guid.Parse(subscription))).Should().Be($$"""{"trust_id": "{{Mine().Single().Id}}", "a": 1}""");
    }

    [Fact]
    public async Task no_trust_is_made_for_what_is_refused_or_there_already()
    {
        var subscription = await _client.SubscribeTo("q", Subscriber);
        (await _client.SubscribeTo("q", Subscriber)).Should().Be(subscription, "it waits to be confirmed");
        await _client.Confirm("q", subscription.ToString());

        (await _client.Ask("POST", Subscriptions, $$"""{"subscriber": "{{Subscriber}}"}""")).ShouldBe(409, "Resource conflict");
        (await _client.Ask("POST", Subscriptions, $$"""{"subscriber": "{{Subscriber}}x", "ttl": 5}""")).ShouldBe(400, "Invalid API request");
        (await _client.Ask("POST", Subscriptions, $$$"""{"subscriber": "{{{Subscriber}}}x", "options": {"secret": "***"}}""")).ShouldBe(400, "Invalid API request");
        (await _client.Patch($"{Subscriptions}/{Guid.NewGuid()}", $$"""{"subscriber": "{{Subscriber}}x"}""")).ShouldBe(404, "Not found");

        Mine().Should().ContainSingle();
    }

    [Fact]
    public async Task of_simultaneous_subscribers_one_keeps_its_trust()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _client.SubscribeTo("q", Subscriber)));

        ids.Distinct().Should().ContainSingle();
        var kept = JsonDocument.Parse(await Options(ids[0])).RootElement.GetProperty("trust_id").GetString();
        Mine().Select(trust => trust.Id).Except(Keystone.TrustsDeleted).Should().Equal(kept);
    }

    [Theory]
    [InlineData(400, 400, "Invalid API request"), InlineData(403, 400, "Invalid API request"), InlineData(404, 400, "Invalid API request")]
    [InlineData(401, 503, "Service temporarily unavailable"), InlineData(500, 503, "Service temporarily unavailable")]
    [InlineData(409, 503, "Service temporarily unavailable"), InlineData(200, 503, "Service temporarily unavailable")]
    public async Task without_a_trust_there_is_no_subscription_and_no_queue(int answered, int status, string title)
    {
        Keystone.TrustRefusal = answered;

        (await _client.Ask("POST", Subscriptions, $$"""{"subscriber": "{{Subscriber}}"}""")).ShouldBe(status, title);

        (await _client.Subscriptions("q")).Should().BeEmpty();
        (await _client.Head("/v2/queues/q")).Status.Should().Be(404);
    }

    [Fact]
    public async Task a_token_that_comes_from_a_trust_makes_none()
    {
        using var client = Client(Keystone.Give(_project, _user, shape: body => body["OS-TRUST:trust"] = new JsonObject { ["id"] = "t" }));

        (await client.Ask("POST", Subscriptions, $$"""{"subscriber": "{{Subscriber}}"}""")).ShouldBe(400, "Invalid API request");
    }

    [Fact]
    public async Task a_token_that_keystone_no_longer_takes_is_not_kept_either()
    {
        var token = Keystone.Give(_project, _user);
        using var client = Client(token);
        await client.Get("/v2/queues");
        Keystone.Revoke(token);

        (await client.Ask("POST", Subscriptions, $$"""{"subscriber": "{{Subscriber}}"}""")).ShouldBe(503, "Service temporarily unavailable");
        (await client.Ask("POST", Subscriptions, $$"""{"subscriber": "{{Subscriber}}"}""")).Status.Should().Be(401);
    }

    [Fact]
    public async Task keystone_away_is_503_and_nothing_is_made()
    {
        await _client.Get("/v2/queues");
        Keystone.Trouble = SinkAnswer.Status(503);

        (await _client.Ask("POST", Subscriptions, $$"""{"subscriber": "{{Subscriber}}"}""")).ShouldBe(503, "Service temporarily unavailable");

        Keystone.Trouble = null;
        (await _client.Subscriptions("q")).Should().BeEmpty();
    }

    [Fact]
    public async Task a_change_that_makes_it_a_trusting_subscriber_makes_a_trust()
    {
        var subscription = await _client.SubscribeTo("q", service.Sink.At(_path), new { secret = "hunter2", a = 1 });

        (await _client.Patch($"{Subscriptions}/{subscription}", $$"""{"subscriber": "{{Subscriber}}"}""")).ShouldBeEmpty(204);

        (await Options(subscription)).Should().Be($$"""{"secret":"***","a":1, "trust_id": "{{Mine().Single().Id}}"}""");
    }

    [Fact]
    public async Task options_without_the_trust_make_another_and_end_the_first()
    {
        var subscription = await _client.SubscribeTo("q", Subscriber);
        var first = Mine().Single().Id;

        (await _client.Patch($"{Subscriptions}/{subscription}", """{"options": {"a": 1}}""")).ShouldBeEmpty(204);

        Keystone.TrustsDeleted.Should().Contain(first);
        var second = Mine().Single(trust => trust.Id != first).Id;
        (await Options(subscription)).Should().Be($$"""{"a": 1, "trust_id": "{{second}}"}""");
    }

    [Fact]
    public async Task a_new_ttl_makes_a_trust_that_lasts_as_long()
    {
        var subscription = await _client.SubscribeTo("q", Subscriber, ttl: 60);
        var first = Mine().Single().Id;

        (await _client.Patch($"{Subscriptions}/{subscription}", """{"ttl": 9000}""")).ShouldBeEmpty(204);

        Keystone.TrustsDeleted.Should().Contain(first);
        var second = Mine().Single(trust => trust.Id != first);
        (await Options(subscription)).Should().Be($$"""{"trust_id": "{{second.Id}}"}""");
        DateTimeOffset.Parse((string)second.Request["expires_at"]!, System.Globalization.CultureInfo.InvariantCulture)
            .Should().BeAfter(TimeProvider.System.GetUtcNow().AddSeconds(8_000));
    }

    [Fact]
    public async Task a_trust_that_was_brought_is_neither_renewed_nor_deleted()
    {
        Keystone.Trusts["theirs"] = true;
        var subscription = await _client.SubscribeTo("q", Subscriber, new { trust_id = "theirs" });

        (await _client.Patch($"{Subscriptions}/{subscription}", """{"ttl": 9000}""")).ShouldBeEmpty(204);
        await _client.Unsubscribe("q", subscription);

        Mine().Should().BeEmpty();
        Keystone.TrustsDeleted.Should().NotContain("theirs");
    }

    [Fact]
    public async Task a_change_that_leads_elsewhere_ends_the_trust()
    {
        var subscription = await _client.SubscribeTo("q", Subscriber);

        (await _client.Patch($"{Subscriptions}/{subscription}", $$$"""{"subscriber": "{{{service.Sink.At(_path)}}}", "options": {}}""")).ShouldBeEmpty(204);

        Keystone.TrustsDeleted.Should().Contain(Mine().Single().Id);
    }

    [Fact]
    public async Task a_change_that_is_refused_leaves_no_trust()
    {
        var taken = service.Sink.At(_path + "/taken");
        await _client.SubscribeTo("q", "trust+" + taken, new { trust_id = "theirs" });
        var subscription = await _client.SubscribeTo("q", service.Sink.At(_path));

        (await _client.Patch($"{Subscriptions}/{subscription}", $$"""{"subscriber": "trust+{{taken}}"}""")).ShouldBe(409, "Resource conflict");

        Mine().Should().BeEmpty();
    }

    [Fact]
    public async Task the_trust_goes_with_its_subscription()
    {
        var subscription = await _client.SubscribeTo("q", Subscriber);

        await _client.Unsubscribe("q", subscription);

        Keystone.TrustsDeleted.Should().Contain(Mine().Single().Id);
    }

    [Fact]
    public async Task a_colleague_may_delete_the_subscription_and_not_the_trust()
    {
        using var colleague = Client(Keystone.Give(_project, "a colleague"));
        var subscription = await _client.SubscribeTo("q", Subscriber);

        await colleague.Unsubscribe("q", subscription);

        Keystone.TrustsDeleted.Should().NotContain(Mine().Single().Id, "it ends by itself");
        (await _client.Subscriptions("q")).Should().BeEmpty();
    }

    [Fact]
    public async Task keystone_away_does_not_keep_a_subscription_alive()
    {
        var subscription = await _client.SubscribeTo("q", Subscriber);
        Keystone.Trouble = SinkAnswer.Reset;

        await _client.Unsubscribe("q", subscription);
    }

    [Fact]
    public async Task the_clients_token_is_stored_nowhere()
    {
        var token = _client.DefaultRequestHeaders.GetValues("X-Auth-Token").Single();
        var subscription = await _client.SubscribeTo("q", Subscriber);
        await _client.Patch($"{Subscriptions}/{subscription}", """{"ttl": 9000}""");
        await _client.PostBodies("q", "1");

        await using var command = service.Database.CreateCommand(
            "select string_agg(e::text, ' ') || (select string_agg(s::text, ' ') from subscription s) from mt_events e where tenant_id = $1");
        command.Parameters.Add(new() { Value = _project });
        ((string)(await command.ExecuteScalarAsync())!).Should().Contain(_user).And.NotContain(token);
    }

    [Fact]
    public async Task a_signature_makes_no_trust()
    {
        const string key = "the key";
        using var bearer = new HttpClient { BaseAddress = service.Address };
        var signature = UrlSignature.Of(key, [Subscriptions], ["POST"], _project, "2099-01-01T00:00:00");

        var answer = await bearer.Ask("POST", Subscriptions, $$"""{"subscriber": "{{Subscriber}}"}""", headers:
        [
            ("Client-ID", Guid.NewGuid().ToString()), ("X-Project-ID", _project), ("URL-Signature", signature), ("URL-Methods", "POST"),
            ("URL-Paths", Subscriptions), ("URL-Expires", "2099-01-01T00:00:00"), ("X-Auth-Token", Keystone.Give(_project, _user)),
        ]);

        answer.ShouldBe(503, "Service temporarily unavailable");
        Mine().Should().BeEmpty();
    }

    private (string Id, JsonObject Request)[] Mine() =>
        [.. Keystone.TrustsMade.Where(made => (string?)made.Value["project_id"] == _project).Select(made => (made.Key, (JsonObject)made.Value.DeepClone()))];

    private async Task<string> Options(Guid subscription) =>
        (await _client.Subscription("q", subscription)).Json.GetProperty("options").GetRawText();

    private HttpClient Client(string token)
    {
        var client = new HttpClient { BaseAddress = service.Address };
        client.DefaultRequestHeaders.Add("Client-ID", Guid.NewGuid().ToString());
        client.DefaultRequestHeaders.Add("X-Auth-Token", token);
        return client;
    }

    /// <summary>A service that knows clients by Keystone and may reach this machine.</summary>
    public sealed class Service : NotifyingService
    {
        internal FakeKeystone Keystone { get; private set; } = null!;

        protected override IReadOnlyList<string> Settings => [.. base.Settings, .. Keystone.Arguments, "--Zaqar:SignedUrl:SecretKey=the key"];

        public override async Task InitializeAsync()
        {
            Keystone = await FakeKeystone.Start(TimeProvider.System);
            await base.InitializeAsync();
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await Keystone.DisposeAsync();
        }
    }
}
