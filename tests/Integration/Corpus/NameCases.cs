namespace Zaqar.Integration.Corpus;

/// <summary>Names and ids in the path, and the path itself.</summary>
internal static class NameCases
{
    private static readonly (string Name, string Value)[] _odd =
    [
        ("empty", ""), ("a dot", "."), ("two dots", ".."), ("encoded dots", "%2e%2e"), ("twice encoded dots", "%252e%252e"), ("a slash", "a%2Fb"), ("traversal", "..%2f..%2fetc%2fpasswd"), ("backslash", "..%5C"),
        ("NUL", "%00"), ("NUL at the end", "a%00"), ("NUL at the start", "%00a"), ("line break", "a%0d%0ab"), ("space", "%20"), ("plus", "a+b"), ("tab", "%09"), ("a percent", "%"), ("half a percent", "a%f"), ("no hex", "%zz"),
        ("no UTF-8", "%ff%fe"), ("overlong slash", "%c0%af"), ("surrogate", "%ED%A0%80"), ("accent", "%C3%A9"), ("emoji", "%F0%9F%98%80"), ("right to left", "%E2%80%AE"), ("wide digits", "%EF%BC%91"), ("dotless i", "%C4%B1"),
        ("64 characters", new('n', 64)), ("65 characters", new('n', 65)), ("4000 characters", new('n', 4000)), ("300 encoded", string.Concat(Enumerable.Repeat("%41", 300))), ("quote", "a'"), ("double quote", "%22"),
        ("SQL", "'%3B%20drop%20table%20queue"), ("wildcard", "%25"), ("underscore", "_"), ("star", "*"), ("semicolon", "a;b=c"), ("comma", "a,b"), ("colon", "a:b"), ("at", "a@b"), ("tilde", "~"), ("null", "null"), ("minus one", "-1"),
        ("2^63", "9223372036854775808"), ("the empty UUID", "00000000-0000-0000-0000-000000000000"), ("the last UUID", "ffffffff-ffff-ffff-ffff-ffffffffffff"), ("a UUID without dashes", "000000000000000100003c51a7f0f3e2"),
        ("a UUID in braces", "{00000000-0000-0001-9f3c-51a7f0f3e2b8}"), ("a cut UUID", "00000000-0000-0001-9f3c-51a7f0f3e2b"), ("a UUID with a newline", "00000000-0000-0001-9f3c-51a7f0f3e2b8%0a"), ("hash", "%23"), ("query", "a%3Fb"),
    ];

    private static readonly (string Name, string Value)[] _forServer = [("raw bytes", "\u00c3\u00a9"), ("raw NUL", "a\0b"), ("raw space", "a b"), ("raw control character", "a\u0001"), ("too long a line", new('n', 70_000))];

    public static IEnumerable<Case> Of(DocumentedOperation operation)
    {
        foreach (var parameter in operation.Names)
        {
            foreach (var (name, value) in _odd)
                yield return Made($"{parameter}/{name}", good => good.PathWith(parameter, value)) with { MayBeBare = value.Contains("%00", StringComparison.Ordinal) };
            foreach (var (name, value) in _forServer)
                yield return Made($"{parameter}/{name}", good => good.PathWith(parameter, value)) with { MayBeBare = true, MustBeRefused = name != "raw control character" };
            yield return Made($"{parameter}/upper case", good => good.PathWith(parameter, good.Scene.Names[parameter].ToUpperInvariant()));
            yield return Made($"{parameter}/encoded", good => good.PathWith(parameter, string.Concat(good.Scene.Names[parameter].Select(letter => $"%{(int)letter:X2}"))));
            yield return Made($"{parameter}/one more", good => good.PathWith(parameter, good.Scene.Names[parameter] + "x"));
            yield return Made($"{parameter}/one less", good => good.PathWith(parameter, good.Scene.Names[parameter][..^1]));
            yield return Made($"{parameter}/spaces around", good => good.PathWith(parameter, $"%20{good.Scene.Names[parameter]}%20"));
        }

        yield return Elsewhere("upper case", good => Upper(good.PathWith("", "")));
        yield return Elsewhere("a slash before", good => "/" + good.PathWith("", ""));
        yield return Elsewhere("steps", good => "/v2/../.." + good.PathWith("", ""));
        yield return Elsewhere("another version", good => "/v3" + good.PathWith("", ""));
        if (operation.Path.Contains('}'))
            yield return Made("path/semicolon", good => good.PathWith("", "") + ";a=b");

        Case Made(string name, Func<Good, string> path) => new($"{operation.Id}/name/{name}", good => good.Wire() with { Path = path(good) });

        Case Elsewhere(string name, Func<Good, string> path) => Made($"path/{name}", path) with { MustBeRefused = operation.Path != "/", MayBeBare = true };

        static string Upper(string path) => path.Replace("/v2", "/V2", StringComparison.Ordinal);
    }
}
