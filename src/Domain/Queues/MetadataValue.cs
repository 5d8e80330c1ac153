using System.Text.Json;

namespace Zaqar.Domain.Queues;

/// <summary>A reserved key's value, typed the way the original server sees it.</summary>
/// <param name="Integer">A whole number without point or exponent; true counts as 1 and false as 0. Null for everything else.</param>
/// <param name="Text">Null for everything but a string.</param>
/// <param name="IsFalsy">Null, false, a zero, an empty string, array or object: most rules take those for a missing value.</param>
/// <param name="Json">The raw text of an object; null for everything else.</param>
internal readonly record struct MetadataValue(JsonTokenType Type, long? Integer, string? Text, bool IsFalsy, string? Json)
{
    /// <summary>Stored documents were bounded when they came in, so reading them again bounds nothing.</summary>
    public static JsonReaderOptions AnyDepth { get; } = new() { MaxDepth = int.MaxValue };

    public bool IsBoolean => Type is JsonTokenType.True or JsonTokenType.False;

    /// <summary>Reads the value that the reader stands on and leaves the reader at its end.</summary>
    /// <param name="document">The text that the reader reads.</param>
    public static MetadataValue Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> document)
    {
        var type = reader.TokenType;
        switch (type)
        {
            case JsonTokenType.Null:
                return new(type, null, null, true, null);
            case JsonTokenType.True:
                return new(type, 1, null, false, null);
            case JsonTokenType.False:
                return new(type, 0, null, true, null);
            case JsonTokenType.Number:
                return reader.TryGetInt64(out var whole)
                    ? new(type, whole, null, whole == 0, null)
                    : new(type, null, null, reader.GetDouble() == 0, null);
            case JsonTokenType.String:
                var text = reader.GetString()!;
                return new(type, null, text, text.Length == 0, null);
            default:
                var (start, opened) = ((int)reader.TokenStartIndex, reader.BytesConsumed);
                var inside = reader;
                inside.Read();
                reader.Skip();
                var isEmpty = inside.BytesConsumed == reader.BytesConsumed && reader.BytesConsumed > opened;
                return new(type, null, null, isEmpty,
                    type == JsonTokenType.StartObject ? JsonText.Of(document[start..(int)reader.BytesConsumed]) : null);
        }
    }

    /// <summary>Reads a whole value text.</summary>
    public static MetadataValue Read(string json)
    {
        var utf8 = JsonText.Bytes(json);
        var reader = new Utf8JsonReader(utf8, AnyDepth);
        reader.Read();
        return Read(ref reader, utf8);
    }
}
