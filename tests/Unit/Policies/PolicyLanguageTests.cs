using FluentAssertions;
using Xunit;
using Zaqar.Api.Policies;
using Zaqar.Api.Requests;

namespace Zaqar.Unit.Policies;

/// <summary>The language as oslo.policy has it; an integration test asks oslo.policy itself about the same and more.</summary>
public class PolicyLanguageTests
{
    private static readonly Credentials _by = new("p1", "u1", ["Reader", "member"]);

    [Theory]
    [InlineData("", true), InlineData("@", true), InlineData("!", false), InlineData("not !", true), InlineData("not not @", true)]
    [InlineData("role:reader", true), InlineData("role:MEMBER", true), InlineData("role:admin", false), InlineData("role:", false)]
    [InlineData("roles:member", true), InlineData("roles:reader", false), InlineData("roles:Reader", true)]
    [InlineData("project_id:p1", true), InlineData("project_id:P1", false), InlineData("project:p1", true), InlineData("tenant:p1", true)]
    [InlineData("project_id:%(project_id)s", true), InlineData("user_id:%(project_id)s", false), InlineData("project_id:x%(project_id)s", false)]
    [InlineData("user_id:u1", true), InlineData("user:u1", true), InlineData("user_id:u2", false), InlineData("user_id:None", false)]
    [InlineData("is_admin:True", false), InlineData("is_admin:False", true), InlineData("is_admin:true", false), InlineData("not is_admin:True", true)]
    [InlineData("'p1':%(project_id)s", true), InlineData("\"p1\":%(project_id)s", true), InlineData("'P1':%(project_id)s", false)]
    [InlineData("'ap1b%p1':a%(project_id)sb%%%(project_id)s", true), InlineData("'x':x", true), InlineData("'':", true), InlineData("'x':y", false)]
    [InlineData("True:True", true), InlineData("True:%(project_id)s", false), InlineData("None:None", true), InlineData("1:1", true)]
    [InlineData("-7:-7", true), InlineData("+7:7", true), InlineData("7:+7", false), InlineData("0:0", true)]
    [InlineData("user_id:%(user_id)s", false), InlineData("not user_id:%(user_id)s", true), InlineData("'x':%(queue)s%(project_id)s", false)]
    [InlineData("domain_id:default", false), InlineData("Role:reader", false), InlineData("project_id.x:p1", false), InlineData("user-id:u1", false)]
    [InlineData("role:a:b", false), InlineData("role:admin or role:reader", true), InlineData("role:admin and role:reader", false)]
    [InlineData("! and ! or @", true), InlineData("@ or ! and !", true), InlineData("(@ or !) and !", false), InlineData("! and (! or @)", false)]
    [InlineData("not ! and !", false), InlineData("not (! and !)", true), InlineData("not @ or @", true), InlineData("! or not ! and @", true)]
    [InlineData("@ OR ! And !", true), InlineData("NOT @", false), InlineData("((@))", true), InlineData("( ( @ ) )", true), InlineData("(not ( ! ))", true)]
    [InlineData("  role:reader\t and\n role:member ", true), InlineData("(project_id:%(project_id)s)", true)]
    public void an_expression_admits_whom_oslo_policy_admits(string expression, bool allows) => Allows(expression).Should().Be(allows);

    [Fact]
    public void without_an_identity_service_the_user_is_pythons_none() =>
        Rules("user_id:None").Allow("queues:get", _by with { User = null }).Should().BeTrue();

    [Theory]
    [InlineData("admin", "is_admin:True", true), InlineData("Admin", "not is_admin:True", false), InlineData("member", "is_admin:True", false)]
    [InlineData("admin", "rule:context_is_admin", true), InlineData("admin", "rule:admin_or_owner", true), InlineData("member", "rule:admin_or_owner", true)]
    public void who_is_an_administrator_is_what_the_rule_of_that_name_says(string role, string expression, bool allows) =>
        Rules(expression).Allow("queues:get", new("p1", null, [role])).Should().Be(allows);

    [Theory]
    [InlineData("admin"), InlineData("role:admin or"), InlineData("and role:admin"), InlineData("role:admin role:reader"), InlineData("or"), InlineData("not")]
    [InlineData("("), InlineData(")"), InlineData("()"), InlineData("(@"), InlineData("@)"), InlineData("@ (@)"), InlineData("@ not @"), InlineData("   ")]
    [InlineData("'admin'"), InlineData("'role:x':a"), InlineData("\"role:admin\""), InlineData("'a':'a'"), InlineData("rule:"), InlineData(":x"), InlineData("a b:c")]
    [InlineData("http://elsewhere/policy"), InlineData("https://elsewhere/policy"), InlineData("role:%(project_id)"), InlineData("role:100%")]
    [InlineData("role:%s"), InlineData("role:%(project_id)d"), InlineData("01:1"), InlineData("1.5:1.5"), InlineData("'a\\n':a"), InlineData("a..b:c"), InlineData("b'x':x")]
    public void what_is_no_expression_is_refused(string expression) =>
        FluentActions.Invoking(() => Rules(expression)).Should().Throw<PolicyInvalidException>();

    [Fact]
    public void deep_nesting_is_refused_before_it_hurts()
    {
        Allows(string.Concat(Enumerable.Repeat("not ", 98)) + "@").Should().BeTrue();
        foreach (var opening in new[] { "(", "not ", "( " })
            FluentActions.Invoking(() => Rules(string.Concat(Enumerable.Repeat(opening, 100_000)) + "@"))
                .Should().Throw<PolicyInvalidException>().WithMessage("*nested*");
    }

    [Theory]
    [InlineData("domain_id:default", "domain_id"), InlineData("user_id:%(user_id)s", "%(user_id)s"), InlineData("@ or Role:admin", "Role")]
    public void a_check_that_can_never_be_true_is_told_of(string expression, string named)
    {
        var warnings = new List<string>();

        PolicyParser.Read(expression, warnings.Add);

        warnings.Should().ContainSingle().Which.Should().Contain(named);
    }

    [Fact]
    public void asking_allocates_nothing()
    {
        var rules = PolicyRules.With(
            [
                Written("queues:get", "role:admin or (project_id:%(project_id)s and not user_id:u2 and rule:mine)"),
                Written("mine", "'p1':%(project_id)s and not is_admin:True and roles:member"),
            ],
            _ => { });
        Ask();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Ask();
        var after = GC.GetAllocatedBytesForCurrentThread();

        (after - before).Should().Be(0);

        void Ask()
        {
            for (var round = 0; round < 100; round++)
                if (!rules.Allow("queues:get", _by) || !rules.Allow("queues:create", _by) || rules.Allow("health:get", _by))
                    throw new InvalidOperationException("The policy has changed its mind.");
        }
    }

    private static bool Allows(string expression) => Rules(expression).Allow("queues:get", _by);

    private static PolicyRules Rules(string expression) => PolicyRules.With([Written("queues:get", expression)], _ => { });

    private static WrittenRule Written(string name, string expression) => new(name, PolicyParser.Read(expression, _ => { }), 1);
}
