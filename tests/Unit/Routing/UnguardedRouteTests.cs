using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Zaqar.Api.Documents;
using Zaqar.Api.OpenApi;
using Zaqar.Api.Routing;
using Zaqar.Api.Settings;

namespace Zaqar.Unit.Routing;

/// <summary>What nobody thought of is closed: such a service does not even start.</summary>
public class UnguardedRouteTests
{
    [Theory]
    [InlineData("GET", "/v2/queues/{queue_name}", null), InlineData("GET", "/v2", null), InlineData("POST", "/v2/anything", null), InlineData("GET", "/v2/x/", null)]
    public void a_route_without_a_rule_does_not_start(string method, string pattern, string? rule) =>
        FluentActions.Invoking(() => Start(method, pattern, rule))
            .Should().Throw<UnguardedRouteException>().WithMessage($"*{method} {pattern}*no policy rule*");

    [Theory, InlineData(""), InlineData("queue:get"), InlineData("Queues:get"), InlineData("context")]
    public void a_route_whose_rule_the_policy_does_not_know_does_not_start(string rule) =>
        FluentActions.Invoking(() => Start("GET", "/v2/queues", rule)).Should().Throw<UnguardedRouteException>().WithMessage("*GET /v2/queues*");

    [Theory, InlineData("/", null), InlineData("/v2/", null), InlineData("/v2/queues", "queues:get_all")]
    public void the_documents_and_guarded_routes_do(string pattern, string? rule) => Start("GET", pattern, rule).Should().ContainSingle();

    [Fact]
    public void the_whole_table_is_guarded() =>
        FluentActions.Invoking(() => Routes.For(new ServiceSettings { AdminMode = true, Pooling = true }).Select(UnguardedRouteException.Check).ToArray())
            .Should().NotThrow();

    private static Microsoft.AspNetCore.Http.Endpoint[] Start(string method, string pattern, string? rule)
    {
        using var services = new ServiceCollection().BuildServiceProvider();
        return Endpoints.Of([new ApiRoute(method, pattern, rule, typeof(VersionsEndpoint), new Operation("it", "Tests", "It answers"))], services);
    }
}
