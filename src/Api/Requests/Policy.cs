using Zaqar.Api.Policies;

namespace Zaqar.Api.Requests;

/// <summary>
/// Who may do what: the shipped rules, or the operator's own, which may change while the service runs. Without an identity service the roles
/// are what the client says they are, in <c>X-Roles</c>. Source: API contract, section 9.4.
/// </summary>
internal sealed class Policy(PolicyRules rules)
{
    private volatile PolicyRules _rules = rules;

    /// <summary>The shipped rules.</summary>
    public Policy() : this(PolicyRules.Default)
    {
    }

    /// <param name="rule">Null where there is none: for the two documents, see <see cref="Routing.Endpoints"/>. One that is not known admits nobody.</param>
    public bool Allows(string? rule, Credentials by) => rule is null || _rules.Allow(rule, by);

    /// <summary>Takes other rules from the next request on.</summary>
    public void Become(PolicyRules rules) => _rules = rules;
}
