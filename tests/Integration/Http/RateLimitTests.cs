using FluentAssertions;
using Xunit;

namespace Zaqar.Integration.Http;

public sealed class RateLimitTests(RateLimitTests.LimitedService service) : IClassFixture<RateLimitTests.LimitedService>
{
    [Fact]
    public async Task a_project_that_asks_too_often_is_told_when_to_come_back_and_is_let_in_then()
    {
        using var client = service.Client();
        using var other = service.Client();

        var answers = new List<Answer>();
        for (var request = 0; request < 20; request++)
            answers.Add(await client.Get("/v2/queues"));

        answers.Take(5).Should().OnlyContain(answer => answer.Status == 200, "that is its burst");
        var refused = answers.First(answer => answer.Status != 200);
        refused.ShouldBe(429, "Too many requests");
        refused.Header("Retry-After").Should().Be("1");
        refused.Header("x-openstack-request-id").Should().StartWith("req-");
        (await other.Get("/v2/queues")).Status.Should().Be(200, "other projects have their own");
        await Eventually.Holds(() => client.Get("/v2/queues"), answer => answer.Status == 200, "it is let in again");
    }

    [Fact]
    public async Task what_needs_no_project_is_not_counted_and_what_fails_before_it_is_known_neither()
    {
        using var nobody = new HttpClient { BaseAddress = service.Address };

        for (var request = 0; request < 20; request++)
        {
            (await nobody.Get("/")).Status.Should().Be(300);
            (await nobody.Get("/healthz/live")).Status.Should().Be(200);
            (await nobody.Get("/v2/queues")).Status.Should().Be(400);
        }
    }

    [Fact]
    public async Task refused_methods_count_like_any_request()
    {
        using var client = service.Client();

        var statuses = new List<int>();
        for (var request = 0; request < 20; request++)
            statuses.Add((await client.Ask("BREW", "/v2/queues")).Status);

        statuses.Should().Contain(405).And.Contain(429);
    }

    public sealed class LimitedService : ZaqarService
    {
        protected override IReadOnlyList<string> Settings => ["--Zaqar:RateLimit:RequestsPerSecond=2", "--Zaqar:RateLimit:Burst=5"];
    }
}
