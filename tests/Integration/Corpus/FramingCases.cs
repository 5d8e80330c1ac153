using System.Globalization;

namespace Zaqar.Integration.Corpus;

/// <summary>Lengths that lie, chunks that are none, and heads that are no HTTP.</summary>
internal static class FramingCases
{
    public static IEnumerable<Case> Of(DocumentedOperation operation)
    {
        foreach (var (name, length) in new[]
        {
            ("negative", "-1"), ("plus", "+5"), ("hexadecimal", "0x10"), ("a word", "abc"), ("empty", ""), ("a list", "5, 5"), ("a different list", "5, 6"), ("a fraction", "1.5"), ("beyond 64 bits", "18446744073709551616"),
        })
            yield return Server($"length/{name}", good => Raw(good, ("Content-Length", length), Text(good)));

        yield return Server("length/twice and different", good => Raw(good, ("Content-Length", "5"), Text(good)).And("Content-Length", "6")) with { MustBeRefused = true };
        yield return Server("length/beside chunks", good => Chunked(good, Chunks(Text(good))).And("Content-Length", Length(Text(good))));
        yield return Server("length/enormous", good => Raw(good, ("Content-Length", "1000000000000000"), "")) with { MustBeRefused = operation.Body is not null };
        yield return Server("length/too short", good => Raw(good, ("Content-Length", Length(Text(good).Length / 2)), Text(good)));
        yield return Cut("length/too long", good => Raw(good, ("Content-Length", Length(Text(good).Length + 10)), Text(good)));
        yield return Cut("length/without a body", good => Raw(good, ("Content-Length", "10"), ""));

        yield return Server("chunks/right", good => Chunked(good, Chunks(Text(good))));
        yield return Server("chunks/byte by byte", good => Chunked(good, string.Concat(Text(good).Select(one => $"1\r\n{one}\r\n")) + "0\r\n\r\n"));
        yield return Server("chunks/with an extension", good => Chunked(good, $"{Text(good).Length:x};a=b\r\n{Text(good)}\r\n0\r\n\r\n"));
        yield return Server("chunks/with trailers", good => Chunked(good, $"{Text(good).Length:x}\r\n{Text(good)}\r\n0\r\nX-Trailer: 1\r\n\r\n"));
        yield return Server("chunks/empty", good => Chunked(good, "0\r\n\r\n"));
        foreach (var (name, chunks) in new[]
        {
            ("a word for a size", "zz\r\nabc\r\n0\r\n\r\n"), ("negative", "-1\r\n\r\n0\r\n\r\n"), ("overflowing", "ffffffffffffffff\r\nx\r\n0\r\n\r\n"), ("overflowing far", "fffffffffffffffffffffffff\r\nx\r\n0\r\n\r\n"),
            ("no size", "\r\n\r\n0\r\n\r\n"), ("no line break", "1\r\nxx\r\n0\r\n\r\n"), ("NUL", "\0\r\n\r\n"), ("spaces", "1 \r\nx\r\n0\r\n\r\n"), ("a bad trailer", "0\r\nno colon\r\n\r\n"),
        })
            yield return Server($"chunks/{name}", good => Chunked(good, chunks));
        yield return Cut("chunks/no end", good => Chunked(good, $"{Text(good).Length:x}\r\n{Text(good)}\r\n"));
        yield return Cut("chunks/cut", good => Chunked(good, "ff\r\nx"));
        foreach (var coding in new[] { "gzip", "gzip, chunked", "chunked, gzip", "identity", "xchunked", "chunked, chunked", "\u000bchunked", "" })
            yield return Cut($"coding/{coding.Trim()}", good => Raw(good, ("Transfer-Encoding", coding), Chunks(Text(good))));

        yield return Server("head/no host", good => good.Wire().Without("Host"));
        yield return Server("head/two hosts", good => good.Wire().And("Host", "other"));
        yield return Server("head/a bad host", good => good.Wire().With("Host", "\u00ff:99999:1"));
        yield return Server("head/200 headers", good => Enumerable.Range(0, 200).Aggregate(good.Wire(), (wire, number) => wire.And($"X-{number}", "1"))) with { MustBeRefused = true };
        yield return Server("head/a name with a space", good => good.Wire().And("X Odd", "1"));
        yield return Server("head/an empty name", good => good.Wire().And("", "1"));
        yield return Server("head/a name of bytes", good => good.Wire().And("X-\u00ff", "1"));
        yield return Server("head/a folded line", good => good.Wire().And("X-Folded", "a\r\n b"));
        yield return Server("head/an old version", good => good.Wire() with { Version = "HTTP/1.0" });
        yield return Server("head/an unknown version", good => good.Wire() with { Version = "HTTP/9.9" }) with { MustBeRefused = true };
        yield return Server("head/another protocol", good => good.Wire() with { Version = "RTSP/1.0" }) with { MustBeRefused = true };
        yield return Server("head/an expectation", good => good.Wire().And("Expect", "100-continue"));
        yield return Server("head/an odd expectation", good => good.Wire().And("Expect", "\u00ff"));
        yield return Server("head/an upgrade", good => good.Wire().And("Connection", "Upgrade").And("Upgrade", "websocket"));
        yield return Server("head/another upgrade", good => good.Wire().And("Connection", "Upgrade").And("Upgrade", "h2c"));
        yield return Server("head/another method", good => good.Wire() with { Method = "BREW" }) with { MustBeRefused = true };
        yield return Server("head/a lower-case method", good => good.Wire() is var wire ? wire with { Method = wire.Method.ToLowerInvariant() } : throw new InvalidOperationException());

        Case Server(string name, Func<Good, WireRequest> ask) => new($"{operation.Id}/framing/{name}", good => ask(good).With("Connection", Connection(ask(good)))) { MayBeBare = true };

        Case Cut(string name, Func<Good, WireRequest> ask) => Server(name, ask) with { MayBeCut = true, Ends = true };

        static string Text(Good good) => good.Body?.ToJsonString() ?? "{}";

        // What comes after such a request is anybody's guess.
        static string Connection(WireRequest wire) => wire.Headers.FirstOrDefault(header => header.Name == "Connection").Value is { } given ? $"{given}, close" : "close";
    }

    private static string Length(string text) => Length(text.Length);

    private static string Length(int length) => length.ToString(CultureInfo.InvariantCulture);

    private static string Chunks(string text) => $"{text.Length:x}\r\n{text}\r\n0\r\n\r\n";

    private static WireRequest Chunked(Good good, string chunks) => Raw(good, ("Transfer-Encoding", "chunked"), chunks);

    private static WireRequest Raw(Good good, (string Name, string Value) header, string raw) => good.Wire().And(header.Name, header.Value) with { Raw = raw };
}
