using Zaqar.Api.Requests;

namespace Zaqar.Api.Policies;

/// <summary>
/// One check of a policy rule, or several put together: made once when the policy is read, asked at every request. Asking allocates nothing,
/// but for texts that mix a placeholder with more.
/// </summary>
/// <remarks>Source: oslo.policy's checks; ADR 0013 has where we differ.</remarks>
internal abstract class PolicyCheck
{
    public static PolicyCheck Anyone { get; } = new ConstantCheck(true);

    public static PolicyCheck Nobody { get; } = new ConstantCheck(false);

    /// <summary>What this one asks in turn, references aside.</summary>
    public virtual IReadOnlyList<PolicyCheck> Parts => [];

    public abstract bool Allows(Credentials by);

    private sealed class ConstantCheck(bool allows) : PolicyCheck
    {
        public override bool Allows(Credentials by) => allows;
    }
}

internal sealed class NotCheck(PolicyCheck part) : PolicyCheck
{
    public override IReadOnlyList<PolicyCheck> Parts { get; } = [part];

    public override bool Allows(Credentials by) => !part.Allows(by);
}

internal sealed class AndCheck(PolicyCheck[] parts) : PolicyCheck
{
    public override IReadOnlyList<PolicyCheck> Parts => parts;

    public override bool Allows(Credentials by)
    {
        foreach (var part in parts)
            if (!part.Allows(by))
                return false;

        return true;
    }
}

internal sealed class OrCheck(PolicyCheck[] parts) : PolicyCheck
{
    public override IReadOnlyList<PolicyCheck> Parts => parts;

    public override bool Allows(Credentials by)
    {
        foreach (var part in parts)
            if (part.Allows(by))
                return true;

        return false;
    }
}

/// <summary><c>rule:NAME</c>: what another rule says.</summary>
internal class RuleCheck(string rule) : PolicyCheck
{
    private PolicyCheck? _target;

    public string Rule { get; } = rule;

    /// <summary>Ties the reference to its rule, when all rules are known.</summary>
    public void Refer(PolicyCheck target) => _target = target;

    public override bool Allows(Credentials by) =>
        (_target ?? throw new InvalidOperationException($"The policy rule {Rule} was referred to before it was known.")).Allows(by);
}

/// <summary><c>is_admin:True</c>: whether <c>context_is_admin</c> says so, spelled as Python spells it.</summary>
/// <remarks>The original never sets it, so there it is always False and the rule of that name is asked by nobody.</remarks>
internal sealed class AdminCheck(PolicyText wanted) : RuleCheck(RuleName)
{
    private const string RuleName = "context_is_admin";

    public override bool Allows(Credentials by) => wanted.Is(base.Allows(by) ? "True" : "False", by);
}

/// <summary><c>role:NAME</c>: whether the caller has a role, without regard to case.</summary>
internal sealed class RoleCheck(PolicyText wanted) : PolicyCheck
{
    public override bool Allows(Credentials by)
    {
        var role = wanted.For(by);
        for (var index = 0; index < by.Roles.Count; index++)
            if (string.Equals(by.Roles[index], role, StringComparison.OrdinalIgnoreCase))
                return true;

        return false;
    }
}

/// <summary><c>roles:NAME</c>: the same letter by letter, for so are all credentials but <c>role:</c> compared.</summary>
internal sealed class ExactRoleCheck(PolicyText wanted) : PolicyCheck
{
    public override bool Allows(Credentials by)
    {
        for (var index = 0; index < by.Roles.Count; index++)
            if (wanted.Is(by.Roles[index], by))
                return true;

        return false;
    }
}

/// <summary>Compares something about the caller, or a literal, with a text.</summary>
/// <param name="read">Gives what is compared, spelled as Python spells it.</param>
internal sealed class TextCheck(Func<Credentials, string> read, PolicyText wanted) : PolicyCheck
{
    public override bool Allows(Credentials by) => wanted.Is(read(by), by);
}
