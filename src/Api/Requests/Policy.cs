using System.Collections.Frozen;

namespace Zaqar.Api.Requests;

/// <summary>
/// Who may do what: the shipped defaults, by which health alone is for administrators. Without an identity service the roles
/// are what the client says they are, in <c>X-Roles</c>. Source: API contract, section 9.4.
/// </summary>
internal sealed class Policy
{
    private readonly FrozenSet<string> _forAdministrators = FrozenSet.Create("health:get");

    /// <param name="rule">Null where there is none.</param>
    public bool Allows(string? rule, Credentials by) =>
        rule is null || !_forAdministrators.Contains(rule) || by.Roles.Contains("admin", StringComparer.OrdinalIgnoreCase);
}
