using Zaqar.Api.Policies;

namespace Zaqar.Integration.Isolation;

/// <summary>Roles that let in, and roles that one rule refuses, as the policy of <see cref="IsolatedService"/> has it.</summary>
internal static class Roles
{
    /// <summary>The least with which a rule is asked by default.</summary>
    public static string[] For(string? rule) => rule is not null && PolicyDefaults.Rules[rule].Length > 0 ? ["reader", "admin"] : ["reader"];

    /// <summary>Everything but what this rule wants.</summary>
    public static string[] RefusedBy(string rule) => ["reader", "member", "admin", Refused(rule)];

    /// <summary>What this rule alone lets in.</summary>
    public static string[] RefusedByAllBut(string? rule) =>
        ["reader", "admin", .. PolicyDefaults.Rules.Keys.Where(other => other != rule).Select(Refused)];

    /// <summary>The shipped policy, in which each rule moreover refuses who has a role of its name.</summary>
    public static string Policy() => string.Join('\n', PolicyDefaults.Rules
        .Where(rule => rule.Key is not ("context_is_admin" or "admin_or_owner"))
        .Select(rule => $"\"{rule.Key}\": \"({(rule.Value.Length == 0 ? "@" : rule.Value)}) and not role:{Refused(rule.Key)}\"")) + "\n";

    private static string Refused(string rule) => $"no-{rule.Replace(':', '-')}";
}
