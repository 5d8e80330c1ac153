using System.Text.Json;
using CsCheck;
using FluentAssertions;
using Zaqar.Api.Policies;
using Zaqar.Api.Requests;
using Zaqar.Integration.Delivery;

namespace Zaqar.Integration.Policies;

/// <summary>Expressions, good and bad, as oslo.policy itself judges them.</summary>
public class OsloPolicyJudgesTests
{
    /// <summary>For each expression answers a letter per caller: allowed, refused, or failed where Python raises something.</summary>
    private const string Judge = """
        import json, logging, sys
        logging.disable(logging.CRITICAL)
        from oslo_policy import _checks, _parser
        class Enforcer:
            pass
        def judge(rules, user, roles):
            creds = {"project_id": "p1", "project": "p1", "tenant": "p1", "user_id": user, "user": user, "roles": roles,
                     "is_admin": "admin" in [role.lower() for role in roles]}
            try:
                enforcer = Enforcer()
                enforcer.rules = {name: _parser.parse_rule(text) for name, text in rules.items()}
                return "a" if _checks._check(enforcer.rules["it"], {"project_id": "p1"}, creds, enforcer, None) else "r"
            except Exception:
                return "f"
        for line in sys.stdin:
            given = json.loads(line)
            print("".join(judge(given["rules"], by["user"], by["roles"]) for by in given["callers"]))
        """;

    private static readonly Credentials[] _callers =
        [new("p1", null, []), new("p1", "u1", ["Admin"]), new("p1", "None", ["member", "reader"]), new("p1", "p1", ["p1", "a:b"])];

    private static readonly Gen<string> _word = Gen.OneOf(
        "@", "!", "role:admin", "role:%(project_id)s", "roles:member", "role:a:b", "project_id:%(project_id)s", "user_id:None", "user:%(project_id)s", "rule:other",
        "is_admin:True", "is_admin:False", "'p1':%(project_id)s", "\"p1\":p1", "True:True", "None:%(project_id)s", "12:12", "-3:-3", "nothing:x",
        "project_id:%(missing)s", "role:x%%y", "not", "NOT", "and", "AND", "or", "or", "(", ")", "'text'", "nocolon", "role:50%", "()", "((@))");

    [OsloFact]
    public async Task an_expression_means_the_same_there()
    {
        // Words thrown together: mostly nonsense, so that both have to agree on what is none.
        var soups = _word.Array[1, 9].Select(words => string.Join(' ', words).Replace("( ", "(", StringComparison.Ordinal)).Array[3_000].Single();

        // And words where they belong.
        var check = Gen.OneOf("@", "!", "role:admin", "role:reader", "project_id:%(project_id)s", "user_id:None", "rule:other", "is_admin:True", "nothing:x");
        var sound = Sound(check, 3).Array[2_000].Single();

        await Agree([.. soups, .. sound]);
    }

    private static Gen<string> Sound(Gen<string> check, int depth)
    {
        if (depth == 0)
            return check;

        var part = Sound(check, depth - 1);
        return Gen.OneOf(
            check,
            part.Select(one => $"not ({one})"),
            check.Select(one => $"not {one}"),
            Gen.Select(part, Gen.OneOf("and", "or"), part, (left, word, right) => $"{left} {word} {right}"),
            Gen.Select(part, Gen.OneOf("and", "or"), part, (left, word, right) => $"({left}) {word} ({right})"));
    }

    private static async Task Agree(string[] expressions)
    {
        const string other = "role:reader and not !";
        var callers = _callers.Select(by => new { user = by.User, roles = by.Roles }).ToArray();

        var verdicts = await PythonJudge.Run(Judge, expressions.Select(expression => JsonSerializer.Serialize(new
        {
            rules = new Dictionary<string, string> { ["it"] = expression, ["other"] = other }, callers,
        })));

        verdicts.Should().HaveCount(expressions.Length).And.Contain("aaaa").And.Contain("rrrr").And.OnlyContain(letters => letters.Length == _callers.Length);
        var (accepted, wrong) = (0, new List<string>());
        foreach (var (expression, letters) in expressions.Zip(verdicts))
        {
            // What cannot be parsed is logged there and admits nobody. A single bad check is "nobody" there too, or fails when its turn comes, but what
            // stands around it still counts.
            var ours = Ours(expression, other);
            var hasBadCheck = expression.Contains("nocolon", StringComparison.Ordinal) || expression.Contains("50%", StringComparison.Ordinal);
            accepted += ours is null ? 0 : 1;
            if (ours is null ? letters.Contains('a', StringComparison.Ordinal) && !hasBadCheck : ours != letters)
                wrong.Add($"{expression}: {letters} there, {ours ?? "refused"} here");
        }

        wrong.Should().BeEmpty();
        accepted.Should().BeGreaterThan(expressions.Length / 4);
    }

    /// <summary>Null when the expression is none.</summary>
    private static string? Ours(string expression, string other)
    {
        try
        {
            var rules = PolicyRules.With(
                [new("queues:get", PolicyParser.Read(expression, _ => { }), 1), new("other", PolicyParser.Read(other, _ => { }), 2)], _ => { });
            return string.Concat(_callers.Select(by => rules.Allow("queues:get", by) ? 'a' : 'r'));
        }
        catch (PolicyInvalidException)
        {
            return null;
        }
    }
}
