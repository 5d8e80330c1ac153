using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace Zaqar.Integration.Corpus;

/// <summary>Bodies: no JSON, other JSON, and right documents in which one thing is not right.</summary>
internal static class BodyCases
{
    private const string Place = "\"@place@\"";

    private static readonly (string Name, string Body)[] _unread = [("empty", ""), ("no JSON", "not json"), ("an object", "{}"), ("large", new('x', 300_000)), ("binary", "\0\u00ff\r\n\r\n")];

    private static readonly (string Name, string Body)[] _noDocuments =
    [
        ("white space", " \r\n\t"), ("no JSON", "not json"), ("HTML", "<html></html>"), ("form", "a=b&c=d"), ("only a BOM", "\u00ef\u00bb\u00bf"), ("only NUL", "\0"), ("comment", "// x"),
        ("null", "null"), ("true", "true"), ("a number", "1"), ("a text", "\"x\""), ("unclosed", "{"), ("closed", "}"), ("mismatched", "{]"), ("100000 levels", new('[', 100_000)),
        ("100000 levels of objects", string.Concat(Enumerable.Repeat("{\"a\":", 20_000))), ("300000 bytes", new('x', 300_000)), ("too large a text", $"\"{new string('x', 300_000)}\""),
    ];

    private static readonly (string Name, string Body)[] _documents =
        [("an empty object", "{}"), ("an empty array", "[]"), ("an array of objects", "[{}]"), ("an array of null", "[null]"), ("one unknown key", "{\"unknown\": 1}")];

    private static readonly string[] _contentTypes =
    [
        "", " ", "text/plain", "text/json", "application/xml", "multipart/form-data", "multipart/form-data; boundary=x", "application/json; charset=utf-16", "application/json; charset=utf-7",
        "application/json; charset=latin1", "application/json; charset=bogus", "application/json; charset=", "application/json;;;", "APPLICATION/JSON", "application/json-home", "/", ";", "a",
        "application/openstack-messaging-v2.0-json-patch; charset=utf-8", "application/x-www-form-urlencoded; charset=utf-8", "\u00ff\u00fe", "application/json, text/plain", new('a', 4000),
    ];

    public static IEnumerable<Case> Of(DocumentedOperation operation, Examples examples, CorpusSeed seed) => operation.Body is { } body
        ? [.. Whole(operation, seed), .. InPlaces(examples.Body(body, 0), operation), .. ContentTypes(operation)]
        : [.. _unread.Select(unread => new Case($"{operation.Id}/body/unread {unread.Name}", good => good.Wire(unread.Body)))];

    private static IEnumerable<Case> Whole(DocumentedOperation operation, CorpusSeed seed)
    {
        yield return Made("none", good => good.Wire().Without("Content-Type") with { Body = null });
        yield return Made("empty", good => good.Wire(""));
        foreach (var (name, text) in _noDocuments)
            yield return Bad(name, _ => text);
        foreach (var (name, text) in _documents)
            yield return Made(name, good => good.Wire(text));

        yield return Made("after a BOM", good => good.Wire("\u00ef\u00bb\u00bf" + Text(good)));
        yield return Made("after white space", good => good.Wire(" \r\n\t" + Text(good) + "\n"));
        yield return Bad("UTF-16", good => Latin1(Encoding.Unicode.GetBytes(Text(good))));
        yield return Bad("UTF-16 with a BOM", good => "\u00ff\u00fe" + Latin1(Encoding.Unicode.GetBytes(Text(good))));
        yield return Bad("UTF-32", good => Latin1(Encoding.UTF32.GetBytes(Text(good))));
        yield return Bad("before something", good => Text(good) + "x");
        yield return Bad("before NUL", good => Text(good) + "\0");
        yield return Bad("twice", good => Text(good) + Text(good));
        yield return Bad("before a comma", good => Text(good) + ",");
        yield return Bad("in single quotes", good => Text(good).Replace('"', '\''));
        yield return Bad("as a text of JSON", good => JsonValue.Create(Text(good)).ToJsonString());
        yield return Made("in an array", good => good.Wire($"[{Text(good)}]"));
        yield return Made("in an object", good => good.Wire($"{{\"a\": {Text(good)}}}"));
        yield return Bad("compressed", good => Compressed(Text(good)));
        yield return Bad("compressed and said so", good => Compressed(Text(good)), ("Content-Encoding", "gzip"));
        yield return Made("said to be compressed", good => good.Wire().And("Content-Encoding", "gzip"));
        yield return Made("said to be of an unknown coding", good => good.Wire().And("Content-Encoding", "\u00ff"));
        for (var number = 0; number < 8; number++)
            yield return Drawn($"cut off {number}", (good, random) => Text(good)[..random.Next(1, Text(good).Length)]) with { MustBeRefused = true };
        for (var number = 0; number < 12; number++)
            yield return Drawn($"with another byte {number}", Flipped);
        for (var number = 0; number < 6; number++)
            yield return Drawn($"without some bytes {number}", (good, random) => Text(good).Remove(random.Next(1, Text(good).Length - 1), 1));
        for (var number = 0; number < 6; number++)
            yield return Drawn($"of random bytes {number}", (_, random) => RandomBytes(random, random.Next(1, 400)));

        static string Text(Good good) => good.Body!.ToJsonString();

        Case Made(string name, Func<Good, WireRequest> ask) => new($"{operation.Id}/body/{name}", ask);

        Case Bad(string name, Func<Good, string> body, params (string Name, string Value)[] headers) =>
            Made(name, good => headers.Aggregate(good.Wire(body(good)), (wire, header) => wire.And(header.Name, header.Value))) with { MustBeRefused = true };

        Case Drawn(string name, Func<Good, Random, string> body) =>
            Made(name, good => good.Wire(body(good, seed.For($"{operation.Id}/body/{name}"))));

        string Flipped(Good good, Random random)
        {
            var bytes = Text(good).ToCharArray();
            bytes[random.Next(bytes.Length)] = (char)random.Next(256);
            return new(bytes);
        }
    }

