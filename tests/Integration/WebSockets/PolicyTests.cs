using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;
using Zaqar.Integration.Postgres;

namespace Zaqar.Integration.WebSockets;

/// <summary>Each action asks the rule of the same operation over HTTP.</summary>
public sealed class PolicyTests(PolicyTests.Service service) : IClassFixture<PolicyTests.Service>
{
    private static readonly Dictionary<string, string> _rules = new()
    {
        ["queue_list"] = "queues:get_all", ["queue_create"] = "queues:create", ["queue_delete"] = "queues:delete", ["queue_get"] = "queues:get",
        ["queue_get_stats"] = "queues:stats", ["queue_purge"] = "queues:purge", ["message_list"] = "messages:get_all", ["message_get"] = "messages:get",
        ["message_get_many"] = "messages:get_all", ["message_post"] = "messages:create", ["message_delete"] = "messages:delete",
        ["message_delete_many"] = "messages:delete_all", ["claim_create"] = "claims:create", ["claim_get"] = "claims:get", ["claim_update"] = "claims:update",
        ["claim_delete"] = "claims:delete", ["subscription_create"] = "subscription:create", ["subscription_list"] = "subscription:get_all",
        ["subscription_get"] = "subscription:get", ["subscription_delete"] = "subscription:delete",
    };

    public static TheoryData<string> Actions => [.. _rules.Keys];

    [Theory, MemberData(nameof(Actions))]
    public async Task an_action_is_for_whom_its_rule_says_and_for_nobody_else(string action)
    {
        var body = $$"""
            {"queue_name": "q", "message_id": "x", "claim_id": "x", "subscription_id": "x", "messages": [{"body": 1}]
            {{(action.EndsWith("_many", StringComparison.Ordinal) ? ", \"message_ids\": [\"x\"]" : "")}} }
            """;
        await using var socket = await service.Connect();

        foreach (var roles in new[] { "", "admin", string.Join(',', _rules.Values.Where(rule => rule != _rules[action]).Select(Role)) })
        {
            var refused = await socket.Ask(action, body, ("X-Roles", roles));
            refused.ShouldRefuse(403);
            refused.Body.Keys().Should().BeEquivalentTo("exception", "error");
        }

        (await socket.Ask(action, body, ("X-Roles", $"reader, {Role(_rules[action])}"))).Status.Should().NotBe(403);
    }

    [Fact]
    public async Task who_may_not_subscribe_is_not_subscribed()
    {
        await using var socket = await service.Connect();

        (await socket.Ask("subscription_create", new { queue_name = "q" })).ShouldRefuse(403);

        (await socket.Ask("subscription_list", new { queue_name = "q" }, ("X-Roles", Role("subscription:get_all")))).Body.ShouldEqual("""{"subscriptions": []}""");
        (await socket.Ask("queue_list", null, ("X-Roles", Role("queues:get_all")))).Body.ShouldEqual("""{"queues": []}""");
    }

    private static string Role(string rule) => rule.Replace(':', '-');

    /// <summary>Each rule asks for a role of its own.</summary>
    public sealed class Service : ZaqarService
    {
        private readonly string _directory = Directory.CreateDirectory(TestDirectory.New()).FullName;

        public Service() => File.WriteAllLines(PolicyPath, _rules.Values.Distinct().Select(rule => $"\"{rule}\": \"role:{Role(rule)}\""));

        private string PolicyPath => Path.Combine(_directory, "rules.yaml");

        protected override IReadOnlyList<string> Settings => [$"--Zaqar:Policy:File={PolicyPath}"];
    }
}

/// <summary>A project may ask so often, however it asks.</summary>
public sealed class RateLimitTests(Http.RateLimitTests.LimitedService service) : IClassFixture<Http.RateLimitTests.LimitedService>
{
    [Theory, InlineData(FrameKind.Text), InlineData(FrameKind.Binary)]
    public async Task who_asks_too_often_is_told_so_and_stays_connected(FrameKind kind)
    {
        await using var socket = await service.Connect(kind: kind);
        await using var other = await service.Connect();
        using var rest = service.Client(socket.Project);

        var replies = await socket.AskAll([.. Enumerable.Range(0, 20).Select(_ => socket.Request("queue_list"))]);

        replies.Take(5).Should().OnlyContain(reply => reply.Status == 200, "that is its burst");
        replies.First(reply => reply.Status != 200).ShouldRefuse(429);
        (await rest.Get("/v2/queues")).Status.Should().Be(429, "it is one count for both transports");
        await other.ShouldGoOn();
        await Eventually.Holds(() => socket.Ask("queue_list"), reply => reply.Status == 200, "it is let in again");
    }
}
