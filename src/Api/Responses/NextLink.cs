using System.Text;
using System.Text.Json;

namespace Zaqar.Api.Responses;

/// <summary>Builds the path of a listing's next page: the parameters in effect and the new marker, values percent-encoded.</summary>
/// <remarks>ASCII without quotes or braces, so it may stand in JSON as it is. Source: API contract, sections 1.8 and 11.1.</remarks>
internal readonly struct NextLink(string path)
{
    private readonly StringBuilder _href = new(path, path.Length + 128);
    private readonly int _pathLength = path.Length;

    public NextLink With(string name, string? value)
    {
        if (value is not null)
            Name(name).Append(Uri.EscapeDataString(value));
        return this;
    }

    public NextLink With(string name, long? value)
    {
        if (value is { } given)
            Name(name).Append(given);
        return this;
    }

    public NextLink With(string name, bool? value)
    {
        if (value is { } given)
            Name(name).Append(given ? "true" : "false");
        return this;
    }

    public override string ToString() => _href.ToString();

    /// <summary>Writes the <c>links</c> of a page.</summary>
    /// <param name="next">Null on an empty page, which has none.</param>
    public static void Write(Utf8JsonWriter json, string? next)
    {
        json.WriteStartArray("links");
        if (next is not null)
        {
            json.WriteStartObject();
            json.WriteString("rel", "next");
            json.WriteString("href", next);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private StringBuilder Name(string name) =>
        _href.Append(_href.Length == _pathLength ? '?' : '&').Append(Uri.EscapeDataString(name)).Append('=');
}
