using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Pools;
using static Zaqar.Unit.Pools.PoolStory;

namespace Zaqar.Unit.Pools;

public sealed class ChangingPoolsTests
{
    private static readonly PoolState[] _pools = [Pool("east", "fast"), Pool("west")];

    [Fact]
    public void what_is_named_changes_and_the_rest_stays() =>
        Patch("east", null, new(null, 20, null, null)).ShouldBe(_pools[0] with { Weight = 20 }, Changed("east", weight: 20));

    [Fact]
    public void all_may_be_named() =>
        Patch("east", AddressOf("new"), new("uri", 1, "slow", """{"a": 1}"""))
            .ShouldBe(new("east", AddressOf("new"), 1, "slow", """{"a": 1}"""), Changed("east", AddressOf("new"), 1, "slow", """{"a": 1}"""));

    [Fact]
    public void an_empty_flavor_detaches() =>
        Patch("east", null, new(null, null, "", null)).ShouldBe(_pools[0] with { Flavor = null }, Changed("east", flavor: ""));

    [Fact]
    public void detaching_what_is_of_no_flavor_changes_nothing() => Patch("west", null, new(null, null, "", null)).ShouldBe(_pools[1]);

    [Fact]
    public void what_is_so_already_changes_nothing() => Patch("east", AddressOf("east"), new("uri", 10, "fast", "{}")).ShouldBe(_pools[0]);

    [Fact]
    public void an_unknown_pool_is_not_found()
    {
        Action change = () => Patch("north", null, new(null, 20, null, null));
        change.ShouldBeRefused<PoolNotFound>(ErrorKind.NotFound);
    }

    [Fact]
    public void a_database_of_another_pool_is_taken()
    {
        Action change = () => Patch("west", AddressOf("east"), new("uri", null, null, null));
        change.ShouldBeRefused<PoolUriTaken>(ErrorKind.Conflict);
    }

    [Fact]
    public void a_pool_is_deleted() =>
        PoolDecider.Delete(_pools, "west", Story.Client, Now).ShouldBe(true, new PoolDeleted("west", Now, Story.Client));

    [Fact]
    public void one_that_is_not_there_is_deleted_too() => PoolDecider.Delete(_pools, "north", Story.Client, Now).ShouldBe(false);

    [Fact]
    public void the_last_of_a_flavor_stays()
    {
        Action delete = () => PoolDecider.Delete(_pools, "east", Story.Client, Now);
        delete.ShouldBeRefused<PoolInUse>(ErrorKind.InUse);
    }

    [Fact]
    public void one_of_two_of_a_flavor_goes() =>
        PoolDecider.Delete([.. _pools, Pool("north", "fast")], "east", Story.Client, Now).ShouldBe(true, new PoolDeleted("east", Now, Story.Client));

    private static Decision<PoolState> Patch(string name, PoolAddress? address, PoolDraft draft) =>
        PoolDecider.Patch(_pools, name, address, draft, Story.Client, Now);
}
