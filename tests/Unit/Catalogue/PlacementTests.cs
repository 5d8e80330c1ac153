using FluentAssertions;
using Xunit;
using Zaqar.Domain.Catalogue;

namespace Zaqar.Unit.Catalogue;

public sealed class PlacementTests
{
    [Theory]
    [InlineData(0, "a"), InlineData(9, "a"), InlineData(10, "b"), InlineData(39, "b")]
    public void a_pool_is_chosen_by_its_part_of_all_weights(long draw, string chosen) =>
        Choose(null, draw, new("a", 10, null), new("none", 0, null), new("b", 30, null)).Should().Be(chosen);

    [Fact]
    public void as_often_as_its_weight_says()
    {
        PoolOffer[] pools = [new("a", 1, null), new("b", 3, null)];
        Enumerable.Range(0, 4).Select(draw => Choose(null, draw, pools)).Should().Equal("a", "b", "b", "b");
    }

    [Fact]
    public void a_flavor_has_its_own_pools_only()
    {
        Choose("fast", 0, new("a", 10, null), new("b", 10, "fast")).Should().Be("b");
        Choose("slow", 0, new("a", 10, null), new("b", 10, "fast")).Should().BeNull();
        Choose("fast", 0, new("a", 10, null), new("b", 0, "fast")).Should().BeNull();
    }

    [Fact]
    public void without_a_flavor_a_pool_without_one_comes_first_and_any_if_there_is_none()
    {
        Choose(null, 0, new("a", 10, "fast"), new("b", 10, null)).Should().Be("b");
        Choose(null, 0, new("a", 10, "fast"), new("b", 0, null)).Should().Be("a");
        Choose(null, 0).Should().BeNull();
    }

    [Fact]
    public void the_greatest_weights_do_not_overflow()
    {
        var pools = Enumerable.Range(0, 1_000).Select(i => new PoolOffer($"p{i}", 4_294_967_295, null)).ToArray();
        Choose(null, 4_294_967_295L * 1_000 - 1, pools).Should().Be("p999");
    }

    private static string? Choose(string? flavor, long draw, params PoolOffer[] pools) => Placement.Choose(pools, flavor, below =>
    {
        draw.Should().BeLessThan(below);
        return draw;
    });
}
