using System.Text.Json;
using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Isolation;

/// <summary>Whoever lists and counts sees what is in the own project, whichever foreign things it names on the way.</summary>
[Collection(IsolationCollection.Name)]
public sealed class ListingsTests(IsolatedService service)
{
    private readonly Tenant _victim = service.Victim;

    [Fact]
    public async Task queues_are_listed_and_counted_in_ones_own_project_alone()
    {
        var stranger = await service.Stranger();

        foreach (var query in new[]
        {
            "", "&detailed=true", "&limit=20", "&marker=a", $"&marker={service.Alone.Queue}", $"&marker={service.Alone.Queue[..^1]}", "&name=a", "&name=s",
        })
        {
            var seen = await Ask(stranger, $"/v2/queues?with_count=true{query}");
            Json(seen).GetProperty("queues").EnumerateArray().Select(queue => queue.GetProperty("name").GetString())
                .Should().BeSubsetOf([stranger.Has.Queue], query);
            Json(seen).GetProperty("count").GetInt64().Should().Be(1, query);
        }

        foreach (var filter in new[] { $"name={service.Alone.Queue}", $"secret={_victim.Has.Secret}", $"secret={service.Alone.Secret}" })
            Json(await Ask(stranger, $"/v2/queues?{filter}")).GetProperty("queues").GetArrayLength().Should().Be(0, filter);
    }

    [Fact]
    public async Task a_foreign_queue_counts_nothing()
    {
        var stranger = await service.Stranger();

        var stats = await Ask(stranger, $"/v2/queues/{service.Alone.Queue}/stats");

        stats.Body.Should().MatchRegex("""^{"messages": ?{"claimed": ?0, ?"free": ?0, ?"total": ?0}}$""");
        (await Ask(_victim, $"/v2/queues/{service.Alone.Queue}/stats")).Body.Should().MatchRegex("\"total\": ?3");
    }

    [Fact]
    public async Task foreign_markers_and_ids_bring_nothing_foreign()
    {
        var (stranger, has) = (await service.Stranger(), _victim.Has);
        var queue = $"/v2/queues/{has.Queue}";
        foreach (var path in new[]
        {
            $"{queue}/messages?echo=true&include_claimed=true&marker={has.Claimed}", $"{queue}/messages?ids={has.Message},{has.Claimed}",
            $"{queue}/messages/{has.Message}", $"{queue}/claims/{has.Claim}", $"{queue}/subscriptions?marker={has.Subscription}",
            $"{queue}/subscriptions/{has.Subscription}", $"{queue}/subscriptions/{has.Subscription}/deliveries",
            $"{queue}/subscriptions/{stranger.Has.Subscription}/deliveries?marker={has.Delivery}",
        })
        {
            var seen = await Ask(stranger, path);
            service.LeakIn(seen.Body, path).Should().BeNull(path);
            seen.Status.Should().BeOneOf([200, 404], path);
        }
    }

    private Task<Seen> Ask(Tenant tenant, string target) =>
        new Call("GET", target, "", "").Ask(service.Address, [("X-Auth-Token", tenant.Token), ("Client-ID", IsolatedService.ClientId)]);

    private static JsonElement Json(Seen seen) => JsonDocument.Parse(seen.Body).RootElement;
}
