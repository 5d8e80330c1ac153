using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Zaqar.Api.Policies;

/// <summary>Reads a policy file: YAML (so JSON too) with one mapping of rule names to expressions, or to the older lists of lists.</summary>
/// <remarks>
/// Event by event and without recursion, so that no file can exhaust the stack. Stricter than Python's loader where that would hear something else
/// than was written, and mostly "anyone": nothing as a value, an unquoted <c>!</c>, a name that is there twice, an empty file.
/// </remarks>
internal sealed class PolicyDocument
{
    private const string Anyone = "write \"\" to admit anyone, or \"!\" to admit nobody.";

    private readonly CarefulParser _parser;
    private readonly Action<string> _warn;

    private PolicyDocument(string yaml, Action<string> warn) => (_parser, _warn) = (new CarefulParser(yaml), warn);

    /// <param name="warn">Hears a sentence about each check that can never be true.</param>
    /// <returns>The rules in the order of the file; none when all of it is comments.</returns>
    /// <exception cref="PolicyInvalidException">Anything is wrong with it; the message names line and rule.</exception>
    public static IReadOnlyList<WrittenRule> Read(string yaml, Action<string> warn)
    {
        // Somebody may be writing it just now. Taken for a policy it would admit everybody.
        if (string.IsNullOrWhiteSpace(yaml))
            throw new PolicyInvalidException("The file is empty; to have the defaults alone, write {}.");

        try
        {
            return new PolicyDocument(yaml, warn).Read();
        }
        catch (YamlException malformed)
        {
            throw WrittenRule.At(malformed.Start.Line, null, $"This is no YAML. {malformed.Message}", malformed);
        }
    }

    private List<WrittenRule> Read()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
            return [];

        var rules = new List<WrittenRule>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (_parser.TryConsume<Scalar>(out var nothing) && !IsNull(nothing))
            throw WrittenRule.At(nothing.Start.Line, null, "The file is a mapping of rule names to expressions.");

        if (nothing is null)
        {
            if (!_parser.TryConsume<MappingStart>(out _))
                throw WrittenRule.At(_parser.Current?.Start.Line, null, "The file is a mapping of rule names to expressions.");

            while (!_parser.TryConsume<MappingEnd>(out _))
                rules.Add(ReadRule(names));
        }

        _parser.Consume<DocumentEnd>();
        return _parser.Accept<StreamEnd>(out _) ? rules : throw WrittenRule.At(_parser.Current?.Start.Line, null, "The file has a second document.");
    }

    private WrittenRule ReadRule(HashSet<string> names)
    {
        if (!_parser.TryConsume<Scalar>(out var key))
            throw WrittenRule.At(_parser.Current?.Start.Line, null, "The name of a rule is a text.");

        var (line, name) = (key.Start.Line, key.Value);
        if (!names.Add(name))
            throw WrittenRule.At(line, name, "The rule is there twice.");

        try
        {
            return new(name, ReadExpression(reason => _warn(WrittenRule.At(line, name, reason).Message)), line);
        }
        catch (PolicyInvalidException invalid)
        {
            throw WrittenRule.At(line, name, invalid.Message, invalid);
        }
    }

    private PolicyCheck ReadExpression(Action<string> warn)
    {
        if (_parser.TryConsume<Scalar>(out var text))
            return PolicyParser.Read(Text(text), warn);

        if (!_parser.TryConsume<SequenceStart>(out _))
            throw Misplaced();

        // The older form: one of the outer list, all of an inner one. Without anything in the outer list anyone, with empty inner ones nobody.
        var (any, isEmpty) = (new List<PolicyCheck>(), true);
        for (; !_parser.TryConsume<SequenceEnd>(out _); isEmpty = false)
        {
            if (_parser.TryConsume<Scalar>(out var single))
            {
                // Skipped like an empty list, as oslo.policy does.
                if (Text(single).Length > 0)
                    any.Add(PolicyParser.ReadCheck(single.Value, warn));
                continue;
            }

            if (!_parser.TryConsume<SequenceStart>(out _))
                throw Misplaced();

            var all = new List<PolicyCheck>();
            while (!_parser.TryConsume<SequenceEnd>(out _))
                all.Add(PolicyParser.ReadCheck(_parser.TryConsume<Scalar>(out var check) ? Text(check) : throw Misplaced(), warn));

            if (all.Count > 0)
                any.Add(all is [var only] ? only : new AndCheck([.. all]));
        }

        return isEmpty ? PolicyCheck.Anyone : any.Count == 0 ? PolicyCheck.Nobody : any is [var one] ? one : new OrCheck([.. any]);
    }

    private static string Text(Scalar scalar)
    {
        if (!scalar.Tag.IsEmpty && scalar.Tag != "tag:yaml.org,2002:str")
            throw new PolicyInvalidException($"An unquoted ! makes a YAML tag of what follows; {Anyone}");

        return IsNull(scalar) ? throw new PolicyInvalidException($"It has no value; {Anyone}") : scalar.Value;
    }

    private static bool IsNull(Scalar scalar) =>
        scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty && scalar.Value is "" or "~" or "null" or "Null" or "NULL";

    private static PolicyInvalidException Misplaced() => new("It is a text, or a list of lists of texts; aliases are not taken.");

    /// <summary>YamlDotNet's own, which fails on some malformed texts otherwise than it says: so whatever it throws is about the text.</summary>
    private sealed class CarefulParser(string yaml) : IParser
    {
        private readonly Parser _parser = new(new StringReader(yaml));

        public ParsingEvent? Current => _parser.Current;

        public bool MoveNext()
        {
            try
            {
                return _parser.MoveNext();
            }
            catch (Exception malformed) when (malformed is not YamlException)
            {
                var mark = _parser.Current?.End ?? Mark.Empty;
                throw new YamlException(mark, mark, "The parser gave up after this.", malformed);
            }
        }
    }
}
