using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Flavors;
using Zaqar.Domain.Pools;
using Zaqar.Unit.Pools;
using static Zaqar.Unit.Pools.PoolStory;

namespace Zaqar.Unit.Flavors;

public sealed class FlavorsTests
{
    private static readonly PoolState[] _pools = [Pool("east", "fast"), Pool("north", "slow"), Pool("west")];
    private static readonly FlavorCreated _created = new("fast", Now, Story.Client);

    [Fact]
    public void a_new_flavor_marks_its_pools() => Put(false, "east", "west").ShouldBe(true, _created, Changed("west", flavor: "fast"));

    [Fact]
    public void one_that_is_there_is_overwritten() =>
        Put(true, "west").ShouldBe(false, Changed("east", flavor: ""), Changed("west", flavor: "fast"));

    [Fact]
    public void a_pool_leaves_the_flavor_it_had() =>
        Put(false, "east", "north").ShouldBe(true, _created, Changed("north", flavor: "fast"));

    [Fact]
    public void the_same_pool_twice_is_one() =>
        Put(false, "west", "west").ShouldBe(true, _created, Changed("east", flavor: ""), Changed("west", flavor: "fast"));

    [Fact]
    public void the_same_again_changes_nothing() => Put(true, "east").ShouldBe(false);

    [Fact]
    public void a_flavor_has_pools()
    {
        Action put = () => Put(false);
        put.ShouldBeRefused<FlavorWithoutPools>(ErrorKind.UnableToCreate);
        Action patch = () => Patch(true);
        patch.ShouldBeRefused<FlavorWithoutPools>(ErrorKind.UnableToCreate);
    }

    [Fact]
    public void all_of_them_are_there()
    {
        Action put = () => Put(false, "west", "south");
        put.ShouldBeRefused<PoolUnknown>(ErrorKind.UnableToCreate);
        Action patch = () => Patch(true, "west", "south");
        patch.ShouldBeRefused<PoolUnknown>(ErrorKind.UpdateFailed);
    }

    [Fact]
    public void its_name_is_one()
    {
        Action put = () => FlavorDecider.Put(false, _pools, "a/b", ["east"], Story.Client, Now);
        put.ShouldBeRefused<ResourceNameInvalid>(ErrorKind.InvalidRequest);
    }

    [Fact]
    public void a_change_marks_and_frees_pools()
    {
        var decision = Patch(true, "west", "north", "west");

        decision.Answer.Should().Equal("north", "west");
        decision.Events.Select(Specification.Described).Should().Equal(
            new object[] { Changed("east", flavor: ""), Changed("north", flavor: "fast"), Changed("west", flavor: "fast") }.Select(Specification.Described));
    }

    [Fact]
    public void only_a_flavor_of_the_project_is_changed()
    {
        Action patch = () => Patch(false, "west");
        patch.ShouldBeRefused<FlavorNotFound>(ErrorKind.NotFound);
    }

    [Fact]
    public void a_deleted_flavor_frees_its_pools() =>
        Delete(exists: true, isShared: false).ShouldBe(true, new FlavorDeleted("fast", Now, Story.Client), Changed("east", flavor: ""));

    [Fact]
    public void one_that_another_project_has_too_keeps_them() =>
        Delete(exists: true, isShared: true).ShouldBe(true, new FlavorDeleted("fast", Now, Story.Client));

    [Theory, InlineData(false), InlineData(true)]
    public void one_that_the_project_has_not_is_left_alone(bool isShared) => Delete(exists: false, isShared).ShouldBe(false);

    private static Decision<bool> Put(bool exists, params string[] wanted) => FlavorDecider.Put(exists, _pools, "fast", wanted, Story.Client, Now);

    private static Decision<IReadOnlyList<string>> Patch(bool exists, params string[] wanted) =>
        FlavorDecider.Patch(exists, _pools, "fast", wanted, Story.Client, Now);

    private static Decision<bool> Delete(bool exists, bool isShared) => FlavorDecider.Delete(exists, isShared, _pools, "fast", Story.Client, Now);
}
