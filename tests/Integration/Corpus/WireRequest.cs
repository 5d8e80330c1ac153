using System.Globalization;
using System.Text;

namespace Zaqar.Integration.Corpus;

/// <summary>A request as it goes over the wire. All text is Latin-1, one character a byte, for much of it is no valid anything else.</summary>
/// <param name="Path">Percent-encoded, or not.</param>
/// <param name="Headers">In the order in which they are sent.</param>
internal sealed record WireRequest(string Method, string Path, IReadOnlyList<(string Name, string Value)> Headers)
{
    /// <summary>Without the question mark; empty for none.</summary>
    public string Query { get; init; } = "";

    /// <summary>Sent with its length; null for none.</summary>
    public string? Body { get; init; }

    /// <summary>What is sent after the head as it is, in place of the body and its length.</summary>
    public string? Raw { get; init; }

    public string Version { get; init; } = "HTTP/1.1";

    /// <summary>With one header instead of all of its name.</summary>
    public WireRequest With(string name, string value) => Without(name).And(name, value);

    public WireRequest And(string name, string value) => this with { Headers = [.. Headers, (name, value)] };

    public WireRequest Without(string name) =>
        this with { Headers = [.. Headers.Where(header => !header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))] };

    public byte[] Bytes()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{Method} {Path}");
        if (Query.Length > 0)
            text.Append('?').Append(Query);
        text.Append(' ').Append(Version).Append("\r\n");
        foreach (var (name, value) in Headers)
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        if (Raw is null && (Body is not null || Method is "POST" or "PUT" or "PATCH"))
            text.Append(CultureInfo.InvariantCulture, $"Content-Length: {Body?.Length ?? 0}\r\n");
        text.Append("\r\n").Append(Raw ?? Body);
        return Encoding.Latin1.GetBytes(text.ToString());
    }
}
