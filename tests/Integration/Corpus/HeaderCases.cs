namespace Zaqar.Integration.Corpus;

/// <summary>Headers: who asks, what they take, plug-ins and signatures, each absent, malformed, repeated, long and odd.</summary>
internal static class HeaderCases
{
    /// <summary>Those that no operation's documentation names because all may have them.</summary>
    private static readonly string[] _any = ["Client-ID", "X-Project-ID", "Accept", "EXTRA-SPEC", "URL-Signature", "URL-Methods", "URL-Paths", "URL-Expires", "X-Roles", "X-Tenant-ID"];

    private static readonly (string Name, string Value)[] _odd =
    [
        ("a word", "x"), ("null", "null"), ("zero", "0"), ("a UUID", "11111111-2222-3333-4444-555555555555"), ("a cut UUID", "11111111-2222-3333-4444-55555555555"),
        ("a long UUID", "11111111-2222-3333-4444-5555555555555"), ("braces", "{11111111-2222-3333-4444-555555555555}"), ("commas", ",,,"), ("a list", "a, b, c"), ("semicolons", ";;;"), ("colon", ":"),
        ("a path", "../../etc/passwd"), ("SQL", "'; drop table queue; --"), ("quotes", "\"'\""), ("percent", "%00%ff"), ("JSON", "{\"a\": 1}"), ("tab", "a\tb"), ("no ASCII", "\u0080\u00ff\u00fe"),
        ("UTF-8", "\u00c3\u00a9\u00f0\u009f\u0098\u0080"), ("300 characters", new('x', 300)), ("4000 characters", new('x', 4000)), ("30000 characters", new('x', 30_000)),
    ];

    private static readonly (string Name, string Value)[] _forServer =
        [("NUL", "a\0b"), ("a control character", "a\u0001b"), ("too long", new('x', 70_000)), ("a line feed", "a\nb: c"), ("a carriage return", "a\rb")];

    private static readonly string[] _accepted =
    [
        "text/html", "application/xml", "application/json;q=0", "*/*;q=0", "application/json;q=abc", "application/json;q=1.0000000001", "*/json", "application/", "/", "a", "*", "text/*, */*;q=0.1",
        "application/json;x=\"", "application/json;charset=utf-16", "application/openstack-messaging-v2+json", string.Join(',', Enumerable.Repeat("text/html;q=0.5", 300)), "\u00ff/\u00fe", "application/*;q=0, application/json",
    ];

    public static IEnumerable<Case> Of(DocumentedOperation operation)
    {
        foreach (var name in _any.Concat(operation.Headers).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            yield return Made($"{name}/missing", good => good.Wire().Without(name)) with { MustBeRefused = operation.Headers.Contains(name) };
            yield return Made($"{name}/empty", good => good.Wire().With(name, ""));
            yield return Made($"{name}/blank", good => good.Wire().With(name, "  \t "));
            yield return Made($"{name}/twice", good => good.Wire().And(name, "x").And(name, "y"));
            yield return Made($"{name}/fifty times", good => Enumerable.Range(0, 50).Aggregate(good.Wire(), (wire, number) => wire.And(name, $"{number}")));
            foreach (var (value, given) in _odd)
                yield return Made($"{name}/{value}", good => good.Wire().With(name, given)) with
                {
                    MustBeRefused = name == "URL-Signature" || (name == "Client-ID" && operation.Headers.Contains(name) && value is not ("a UUID" or "braces")),
                };
            foreach (var (value, given) in _forServer)
                yield return Made($"{name}/{value}", good => good.Wire().With(name, given)) with { MayBeBare = true, MustBeRefused = value is not ("a line feed" or "a control character") };
        }

        foreach (var name in operation.Headers)
        {
            yield return Made($"{name}/lower case", good => good.Wire() is var wire ? wire.Without(name).And(name.ToLowerInvariant(), Value(wire, name)) : throw new InvalidOperationException());
            yield return Made($"{name}/space before the colon", good => good.Wire() is var wire ? wire.Without(name).And($"{name} ", Value(wire, name)) : throw new InvalidOperationException()) with { MayBeBare = true };
        }

        foreach (var (accept, number) in _accepted.Select((accept, number) => (accept, number)))
            yield return Made($"Accept/of a sort {number}", good => good.Wire().With("Accept", accept));

        yield return Made("signature/of nothing", good => good.Wire().With("URL-Signature", new string('0', 64))) with { MustBeRefused = true };
        yield return Made("signature/complete and wrong", good => Signed(good.Wire(), new string('0', 64), good.PathWith("", ""))) with { MustBeRefused = true };
        yield return Made("signature/of bytes", good => Signed(good.Wire(), "\u00ff", "\u00ff")) with { MustBeRefused = true };
        yield return Made("signature/empty", good => Signed(good.Wire(), "", good.PathWith("", "")));
        yield return Made("spec/known", good => good.Wire().With("EXTRA-SPEC", "messagecode"));
        yield return Made("spec/known with an argument", good => good.Wire().With("EXTRA-SPEC", "messagecode:\u00ff:%00"));

        Case Made(string name, Func<Good, WireRequest> ask) => new($"{operation.Id}/header/{name}", ask)
        {
            MayTakeNoJson = name.StartsWith("Accept", StringComparison.Ordinal),
        };

        static string Value(WireRequest wire, string name) => wire.Headers.First(header => header.Name == name).Value;

        static WireRequest Signed(WireRequest wire, string signature, string path) =>
            wire.With("URL-Signature", signature).With("URL-Paths", path).With("URL-Methods", wire.Method).With("URL-Expires", "2099-01-01T00:00:00");
    }
}
