using System.Globalization;
using System.Numerics;
using Zaqar.Api.Requests;

namespace Zaqar.Api.Policies;

/// <summary>Reads the policy language of oslo.policy: single checks, <c>not</c>, <c>and</c>, <c>or</c> in falling precedence, parentheses.</summary>
/// <remarks>
/// What oslo.policy logs and takes for "nobody" (an expression that cannot be parsed, a check without a colon) is refused here, so that an
/// operator hears of it. Words are kept apart by spaces alone, and so are parentheses found only at either end of one: those inside belong to the
/// check, as in <c>%(project_id)s</c>. Source: oslo.policy, <c>_parser.py</c> and <c>_checks.py</c>; ADR 0013.
/// </remarks>
internal sealed class PolicyParser
{
    /// <summary>Parentheses and nots within each other.</summary>
    private const int MaxDepth = 100;

    private readonly List<Token> _tokens = [];
    private readonly Action<string> _warn;
    private int _next;
    private int _depth;

    private PolicyParser(Action<string> warn) => _warn = warn;

    private enum Kind
    {
        Check,
        Not,
        And,
        Or,
        Open,
        Close,
    }

    /// <summary>Reads an expression; empty text admits anyone.</summary>
    /// <param name="warn">Hears a sentence about a check that can never be true.</param>
    /// <exception cref="PolicyInvalidException">It is none.</exception>
    public static PolicyCheck Read(string text, Action<string> warn)
    {
        if (text.Length == 0)
            return PolicyCheck.Anyone;

        var parser = new PolicyParser(warn);
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            parser.Tokenize(word);

        if (parser._tokens.Count == 0)
            throw new PolicyInvalidException("It has nothing but spaces; write \"\" to admit anyone.");

        var check = parser.Any();
        return parser._next == parser._tokens.Count ? check : throw parser.Unexpected();
    }

    /// <summary>Reads one check: <c>@</c> for anyone, <c>!</c> for nobody, or <c>kind:text</c>.</summary>
    /// <inheritdoc cref="Read"/>
    public static PolicyCheck ReadCheck(string text, Action<string> warn)
    {
        switch (text)
        {
            case "@":
                return PolicyCheck.Anyone;
            case "!":
                return PolicyCheck.Nobody;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            throw new PolicyInvalidException($"\"{text}\" is no check: it has no colon, and is neither @ nor !.");

        var (kind, match) = (text[..colon], text[(colon + 1)..]);
        switch (kind)
        {
            case "rule":
                return match.Length > 0 ? new RuleCheck(match) : throw new PolicyInvalidException("\"rule:\" names no rule.");
            case "http" or "https":
                throw new PolicyInvalidException($"\"{text}\" would ask another server, which this service does not do.");
        }

        var wanted = PolicyText.Read(match, out var unknown);
        PolicyCheck? check = kind switch
        {
            "role" => new RoleCheck(wanted),
            "roles" => new ExactRoleCheck(wanted),
            "is_admin" => new AdminCheck(wanted),
            _ when Literal(kind) is { } literal => new TextCheck(_ => literal, wanted),
            _ when !IsPath(kind) => throw new PolicyInvalidException($"\"{kind}\", left of a colon, is neither a credential's name nor a literal."),
            _ when Credential(kind) is { } read => new TextCheck(read, wanted),
            _ => null,
        };

        if (check is null)
            warn($"\"{text}\" is never true, for callers have no credential {kind}.");
        else if (unknown is not null)
            warn($"\"{text}\" is never true, for a request has no %({unknown})s; it has %(project_id)s.");

        return check is null || unknown is not null ? PolicyCheck.Nobody : check;
    }

    private static Func<Credentials, string>? Credential(string name) => name switch
    {
        "project_id" or "project" or "tenant" => by => by.Project,
        "user_id" or "user" => by => by.User ?? "None",
        _ => null,
    };

    // As Python spells the value of such a literal.
    private static string? Literal(string text) => text switch
    {
        "True" or "False" or "None" => text,
        ['\'', .. var quoted, '\''] when quoted.AsSpan().IndexOfAny('\'', '\\') < 0 => quoted,
        ['"', .. var quoted, '"'] when quoted.AsSpan().IndexOfAny('"', '\\') < 0 => quoted,
        _ when IsNumber(text) => BigInteger.Parse(text, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    private static bool IsNumber(string text)
    {
        var digits = text is ['+' or '-', ..] ? text.AsSpan(1) : text;
        return digits is "0" or [>= '1' and <= '9', ..] && digits.Length <= 100 && !digits.ContainsAnyExceptInRange('0', '9');
    }

    private static bool IsPath(string text) => text.Split('.').All(
        name => name is ['_' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'), ..] && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-'));

    private void Tokenize(string word)
    {
        var rest = word.TrimStart('(');
        Repeat(Kind.Open, "(", word.Length - rest.Length);
        var clean = rest.TrimEnd(')');
        if (clean.Length > 0)
        {
            if (rest.Length >= 2 && rest[0] is '\'' or '"' && rest[^1] == rest[0])
                throw new PolicyInvalidException($"{rest} is a text and no check.");

            _tokens.Add(new(
                clean.ToLowerInvariant() switch { "not" => Kind.Not, "and" => Kind.And, "or" => Kind.Or, _ => Kind.Check }, clean));
        }

        Repeat(Kind.Close, ")", rest.Length - clean.Length);
    }

    private void Repeat(Kind kind, string text, int count)
    {
        for (; count > 0; count--)
            _tokens.Add(new(kind, text));
    }

    private PolicyCheck Any()
    {
        List<PolicyCheck> parts = [All()];
        while (Takes(Kind.Or))
            parts.Add(All());

        return parts is [var only] ? only : new OrCheck([.. parts]);
    }

    private PolicyCheck All()
    {
        List<PolicyCheck> parts = [One()];
        while (Takes(Kind.And))
            parts.Add(One());

        return parts is [var only] ? only : new AndCheck([.. parts]);
    }

    private PolicyCheck One()
    {
        if (++_depth > MaxDepth)
            throw new PolicyInvalidException($"It is nested more than {MaxDepth} deep.");

        PolicyCheck check;
        if (Takes(Kind.Not))
        {
            check = new NotCheck(One());
        }
        else if (Takes(Kind.Open))
        {
            check = Any();
            if (!Takes(Kind.Close))
                throw Unexpected();
        }
        else
        {
            check = Takes(Kind.Check) ? ReadCheck(_tokens[_next - 1].Text, _warn) : throw Unexpected();
        }

        _depth--;
        return check;
    }

    private bool Takes(Kind kind)
    {
        if (_next == _tokens.Count || _tokens[_next].Kind != kind)
            return false;

        _next++;
        return true;
    }

    private PolicyInvalidException Unexpected() => new(_next == _tokens.Count
        ? "It ends too early: something is missing after the last word, or a closing parenthesis."
        : $"\"{_tokens[_next].Text}\" (word {_next + 1}, parentheses counted) does not belong there.");

    private readonly record struct Token(Kind Kind, string Text);
}
