using FluentAssertions;
using Xunit;
using Zaqar.Api.Policies;
using Zaqar.Api.Requests;

namespace Zaqar.Unit.Policies;

public class PolicyDocumentTests
{
    private static readonly Credentials _member = new("p1", null, ["member"]);
    private static readonly Credentials _admin = new("p1", null, ["admin"]);

    [Theory]
    [InlineData("{}"), InlineData("# \"queues:get\": \"role:admin\"\n"), InlineData("---\n"), InlineData("---\n...\n"), InlineData("~"), InlineData("--- {}\n")]
    public void a_file_without_rules_leaves_the_defaults(string yaml)
    {
        PolicyDocument.Read(yaml, _ => { }).Should().BeEmpty();
        Rules(yaml).Allow("queues:get", _member).Should().BeTrue();
        Rules(yaml).Allow("health:get", _member).Should().BeFalse();
        Rules(yaml).Allow("health:get", _admin).Should().BeTrue();
    }

    [Theory]
    [InlineData("\"queues:get\": \"role:admin\""), InlineData("queues:get: role:admin"), InlineData("'queues:get': rule:context_is_admin # Why.")]
    [InlineData("{\"queues:get\": \"role:admin\", \"queues:create\": \"\"}"), InlineData("queues:get: >\n  role:admin\n  and @\n"), InlineData("queues:get: !!str role:admin")]
    [InlineData("queues:get: [[\"role:admin\"]]"), InlineData("queues:get: [\"role:admin\"]"), InlineData("queues:get: [[\"role:admin\", \"@\"], [\"!\"], []]")]
    [InlineData("queues:get:\n  - - role:admin\n    - project_id:p1\n"), InlineData("queues:get: \"rule:a\"\na: [[\"rule:b\"]]\nb: role:admin")]
    public void a_rule_of_the_file_stands_in_place_of_the_default(string yaml)
    {
        Rules(yaml).Allow("queues:get", _member).Should().BeFalse();
        Rules(yaml).Allow("queues:get", _admin).Should().BeTrue();
        Rules(yaml).Allow("queues:create", _member).Should().BeTrue("what the file does not say is as ever");
    }

    [Theory]
    [InlineData("[]", true), InlineData("[[]]", false), InlineData("[\"\"]", false), InlineData("[[\"@\"]]", true), InlineData("[\"!\", \"@\"]", true)]
    [InlineData("[[\"@\", \"!\"]]", false), InlineData("[[\"role:member\", \"project_id:p1\"]]", true), InlineData("\"\"", true), InlineData("''", true)]
    public void the_lists_mean_what_they_mean_to_oslo_policy(string value, bool allows) =>
        Rules($"queues:get: {value}").Allow("queues:get", _member).Should().Be(allows);

    [Fact]
    public void the_shipped_rules_may_be_refined_by_name() =>
        Rules("context_is_admin: role:member").Allow("queues:get", _member).Should().BeTrue();

    [Theory]
    [InlineData("", "empty"), InlineData(" \n", "empty"), InlineData("just text", "line 1"), InlineData("[]", "line 1"), InlineData("a: b: c", "line 1")]
    [InlineData("{}\n---\n{}", "second document"), InlineData("a: \"@\"\n? [b]\n: c", "line 2"), InlineData("x: \"@\"\n\nqueues:get: @", "line 3")]
    [InlineData("queues:get:", "no value"), InlineData("queues:get: ~", "no value"), InlineData("queues:get: null", "no value"), InlineData("queues:get: !", "tag")]
    [InlineData("queues:get: !role:admin", "tag"), InlineData("queues:get: true", "colon"), InlineData("queues:get: 5", "colon"), InlineData("queues:get: {a: b}", "list")]
    [InlineData("queues:get: [[[\"@\"]]]", "list"), InlineData("queues:get: [[null]]", "no value"), InlineData("queues:get: [[\"\"]]", "colon")]
    [InlineData("queues:get: \"@\"\nqueues:get: \"!\"", "twice"), InlineData("a: &x \"@\"\nb: *x", "alias"), InlineData("queues:get: rule:nowhere", "\"nowhere\"")]
    [InlineData("a: rule:a", "a -> a"), InlineData("a: rule:b\nb: not rule:c\nc: \"! or (@ and rule:a)\"", "a -> b -> c -> a")]
    [InlineData("context_is_admin: is_admin:True", "context_is_admin -> context_is_admin"), InlineData("queues:get: \"role:admin orr role:x\"", "\"orr\"")]
    public void what_is_wrong_is_named(string yaml, string named) =>
        FluentActions.Invoking(() => Rules(yaml)).Should().Throw<PolicyInvalidException>().Which.Message.Should().ContainEquivalentOf(named);

    [Fact]
    public void the_complaint_names_line_and_rule() =>
        FluentActions.Invoking(() => Rules("# Ours.\n\"queues:get\": \"role:admin or\"\n"))
            .Should().Throw<PolicyInvalidException>().WithMessage("line 2, rule \"queues:get\": *");

    [Fact]
    public void a_misspelled_rule_is_told_of_and_kept()
    {
        var warnings = new List<string>();

        var rules = PolicyRules.With(PolicyDocument.Read("queue:get: \"!\"\nqueues:get: rule:helper\nhelper: \"@\"", warnings.Add), warnings.Add);

        warnings.Should().ContainSingle().Which.Should().StartWith("line 1, rule \"queue:get\": ");
        rules.Allow("queue:get", _admin).Should().BeFalse();
        rules.Allow("queues:get", _member).Should().BeTrue();
    }

    [Fact]
    public void long_chains_and_deep_lists_are_refused_before_they_hurt()
    {
        var chain = string.Concat(Enumerable.Range(0, 20_000).Select(number => $"r{number}: rule:r{number + 1}\n")) + "r20000: \"@\"";

        FluentActions.Invoking(() => Rules(chain)).Should().Throw<PolicyInvalidException>().WithMessage("*chain*");
        FluentActions.Invoking(() => Rules("queues:get: " + new string('[', 10_000))).Should().Throw<PolicyInvalidException>();
    }

    [Fact]
    public void every_rule_of_the_api_has_a_default_and_an_unknown_one_admits_nobody()
    {
        PolicyDefaults.Rules.Should().HaveCount(44);
        new Policy().Allows("pools:get", _member).Should().BeFalse();
        new Policy().Allows("pools:get", _admin).Should().BeTrue();
        new Policy().Allows("flavors:get", _member).Should().BeTrue();
        new Policy().Allows("queues:nonsense", _admin).Should().BeFalse();
        new Policy().Allows(null, Credentials.None).Should().BeTrue();
    }

    private static PolicyRules Rules(string yaml) => PolicyRules.With(PolicyDocument.Read(yaml, _ => { }), _ => { });
}
