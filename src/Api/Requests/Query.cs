using System.Globalization;
using Zaqar.Api.Errors;
using Zaqar.Api.Routing;

namespace Zaqar.Api.Requests;

/// <summary>Reads a query string the way the original server does: repeated keys and comma lists build lists, blank is absent.</summary>
/// <remarks>
/// Walks over the raw text for each question and keeps nothing, because most requests ask few and have fewer. Commas divide before
/// percent-decoding, so an encoded one is part of its value. Source: API contract, section 1.8.
/// </remarks>
internal readonly struct Query(string? raw)
{
    private readonly string _raw = raw is ['?', ..] ? raw : "";

    public static Query Of(HttpContext context) => new(context.Request.QueryString.Value);

    /// <summary>The last value given; null when absent.</summary>
    /// <exception cref="ParameterInvalid">It has a NUL character, which nothing here can have.</exception>
    public string? Text(string name)
    {
        ReadOnlySpan<char> last = default;
        foreach (var item in new Items(_raw))
            if (item.Is(name))
                last = item.Value;

        return last.IsEmpty ? null : Decoded(name, last);
    }

    /// <summary>All values given, in order; empty when absent.</summary>
    public IReadOnlyList<string> List(string name)
    {
        List<string>? values = null;
        foreach (var item in new Items(_raw))
            if (item.Is(name))
                (values ??= []).Add(Decoded(name, item.Value));

        return values ?? (IReadOnlyList<string>)[];
    }

    /// <summary>A whole number with optional sign and spaces around; one beyond 64 bits becomes the nearest that fits. Null when absent.</summary>
    /// <exception cref="ParameterInvalid">Anything else.</exception>
    public long? Integer(string name)
    {
        if (Text(name) is not { } text)
            return null;

        var digits = text.AsSpan().Trim();
        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            return value;

        var isNegative = digits is ['-', ..];
        if (digits is ['-' or '+', ..])
            digits = digits[1..];

        return digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9')
            ? throw new ParameterInvalid(name, "a whole number")
            : isNegative ? long.MinValue : long.MaxValue;
    }

    /// <summary>Null when absent.</summary>
    /// <exception cref="ParameterInvalid">None of the spellings, which are case-sensitive.</exception>
    public bool? Boolean(string name) => Text(name) switch
    {
        null => null,
        "true" or "True" or "t" or "yes" or "y" or "1" or "on" => true,
        "false" or "False" or "f" or "no" or "n" or "0" or "off" => false,
        _ => throw new ParameterInvalid(name, "true or false"),
    };

    /// <summary>A page size or count: 1 to <paramref name="max"/>, 10 when absent (less where not even that many are allowed).</summary>
    /// <exception cref="ParameterInvalid">No whole number.</exception>
    /// <exception cref="ParameterOutOfRange">Outside the bounds.</exception>
    public int Limit(int max, string name = "limit") => Integer(name) is { } given
        ? given >= 1 && given <= max ? (int)given : throw new ParameterOutOfRange(name, given, 1, max)
        : Math.Min(10, max);

    /// <summary>How long to wait for something to arrive: whole seconds, none when absent.</summary>
    /// <exception cref="ParameterInvalid">No whole number.</exception>
    /// <exception cref="ParameterOutOfRange">Outside the bounds.</exception>
    public TimeSpan Wait(int maxSeconds) => Integer("wait") is { } given
        ? given >= 0 && given <= maxSeconds ? TimeSpan.FromSeconds(given) : throw new ParameterOutOfRange("wait", given, 0, maxSeconds)
        : TimeSpan.Zero;

    /// <summary>The last value of every key but some, in the order of first appearance.</summary>
    /// <exception cref="ParameterInvalid">A value has a NUL character.</exception>
    public IReadOnlyList<KeyValuePair<string, string>> Others(ReadOnlySpan<string> known)
    {
        OrderedDictionary<string, string>? others = null;
        foreach (var item in new Items(_raw))
        {
            var key = PercentEncoding.Decode(item.Key, plusIsSpace: true);
            if (!known.Contains(key))
                (others ??= [])[key] = Decoded(key, item.Value);
        }

        return others is null ? [] : [.. others];
    }

    private static string Decoded(string name, ReadOnlySpan<char> value)
    {
        var text = PercentEncoding.Decode(value, plusIsSpace: true);
        return text.Contains('\0', StringComparison.Ordinal) ? throw new ParameterInvalid(name, "text without NUL characters") : text;
    }

    /// <summary>One value of one key, both as they came.</summary>
    private readonly ref struct Item(ReadOnlySpan<char> key, ReadOnlySpan<char> value)
    {
        public ReadOnlySpan<char> Key { get; } = key;

        public ReadOnlySpan<char> Value { get; } = value;

        public bool Is(string name) =>
            Key.SequenceEqual(name) || (Key.ContainsAny('%', '+') && PercentEncoding.Decode(Key, plusIsSpace: true) == name);
    }

    /// <summary>Walks over the non-blank values.</summary>
    private ref struct Items(ReadOnlySpan<char> raw)
    {
        private ReadOnlySpan<char> _pairs = raw is ['?', ..] ? raw[1..] : [];
        private ReadOnlySpan<char> _key;
        private ReadOnlySpan<char> _values;
        private ReadOnlySpan<char> _value;

        public readonly Item Current => new(_key, _value);

        public readonly Items GetEnumerator() => this;

        public bool MoveNext()
        {
            while (true)
            {
                while (!_values.IsEmpty)
                {
                    _value = Cut(ref _values, ',');
                    if (!_value.IsEmpty)
                        return true;
                }

                if (_pairs.IsEmpty)
                    return false;

                var pair = Cut(ref _pairs, '&');
                _key = Cut(ref pair, '=');
                _values = pair;
            }
        }

        // What stands before the mark; the rest stays.
        private static ReadOnlySpan<char> Cut(scoped ref ReadOnlySpan<char> text, char mark)
        {
            var at = text.IndexOf(mark);
            var before = at < 0 ? text : text[..at];
            text = at < 0 ? [] : text[(at + 1)..];
            return before;
        }
    }
}
