using FluentAssertions;
using Xunit;
using Zaqar.Domain;
using Zaqar.Domain.Pools;
using static Zaqar.Unit.Pools.PoolStory;

namespace Zaqar.Unit.Pools;

public sealed class PuttingPoolsTests
{
    [Fact]
    public void a_new_pool_is_made() =>
        Put([], "east", AddressOf("east"), Draft(10, "fast", """{"a": 1}""")).ShouldBe(true, Created("east", "fast", 10, """{"a": 1}"""));

    [Fact]
    public void what_is_left_out_is_nothing() => Put([], "east", AddressOf("east"), Draft(0)).ShouldBe(true, Created("east", weight: 0));

    [Fact]
    public void an_empty_flavor_is_none() => Put([], "east", AddressOf("east"), Draft(flavor: "")).ShouldBe(true, Created("east"));

    [Fact]
    public void one_that_is_there_is_replaced_and_what_is_left_out_with_it() =>
        Put([Pool("east", "fast") with { Options = """{"a": 1}""" }], "east", AddressOf("elsewhere"), Draft(20))
            .ShouldBe(false, Changed("east", AddressOf("elsewhere"), 20, "", "{}"));

    [Fact]
    public void the_same_again_changes_nothing() => Put([Pool("east")], "east", AddressOf("east"), Draft()).ShouldBe(false);

    [Fact]
    public void a_kept_address_stays() => Put([Pool("east")], "east", null, Draft(20)).ShouldBe(false, Changed("east", weight: 20));

    [Fact]
    public void a_database_is_one_pools() =>
        Deciding([Pool("east")], "west", AddressOf("east"), Draft()).ShouldBeRefused<PoolUriTaken>(ErrorKind.Conflict);

    [Fact]
    public void one_that_is_there_takes_no_database_of_anothers_either() =>
        Deciding([Pool("east"), Pool("west")], "west", AddressOf("east"), Draft()).ShouldBeRefused<PoolUriTaken>(ErrorKind.Conflict);

    [Fact]
    public void a_password_may_be_another_for_the_same_database() =>
        Put([Pool("east")], "east", AddressOf("east") with { Sealed = "another" }, Draft())
            .ShouldBe(false, Changed("east", AddressOf("east") with { Sealed = "another" }));

    [Fact]
    public void a_pool_has_a_weight() => Deciding([], "east", AddressOf("east"), Draft(null)).ShouldBeRefused<PoolInvalid>(ErrorKind.InvalidBody);

    [Theory, InlineData(0), InlineData(4_294_967_295)]
    public void the_least_and_the_greatest_weight_pass(long weight) =>
        Put([], "east", AddressOf("east"), Draft(weight)).ShouldBe(true, Created("east", weight: weight));

    [Theory, InlineData(-1), InlineData(4_294_967_296), InlineData(long.MaxValue), InlineData(long.MinValue)]
    public void other_weights_do_not(long weight) =>
        Deciding([], "east", AddressOf("east"), Draft(weight)).ShouldBeRefused<PoolInvalid>(ErrorKind.InvalidBody);

    [Fact]
    public void a_flavor_is_bounded()
    {
        Put([], "east", AddressOf("east"), Draft(flavor: new('f', 255))).Answer.Should().BeTrue();
        Deciding([], "east", AddressOf("east"), Draft(flavor: new('f', 256))).ShouldBeRefused<PoolInvalid>(ErrorKind.InvalidBody);
        Deciding([], "east", AddressOf("east"), Draft(flavor: "a\0b")).ShouldBeRefused<PoolInvalid>(ErrorKind.InvalidBody);
    }

    [Fact]
    public void a_uri_is_bounded() =>
        Deciding([], "east", AddressOf("east"), Draft() with { Uri = new('u', 256) }).ShouldBeRefused<PoolInvalid>(ErrorKind.InvalidBody);

    [Theory]
    [InlineData(""), InlineData("."), InlineData(".."), InlineData("a/b"), InlineData("a\\b"), InlineData("a\0"), InlineData("a\nb"), InlineData("\uFFFD")]
    [InlineData("65 characters.....................................................")]
    public void what_a_path_cannot_hold_is_no_name(string name) =>
        Deciding([], name, AddressOf("east"), Draft()).ShouldBeRefused<ResourceNameInvalid>(ErrorKind.InvalidRequest);

    [Theory, InlineData("a"), InlineData("Ärger 1"), InlineData("{}?#%"), InlineData("..."), InlineData("64 characters...................................................")]
    public void anything_else_is(string name) => Put([], name, AddressOf("east"), Draft()).Answer.Should().BeTrue();

    [Fact]
    public void a_mask_keeps_what_is_there_word_for_word()
    {
        var pool = Pool("east");

        PoolDecider.Keeps(pool, PoolUri.Parse(pool.Address.Uri)).Should().BeTrue();
        PoolDecider.Keeps(pool, PoolUri.Parse("postgresql://zaqar:secret@db/east")).Should().BeFalse();
        PoolDecider.Keeps(null, PoolUri.Parse("postgresql://zaqar@db/east")).Should().BeFalse();
        Action another = () => PoolDecider.Keeps(pool, PoolUri.Parse("postgresql://zaqar:***@elsewhere/east"));
        another.ShouldBeRefused<PoolUriInvalid>(ErrorKind.InvalidBody);
        Action none = () => PoolDecider.Keeps(null, PoolUri.Parse(pool.Address.Uri));
        none.ShouldBeRefused<PoolUriInvalid>(ErrorKind.InvalidBody);
    }

    private static Decision<bool> Put(PoolState[] pools, string name, PoolAddress? address, PoolDraft draft) =>
        PoolDecider.Put(pools, name, address, draft, Story.Client, Now);

    private static Action Deciding(PoolState[] pools, string name, PoolAddress? address, PoolDraft draft) => () => Put(pools, name, address, draft);
}
