using System.Buffers;
using System.Text;
using System.Text.Json;
using MessagePack;

namespace Zaqar.Integration.WebSockets;

/// <summary>Writes JSON as MessagePack and back, with nothing of the service's own.</summary>
internal static class MessagePackJson
{
    private const int MaxDepth = 2_000;

    /// <summary>An integer becomes an integer, every other number a 64-bit float.</summary>
    public static byte[] FromJson(string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
        var frame = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(frame);
        Write(ref writer, document.RootElement);
        writer.Flush();
        return frame.WrittenSpan.ToArray();
    }

    /// <summary>Floats are written with a point or an exponent, so that they are told from integers.</summary>
    /// <exception cref="FormatException">What JSON cannot say, or bytes after the value.</exception>
    public static string ToJson(byte[] frame)
    {
        var reader = new MessagePackReader(frame);
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { MaxDepth = MaxDepth }))
            Copy(ref reader, writer);

        return reader.End ? Encoding.UTF8.GetString(json.WrittenSpan) : throw new FormatException("There are bytes after the frame's value.");
    }

    private static void Write(ref MessagePackWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteMapHeader(value.EnumerateObject().Count());
                foreach (var member in value.EnumerateObject())
                {
                    writer.Write(member.Name);
                    Write(ref writer, member.Value);
                }

                break;
            case JsonValueKind.Array:
                writer.WriteArrayHeader(value.GetArrayLength());
                foreach (var item in value.EnumerateArray())
                    Write(ref writer, item);
                break;
            case JsonValueKind.Number when value.TryGetInt64(out var whole):
                writer.Write(whole);
                break;
            case JsonValueKind.Number:
                writer.Write(value.GetDouble());
                break;
            case JsonValueKind.String:
                writer.Write(value.GetString());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                writer.Write(value.GetBoolean());
                break;
            default:
                writer.WriteNil();
                break;
        }
    }

    private static void Copy(ref MessagePackReader reader, Utf8JsonWriter writer)
    {
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Map:
                writer.WriteStartObject();
                for (var left = reader.ReadMapHeader(); left > 0; left--)
                {
                    writer.WritePropertyName(reader.ReadString()!);
                    Copy(ref reader, writer);
                }

                writer.WriteEndObject();
                break;
            case MessagePackType.Array:
                writer.WriteStartArray();
                for (var left = reader.ReadArrayHeader(); left > 0; left--)
                    Copy(ref reader, writer);
                writer.WriteEndArray();
                break;
            case MessagePackType.Integer:
                writer.WriteNumberValue(reader.ReadInt64());
                break;
            case MessagePackType.Float:
                var number = reader.ReadDouble().ToString("R", System.Globalization.CultureInfo.InvariantCulture);
                writer.WriteRawValue(number.AsSpan().ContainsAny(".E") ? number : number + ".0");
                break;
            case MessagePackType.String:
                writer.WriteStringValue(reader.ReadString());
                break;
            case MessagePackType.Boolean:
                writer.WriteBooleanValue(reader.ReadBoolean());
                break;
            case MessagePackType.Nil:
                reader.ReadNil();
                writer.WriteNullValue();
                break;
            default:
                throw new FormatException($"{reader.NextMessagePackType} has no counterpart in JSON.");
        }
    }
}
