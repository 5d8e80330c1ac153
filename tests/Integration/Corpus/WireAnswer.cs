using System.Globalization;

namespace Zaqar.Integration.Corpus;

/// <summary>An answer as it came, in Latin-1.</summary>
/// <param name="Status">0 when the connection ended without an answer.</param>
/// <param name="HasMore">Whether anything came after it that nobody asked for.</param>
internal sealed record WireAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body, bool HasMore)
{
    public static WireAnswer None { get; } = new(0, new Dictionary<string, string>(), "", false);

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>Whether the web server itself refused what it did not hand on.</summary>
    public bool IsBare => !Headers.ContainsKey("x-openstack-request-id");

    public bool EndsConnection => Header("Connection")?.Contains("close", StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>Reads the first answer in what has come so far.</summary>
    /// <param name="isOver">Whether nothing more comes.</param>
    /// <returns>Null while it is not whole.</returns>
    public static WireAnswer? In(string text, string method, bool isOver)
    {
        while (true)
        {
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0)
                return isOver ? None : null;

            var lines = text[..end].Split("\r\n");
            var rest = text[(end + 4)..];
            var status = int.Parse(lines[0].AsSpan(9, 3), CultureInfo.InvariantCulture);
            if (status == 100)
            {
                text = rest;
                continue;
            }

            var headers = lines[1..].Select(line => line.Split(": ", 2)).GroupBy(line => line[0], StringComparer.OrdinalIgnoreCase)
                .ToDictionary(same => same.Key, same => string.Join(", ", same.Select(line => line[^1])), StringComparer.OrdinalIgnoreCase);
            var hasNoBody = method == "HEAD" || status is 204 or 304;
            if (!hasNoBody && headers.TryGetValue("Transfer-Encoding", out _))
                return Chunked(rest) is { } chunked ? new(status, headers, chunked.Body, chunked.After.Length > 0) : null;

            var length = hasNoBody ? 0 : headers.TryGetValue("Content-Length", out var told) ? int.Parse(told, CultureInfo.InvariantCulture) : isOver ? rest.Length : -1;
            return length < 0 || rest.Length < length ? isOver ? None : null : new(status, headers, rest[..length], rest.Length > length);
        }
    }

    private static (string Body, string After)? Chunked(string text)
    {
        var body = "";
        while (true)
        {
            var end = text.IndexOf("\r\n", StringComparison.Ordinal);
            if (end < 0)
                return null;

            var size = int.Parse(text.AsSpan(0, end), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (text.Length < end + 2 + size + 2)
                return null;

            body += text.Substring(end + 2, size);
            text = text[(end + 2 + size + 2)..];
            if (size == 0)
                return (body, text);
        }
    }
}
