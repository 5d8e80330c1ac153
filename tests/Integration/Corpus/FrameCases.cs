using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using Zaqar.Api.WebSockets;

namespace Zaqar.Integration.Corpus;

/// <summary>Bad frames: of each action, each member and header with a value that it cannot have; and what is no request, or no frame of its kind.</summary>
internal static class FrameCases
{
    private static readonly string[] _headers =
        ["Client-ID", "X-Project-ID", "X-Auth-Token", "X-Roles", "User-Agent", "Date", "Accept", "URL-Signature", "URL-Expires", "URL-Methods", "URL-Paths"];

    private static readonly string[] _actions =
        ["", "null", "1", "true", "[]", "{}", "\"\"", "\"x\"", "\"QUEUE_LIST\"", "\" queue_list\"", "\"queue_list\\u0000\"", "\"\\ud800\"", "\"\u00ff\"", $"\"{new string('x', 5000)}\"", "[[[[]]]]", "NaN", "\"authenticate \""];

    private static readonly string[] _parts = ["", "null", "1", "true", "[]", "[{}]", "\"\"", "\"x\"", "NaN", "{\"a\"}", "{\"\": {}}", "{}"];

    private static readonly (string Name, string Text)[] _noRequests =
    [
        ("empty", ""), ("white space", "  "), ("a word", "ping"), ("null", "null"), ("a number", "1"), ("a text", "\"x\""), ("an array", "[]"), ("an empty object", "{}"), ("unclosed", "{\"action\""),
        ("two requests", "{}{}"), ("a BOM", "\u00ef\u00bb\u00bf{}"), ("NUL", "\0"), ("600 levels", new string('[', 600) + new string(']', 600)), ("100000 levels", new string('[', 100_000)),
        ("unknown members", "{\"unknown\": {\"a\": [1, null]}, \"other\": 1}"), ("5000 members", $"{{{string.Join(',', Enumerable.Range(0, 5000).Select(number => $"\"k{number}\": 0"))}}}"),
        ("HTTP", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), ("a long member", $"{{\"{new string('k', 100_000)}\": 1}}"),
    ];

    public static IEnumerable<FrameCase> OfAction(ApiAction action, CorpusSeed seed)
    {
        var values = BadValues.Broken.Select(bad => (bad.Name, bad.Json, IsBroken: true)).Concat(BadValues.Odd.Select(odd => (odd.Name, odd.Json, IsBroken: false))).ToArray();
        foreach (var member in action.Required.Concat(action.Optional))
        {
            yield return Text($"{member}/missing", scene => scene.Request(action, member), action.Required.Contains(member));
            foreach (var (name, json, isBroken) in values)
            {
                // A third of them each time, half of those that can be said in it as MessagePack.
                if (!seed.Picks($"{action.Name}/{member}/{name}", "frame", 3))
                    continue;

                yield return !isBroken && seed.Picks($"{action.Name}/{member}/{name}", "binary", 2)
                    ? Binary($"{member}/{name}", scene => Packed(scene.Request(action, member, json)))
                    : Text($"{member}/{name}", scene => scene.Request(action, member, json), isBroken);
            }
        }

        foreach (var header in _headers)
        {
            yield return Text($"headers/{header}/missing", scene => InHeaders(scene, header, null), header is "Client-ID" or "X-Project-ID");
            foreach (var (name, json, isBroken) in values)
                if (seed.Picks($"{action.Name}/{header}/{name}", "frame", 12))
                    yield return Text($"headers/{header}/{name}", scene => InHeaders(scene, header, json), isBroken);
        }

        foreach (var (part, number) in _parts.Select((part, number) => (part, number)))
        {
            yield return Text($"headers/{number}", scene => FrameScene.Envelope($"\"{action.Name}\"", part, "{}"), mustBeRefused: true);
            yield return Text($"body/{number}", scene => FrameScene.Envelope($"\"{action.Name}\"", scene.Headers(), part), mustBeRefused: part != "{}" && part != "{\"\": {}}" && part != "null");
        }

        yield return Text("body/twice", scene => scene.Request(action).Replace("\"headers\"", "\"body\": [1], \"headers\"", StringComparison.Ordinal), mustBeRefused: false);
        for (var number = 0; number < 8; number++)
        {
            yield return Drawn($"cut {number}", WebSocketMessageType.Text, (scene, random) => Latin1(scene.Request(action)) is var whole ? whole[..random.Next(1, whole.Length)] : []) with { MustBeRefused = true };
            yield return Drawn($"packed and cut {number}", WebSocketMessageType.Binary, (scene, random) => Packed(scene.Request(action)) is var whole ? whole[..random.Next(1, whole.Length)] : []) with { MustBeRefused = true };
            yield return Drawn($"packed with another byte {number}", WebSocketMessageType.Binary, (scene, random) => Flipped(Packed(scene.Request(action)), random, 256));
            yield return Drawn($"with another character {number}", WebSocketMessageType.Text, (scene, random) => Flipped(Latin1(scene.Request(action)), random, 128));
        }

        FrameCase Text(string name, Func<FrameScene, string> text, bool mustBeRefused) =>
            new($"{action.Name}/{name}", WebSocketMessageType.Text, scene => Latin1(text(scene))) { MustBeRefused = mustBeRefused, Closes = IsNoUtf8(name) ? WebSocketCloseStatus.InvalidPayloadData : null };

        FrameCase Binary(string name, Func<FrameScene, byte[]> bytes) => new($"{action.Name}/{name}", WebSocketMessageType.Binary, bytes);

        FrameCase Drawn(string name, WebSocketMessageType kind, Func<FrameScene, Random, byte[]> bytes) =>
            new($"{action.Name}/{name}", kind, scene => bytes(scene, seed.For($"{action.Name}/{name}")));

        string InHeaders(FrameScene scene, string header, string? json) =>
            scene.Request(action).Replace(scene.Headers(), scene.Headers(header, json), StringComparison.Ordinal);
    }

    public static IEnumerable<FrameCase> OfNoAction(CorpusSeed seed)
    {
        foreach (var (name, text) in _noRequests)
            yield return new($"none/{name}", WebSocketMessageType.Text, _ => Latin1(text)) { MustBeRefused = true };
        foreach (var (name, text) in _noRequests)
            yield return new($"none/packed {name}", WebSocketMessageType.Binary, _ => Latin1(text)) { MustBeRefused = true };
        foreach (var (action, number) in _actions.Select((action, number) => (action, number)))
            yield return new($"none/action {number}", WebSocketMessageType.Text, scene => Latin1(FrameScene.Envelope(action, scene.Headers(), "{}")))
            {
                MustBeRefused = true, Closes = action.Contains('\u00ff', StringComparison.Ordinal) ? WebSocketCloseStatus.InvalidPayloadData : null,
            };
        foreach (var (part, number) in _parts.Select((part, number) => (part, number)))
            yield return new($"authenticate/headers/{number}", WebSocketMessageType.Text, _ => Latin1(FrameScene.Envelope("\"authenticate\"", part, "{}"))) { MustBeRefused = true };
        foreach (var header in new[] { "X-Auth-Token", "X-Project-ID" })
            foreach (var (name, json) in BadValues.Odd)
                yield return new($"authenticate/{header}/{name}", WebSocketMessageType.Text, scene => Latin1(FrameScene.Envelope("\"authenticate\"",
                    scene.Headers().Replace("{", $"{{\"X-Auth-Token\": \"x\", \"{header}\": {json}, ", StringComparison.Ordinal), "{}")));

        for (var number = 0; number < 150; number++)
            yield return Drawn($"random binary {number}", WebSocketMessageType.Binary, random => Bytes(random, 256));
        for (var number = 0; number < 100; number++)
            yield return Drawn($"random text {number}", WebSocketMessageType.Text, random => Bytes(random, 128)) with { MustBeRefused = true };
        for (var number = 0; number < 10; number++)
            yield return Drawn($"no UTF-8 {number}", WebSocketMessageType.Text, random => [.. Bytes(random, 128), 0xff]) with { Closes = WebSocketCloseStatus.InvalidPayloadData };
        yield return new("none/too large", WebSocketMessageType.Text, _ => new byte[512 * 1024]) { Closes = WebSocketCloseStatus.MessageTooBig };
        yield return new("none/too large and packed", WebSocketMessageType.Binary, _ => new byte[512 * 1024]) { Closes = WebSocketCloseStatus.MessageTooBig };

        FrameCase Drawn(string name, WebSocketMessageType kind, Func<Random, byte[]> bytes) => new($"none/{name}", kind, _ => bytes(seed.For($"none/{name}")));
    }

    public static byte[] Packed(string latin1)
    {
        var packed = new ArrayBufferWriter<byte>();
        MessagePackJson.FromJson(Latin1(latin1), packed);
        return packed.WrittenSpan.ToArray();
    }

    private static bool IsNoUtf8(string name) =>
        name.EndsWith("raw surrogate", StringComparison.Ordinal) || name.EndsWith("no UTF-8", StringComparison.Ordinal) || name.EndsWith("overlong UTF-8", StringComparison.Ordinal)
        || name.EndsWith("cut UTF-8", StringComparison.Ordinal);

    private static byte[] Flipped(byte[] bytes, Random random, int values)
    {
        bytes[random.Next(bytes.Length)] = (byte)random.Next(values);
        return bytes;
    }

    private static byte[] Bytes(Random random, int values) => [.. Enumerable.Range(0, random.Next(1, 300)).Select(_ => (byte)random.Next(values))];

    private static byte[] Latin1(string text) => Encoding.Latin1.GetBytes(text);
}
