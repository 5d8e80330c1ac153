using System.Collections.Frozen;
using Zaqar.Api.Requests;

namespace Zaqar.Api.Policies;

/// <summary>A whole policy, ready to be asked: the defaults, and in their place or beside them what an operator's file says.</summary>
internal sealed class PolicyRules
{
    /// <summary>Checks on the way from a rule to the last that it refers to.</summary>
    private const int MaxDepth = 500;

    private readonly FrozenDictionary<string, PolicyCheck> _rules;

    private PolicyRules(Dictionary<string, PolicyCheck> rules) => _rules = rules.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The policy of a service whose operator has no file.</summary>
    public static PolicyRules Default { get; } = With([], _ => { });

    /// <summary>Puts a policy together.</summary>
    /// <param name="written">The file's rules, each name once.</param>
    /// <param name="warn">Hears a sentence about each of them that is never asked: most likely its name is misspelled.</param>
    /// <exception cref="PolicyInvalidException">A rule refers to one that is not there, or in the end to itself.</exception>
    public static PolicyRules With(IReadOnlyList<WrittenRule> written, Action<string> warn)
    {
        var all = PolicyDefaults.Rules.ToDictionary(
            rule => rule.Key, rule => new WrittenRule(rule.Key, PolicyParser.Read(rule.Value, _ => { }), null), StringComparer.Ordinal);
        foreach (var rule in written)
            all[rule.Name] = rule;

        var (done, asked) = (new HashSet<string>(StringComparer.Ordinal), PolicyDefaults.Rules.Keys.ToHashSet(StringComparer.Ordinal));
        foreach (var rule in all.Values)
            Tie(rule, all, done, asked, []);

        foreach (var rule in written)
            if (!asked.Contains(rule.Name))
                warn(rule.Invalid("Nothing asks this rule, neither the service nor another rule.").Message);

        return new(all.ToDictionary(rule => rule.Key, rule => rule.Value.Check, StringComparer.Ordinal));
    }

    /// <summary>Whether a caller may; nobody may what no rule is about.</summary>
    public bool Allow(string rule, Credentials by) => _rules.TryGetValue(rule, out var check) && check.Allows(by);

    /// <summary>Ties the references of a rule, and of those that it refers to, to their targets.</summary>
    /// <param name="way">The rules that led here.</param>
    private static void Tie(WrittenRule rule, Dictionary<string, WrittenRule> all, HashSet<string> done, HashSet<string> asked, List<string> way)
    {
        if (done.Contains(rule.Name))
            return;

        if (way.Contains(rule.Name))
            throw rule.Invalid($"It refers to itself: {string.Join(" -> ", way[way.IndexOf(rule.Name)..])} -> {rule.Name}.");

        if (way.Count == MaxDepth)
            throw rule.Invalid($"It is at the end of a chain of {MaxDepth} references.");

        way.Add(rule.Name);
        var checks = new Stack<PolicyCheck>([rule.Check]);
        while (checks.TryPop(out var check))
        {
            foreach (var part in check.Parts)
                checks.Push(part);

            if (check is not RuleCheck reference)
                continue;

            if (!all.TryGetValue(reference.Rule, out var target))
                throw rule.Invalid($"It refers to the rule \"{reference.Rule}\", which there is not.");

            asked.Add(target.Name);
            Tie(target, all, done, asked, way);
            reference.Refer(target.Check);
        }

        way.RemoveAt(way.Count - 1);
        done.Add(rule.Name);
    }
}

/// <summary>A rule as somebody wrote it.</summary>
/// <param name="Line">Of the operator's file, from 1; null for a default.</param>
internal sealed record WrittenRule(string Name, PolicyCheck Check, long? Line)
{
    /// <summary>Says where it is wrong.</summary>
    public PolicyInvalidException Invalid(string reason) => At(Line, Name, reason);

    /// <inheritdoc cref="Invalid"/>
    public static PolicyInvalidException At(long? line, string? name, string reason, Exception? cause = null) => new(
        $"{(line is null ? "default" : $"line {line}")}{(name is null ? "" : $", rule \"{name}\"")}: {reason}", cause);
}
