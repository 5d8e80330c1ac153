namespace Zaqar.Integration.Corpus;

/// <summary>JSON texts in the place of a right value, in Latin-1. Those of <see cref="Broken"/> make any document one that nobody may take.</summary>
internal static class BadValues
{
    private static readonly string _long = new('x', 70_000);

    public static IReadOnlyList<(string Name, string Json)> Broken { get; } =
    [
        ("nothing", ""), ("NaN", "NaN"), ("Infinity", "Infinity"), ("minus Infinity", "-Infinity"), ("1e400", "1e400"), ("minus 1e400", "-1e400"), ("leading zero", "01"),
        ("plus", "+1"), ("no digits before the point", ".5"), ("hexadecimal", "0x10"), ("single quotes", "'x'"), ("no quotes", "x"), ("undefined", "undefined"),
        ("2^63", "9223372036854775808"), ("-2^63-1", "-9223372036854775809"), ("30 digits", "999999999999999999999999999999"),
        ("lone high surrogate", "\"\\ud800\""), ("lone low surrogate", "\"\\udc00\""), ("surrogates in the wrong order", "\"\\udc00\\ud800\""),
        ("raw surrogate", "\"\u00ed\u00a0\u0080\""), ("no UTF-8", "\"\u00ff\u00fe\""), ("overlong UTF-8", "\"\u00c0\u0080\""), ("cut UTF-8", "\"\u00e2\u0082\""),
        ("raw NUL", "\"\u0000\""), ("raw line feed", "\"\n\""), ("bad escape", "\"\\x\""), ("unclosed text", "\"x"), ("unclosed array", "[1"), ("trailing comma", "[1,]"),
        ("two values", "1 2"), ("comment", "1 /* one */"), ("600 levels", new string('[', 600) + new string(']', 600)),
        ("100000 levels", new string('[', 100_000)), ("600 levels of objects", string.Concat(Enumerable.Repeat("{\"a\":", 600)) + "1" + new string('}', 600)),
    ];

    public static IReadOnlyList<(string Name, string Json)> Odd { get; } =
    [
        ("null", "null"), ("true", "true"), ("false", "false"), ("0", "0"), ("-0", "-0"), ("-1", "-1"), ("1", "1"), ("59", "59"), ("60", "60"), ("1.5", "1.5"), ("60.0", "60.0"), ("6e1", "6e1"),
        ("1e308", "1e308"), ("1e-400", "1e-400"), ("2^31-1", "2147483647"), ("2^31", "2147483648"), ("2^32", "4294967296"), ("2^53+1", "9007199254740993"),
        ("seconds beyond the year 10000", "253402300800"), ("2^63-1", "9223372036854775807"), ("-2^63", "-9223372036854775808"), ("milliseconds that overflow", "9223372036854776"),
        ("empty text", "\"\""), ("space", "\" \""), ("a word", "\"x\""), ("a number as text", "\"60\""), ("NUL", "\"\\u0000\""), ("text with NUL", "\"a\\u0000b\""),
        ("pair of surrogates", "\"\\ud83d\\ude00\""), ("raw emoji", "\"\u00f0\u009f\u0098\u0080\""), ("no character", "\"\\ufffe\\uffff\""), ("right to left", "\"\\u202e\""),
        ("line breaks", "\"a\\r\\nX-Evil: 1\""), ("SQL", "\"'; drop table queue; --\""), ("format", "\"%s%n{0}\""), ("lookup", "\"${jndi:ldap://localhost/x}\""), ("path", "\"../../etc/passwd\""),
        ("script", "\"<script>alert(1)</script>\""), ("link to itself", "\"http://127.0.0.1/\""), ("mail to two", "\"mailto:a@example.com,b@example.com\""),
        ("odd scheme", "\"javascript:alert(1)\""), ("file", "\"file:///etc/passwd\""), ("bad authority", "\"http://[::1\""), ("bad port", "\"http://example.com:99999/\""),
        ("empty array", "[]"), ("array of null", "[null]"), ("array of arrays", "[[[]]]"), ("array of objects", "[{}]"), ("mixed array", "[1, \"x\", null, {}, []]"),
        ("empty object", "{}"), ("object with an empty key", "{\"\": 1}"), ("object with repeated keys", "{\"a\": 1, \"a\": 2}"), ("object with NUL for a key", "{\"\\u0000\": 1}"),
        ("prototype", "{\"__proto__\": {\"x\": 1}}"), ("300 levels", new string('[', 300) + new string(']', 300)), ("long text", $"\"{_long}\""),
        ("longer text", $"\"{new string('x', 300_000)}\""), ("long key", $"{{\"{_long}\": 1}}"), ("5000 numbers", $"[{string.Join(',', Enumerable.Repeat("0", 5000))}]"),
        ("2000 keys", $"{{{string.Join(',', Enumerable.Range(0, 2000).Select(number => $"\"k{number}\": {number}"))}}}"), ("2000 objects", $"[{string.Join(',', Enumerable.Repeat("{}", 2000))}]"),
        ("number of 1000 digits", $"0.{new string('1', 1000)}"), ("escapes", $"\"{string.Concat(Enumerable.Repeat("\\u0041", 3000))}\""),
    ];
}