    private static IEnumerable<Case> InPlaces(JsonNode body, DocumentedOperation operation)
    {
        foreach (var place in Places(body))
        {
            var name = $"{operation.Id}/body{(place.Length == 0 ? "" : "/")}{string.Join('.', place)}";
            if (place is [.., string member])
            {
                yield return new($"{name}/missing", good => good.Wire(Without(good.Body!, place)));
                yield return new($"{name}/of another case", good => good.Wire(Put(good.Body!, place, Place, member.ToUpperInvariant()).Replace(Place, "1", StringComparison.Ordinal)));
                yield return new($"{name}/twice, the first right", good => good.Wire(Twice(good.Body!, place, member, isLast: false)));
                yield return new($"{name}/twice, the last right", good => good.Wire(Twice(good.Body!, place, member, isLast: true)));
                yield return new($"{name}/beside an unknown key", good => good.Wire(Beside(good.Body!, place, "\"unknown\": {\"a\": [1]}")));
                yield return new($"{name}/beside a long key", good => good.Wire(Beside(good.Body!, place, $"\"{new string('k', 40_000)}\": 1")));
                yield return new($"{name}/beside a bad key", good => good.Wire(Beside(good.Body!, place, "\"\\ud800\": 1"))) { MustBeRefused = true };
            }

            foreach (var (value, json) in BadValues.Broken)
                yield return new($"{name}/{value}", good => good.Wire(Put(good.Body!, place, json)))
                {
                    // Nothing in an array makes an empty one.
                    MustBeRefused = place[^1] is string || json.Length > 0,
                };
            foreach (var (value, json) in BadValues.Odd)
                yield return new($"{name}/{value}", good => good.Wire(Put(good.Body!, place, json)));
        }
    }

    private static IEnumerable<Case> ContentTypes(DocumentedOperation operation)
    {
        yield return new($"{operation.Id}/content type/none", good => good.Wire().Without("Content-Type"));
        yield return new($"{operation.Id}/content type/twice", good => good.Wire().And("Content-Type", "text/plain"));
        yield return new($"{operation.Id}/content type/a form", good => good.Wire().With("Content-Type", "application/x-www-form-urlencoded")) { MustBeRefused = true };
        foreach (var (type, number) in _contentTypes.Select((type, number) => (type, number)))
            yield return new($"{operation.Id}/content type/{number}", good => good.Wire().With("Content-Type", type));
    }

    /// <summary>Of everything in a document: names and numbers that lead there.</summary>
    private static IEnumerable<object[]> Places(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => Below(member.Key, member.Value)),
        JsonArray items => items.SelectMany((item, number) => Below(number, item)),
        _ => [],
    };

    private static IEnumerable<object[]> Below(object step, JsonNode? node) => [[step], .. Places(node).Select(place => (object[])[step, .. place])];

    private static string Put(JsonNode body, object[] place, string json, string? renamed = null)
    {
        var copy = body.DeepClone();
        var parent = Parent(copy, place);
        switch (place[^1])
        {
            case string member:
                parent.AsObject().Remove(member);
                parent.AsObject()[renamed ?? member] = "@place@";
                break;
            case int number:
                parent.AsArray()[number] = "@place@";
                break;
        }

        return copy.ToJsonString().Replace(Place, json, StringComparison.Ordinal);
    }

    private static string Without(JsonNode body, object[] place)
    {
        var copy = body.DeepClone();
        Parent(copy, place).AsObject().Remove((string)place[^1]);
        return copy.ToJsonString();
    }

    private static string Twice(JsonNode body, object[] place, string member, bool isLast)
    {
        var right = Parent(body, place)[member]?.ToJsonString() ?? "null";
        return Put(body, place, isLast ? $"[[0]], \"{member}\": {right}" : $"{right}, \"{member}\": [[0]]");
    }

    private static string Beside(JsonNode body, object[] place, string other)
    {
        var right = Parent(body, place)[(string)place[^1]]?.ToJsonString() ?? "null";
        return Put(body, place, $"{right}, {other}");
    }

    private static JsonNode Parent(JsonNode node, object[] place) =>
        place[..^1].Aggregate(node, (at, step) => step is string member ? at[member]! : at[(int)step]!);

    private static string Compressed(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(Encoding.Latin1.GetBytes(text));
        return Latin1(packed.ToArray());
    }

    private static string RandomBytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return Latin1(bytes);
    }

    private static string Latin1(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
