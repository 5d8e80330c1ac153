using FluentAssertions;
using Xunit;
using Zaqar.Domain.Queues;

namespace Zaqar.Unit.Queues;

public class QueueIdTests
{
    [Theory, InlineData("a"), InlineData("A-b_c.9"), InlineData("..."), InlineData("-")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void letters_digits_underscores_hyphens_and_dots_make_a_name(string name) => QueueId.IsName(name).Should().BeTrue();

    [Theory, InlineData(""), InlineData("a b"), InlineData("a/b"), InlineData("a\n"), InlineData("é"), InlineData("ａ"), InlineData("٣"), InlineData("@$@^qw@")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    public void anything_else_is_no_name(string name) => QueueId.IsName(name).Should().BeFalse();

    [Fact]
    public void each_incarnation_has_a_key_of_its_own() =>
        Enumerable.Range(1, 3).Select(new QueueId("p", "q").Key).Should().OnlyHaveUniqueItems();

    [Fact]
    public void a_key_is_the_same_each_time() => new QueueId("p", "q").Key(1).Should().Be(new QueueId("p", "q").Key(1));

    [Fact]
    public void project_and_name_do_not_run_together_in_a_key() =>
        new QueueId("ab", "c").Key(1).Should().NotBe(new QueueId("a", "bc").Key(1));

    [Fact]
    public void queues_are_ordered_by_project_then_name()
    {
        QueueId[] queues = [new("b", "a"), new("a", "b"), new("a", "B"), new("a", "a")];

        queues.Order().Should().Equal(new("a", "B"), new("a", "a"), new("a", "b"), new("b", "a"));
    }
}
