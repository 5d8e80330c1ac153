using System.Globalization;

namespace Zaqar.Integration.Corpus;

/// <summary>Queries: each parameter that the document has with values that it cannot have, and what no document has.</summary>
internal static class ParameterCases
{
    private static readonly string[] _notWhole = ["abc", "1.5", "1e3", "0x1", "true", "null", "%D9%A1", "1%00", "--1", "1-1", "%221%22", "[1]", "%F0%9F%98%80"];

    private static readonly string[] _odd =
    [
        "", "%20", "%00", "a%00b", "%", "%f", "%zz", "%%", "%u0041", "%ff%fe", "%ED%A0%80", "%C0%AF", "%F4%90%80%80", "%0d%0aX-Evil:%201", "%09", ",", ",,,", "a,b", "%2C", "a%2Cb", "'%20or%201=1--",
        "'%3B%20drop%20table%20queue", "%3Cscript%3E", "../../etc/passwd", "%F0%9F%98%80", "%E2%80%AE", "#", "?", "=", "a=b", "a;b", "*", "%25", "\\", "{}", "[]", "00000000-0000-0000-0000-000000000000",
        "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "True", "TRUE", "-0", "0", "1", "9007199254740993",
    ];

    private static readonly string[] _pieces =
        ["&", "=", "%", "%00", "%ff", "limit", "marker", "ids", "pop", "echo", "name", "1", "-1", "x", ",", "+", ";", "[", "]", "%E2%82", "true", "'", "?", "detailed", "_max_claim_count", "99999999999999999999"];

    public static IEnumerable<Case> Of(DocumentedOperation operation, CorpusSeed seed)
    {
        foreach (var parameter in operation.Query)
            foreach (var made in Of(operation, parameter))
                yield return made;

        foreach (var (name, query) in Unknown)
            yield return Made($"unknown/{name}", query) with { MayBeBare = query.Length > 60_000 };
        for (var number = 0; number < 10; number++)
        {
            var name = $"random/{number}";
            yield return new($"{operation.Id}/query/{name}", good =>
            {
                var random = seed.For($"{operation.Id}/query/{name}");
                return good.Wire() with { Query = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => _pieces[random.Next(_pieces.Length)])) };
            });
        }

        Case Made(string name, string query) => new($"{operation.Id}/query/{name}", good => good.Wire() with { Query = query });
    }

    private static IEnumerable<(string Name, string Query)> Unknown =>
    [
        ("a word", "unknown=1"), ("no value", "unknown"), ("only a mark", "?"), ("only separators", "&&=&=&&"), ("NUL in the name", "a%00b=1"), ("NUL in the value", "a=%00"), ("broken encoding", "%zz=%"),
        ("no UTF-8", "%ff=%fe"), ("SQL", "a'%3Bdrop%20table%20queue=1"), ("a reserved key", "_max_claim_count=x"), ("an array", "limit[]=1&limit[0]=2"), ("other case", "LIMIT=x&Marker=%00"),
        ("a thousand", string.Join('&', Enumerable.Range(0, 1000).Select(number => $"k{number}={number}"))), ("a long name", $"{new string('k', 8000)}=1"), ("a long value", $"k={new string('v', 30_000)}"),
        ("too long a line", $"k={new string('v', 70_000)}"),
    ];

    private static IEnumerable<Case> Of(DocumentedOperation operation, DocumentedParameter parameter)
    {
        // An answer that is held back is no bad one, and takes its time.
        var holds = parameter.Name == "wait";
        if (parameter.Type == "integer")
        {
            foreach (var value in _notWhole)
                yield return Bad(value, $"={value}");
            yield return Bad("beyond 64 bits", "=9223372036854775808");
            yield return Bad("far beyond 64 bits", "=99999999999999999999999999");
            yield return Bad("far below 64 bits", "=-99999999999999999999999999");
            yield return Bad("of 5000 digits", $"={new string('9', 5000)}");
            if (parameter.Min is { } min)
                yield return Bad("less than it may be", $"={min - 1}");
            if (parameter.Max is { } max)
            {
                yield return Bad("more than it may be", $"={max + 1}");
                if (!holds)
                    yield return Made("as much as it may be", $"={max}");
            }

            yield return Bad("twice, the last wrong", $"={parameter.Min ?? 0}&{parameter.Name}=x");
            yield return Made("twice, the first wrong", $"=x&{parameter.Name}={parameter.Min ?? 0}");
            yield return Made("plus", "=+0");
        }

        if (parameter.Type == "boolean")
            foreach (var value in new[] { "maybe", "2", "-1", "tRue", "%00", "null", "1%201" })
                yield return Bad(value, $"={value}");

        if (parameter is { Type: "array", Max: { } most })
        {
            yield return Bad("more than it may have", $"={string.Join(',', Ids((int)most + 1))}");
            yield return Bad("far more than it may have", $"={string.Join(',', Ids(1000))}");
            yield return Bad("more, repeated", $"={string.Join($"&{parameter.Name}=", Ids((int)most + 1))}");
            yield return Made("as many as it may have", $"={string.Join(',', Ids((int)most))}");
            yield return Made("the same over and over", $"={string.Join(',', Enumerable.Repeat(Guid.Empty, (int)most))}");
        }

        yield return Made("no value", "");
        foreach (var (value, number) in _odd.Select((value, number) => (value, number)))
            if (!holds || value != "1")
                yield return Made($"odd {number}", $"={value}");
        yield return Made("long", $"={new string('x', 8000)}");
        yield return Made("too long a line", $"={new string('x', 70_000)}") with { MayBeBare = true };
        yield return Made("500 times", $"=x{string.Concat(Enumerable.Repeat($"&{parameter.Name}=x", 500))}");
        yield return Made("name encoded", "") with { Ask = good => good.Wire() with { Query = $"%{(int)parameter.Name[0]:x2}{parameter.Name[1..]}=x" } };

        Case Made(string name, string rest) => new($"{operation.Id}/query/{parameter.Name}/{name}", good => good.Wire() with { Query = parameter.Name + rest });

        Case Bad(string name, string rest) => Made(name, rest) with { MustBeRefused = true };
    }

    private static IEnumerable<string> Ids(int count) =>
        Enumerable.Range(1, count).Select(number => string.Create(CultureInfo.InvariantCulture, $"00000000-0000-0001-9f3c-{number:x12}"));
}
