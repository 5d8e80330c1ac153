using FluentAssertions;
using Xunit;
using Zaqar.Api.Requests;
using Zaqar.Api.Settings;

namespace Zaqar.Unit.Requests;

public class RateLimitTests
{
    [Fact]
    public void it_is_off_unless_the_operator_says_so()
    {
        using var limit = new RateLimit(new ServiceSettings());

        for (var request = 0; request < 10_000; request++)
            limit.Admits("p1").Should().BeTrue();
    }

    [Fact]
    public void a_project_has_its_burst_and_then_waits_while_others_go_on()
    {
        using var limit = Limit(requestsPerSecond: 1, burst: 3);

        for (var request = 0; request < 3; request++)
            limit.Admits("p1").Should().BeTrue();

        limit.Admits("p1", out var wait).Should().BeFalse();
        wait.Should().BePositive().And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(1));
        limit.Admits("P1").Should().BeTrue("that is another project");
    }

    [Fact]
    public void without_a_burst_it_is_a_second_long()
    {
        using var limit = Limit(requestsPerSecond: 25, burst: 0);

        for (var request = 0; request < 25; request++)
            limit.Admits("p1").Should().BeTrue();

        limit.Admits("p1").Should().BeFalse();
    }

    private static RateLimit Limit(int requestsPerSecond, int burst) =>
        new(new ServiceSettings { RateLimit = new() { RequestsPerSecond = requestsPerSecond, Burst = burst } });
}
