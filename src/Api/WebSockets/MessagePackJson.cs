using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using MessagePack;

namespace Zaqar.Api.WebSockets;

/// <summary>Turns MessagePack into JSON and back, so that all behind the frames knows one form.</summary>
/// <remarks>
/// What JSON can say passes both ways: nil, booleans, integers of signed 64 bits, finite floats, UTF-8 text, arrays, maps with text for keys.
/// Binary, extensions, times and other keys have no JSON form and are refused. A float stays a float: 1.0 is no integer. Linear in time, and on the stack
/// independent of depth.
/// </remarks>
internal static class MessagePackJson
{
    private static readonly JsonWriterOptions _raw = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = int.MaxValue };

    /// <param name="maxDepth">Deepest nesting that passes, from 1.</param>
    /// <exception cref="FrameRefused">It is no MessagePack, or has no JSON form.</exception>
    public static ReadOnlyMemory<byte> ToJson(ReadOnlyMemory<byte> frame, int maxDepth)
    {
        try
        {
            return Decode(frame, maxDepth);
        }
        catch (Exception malformed) when (malformed is MessagePackSerializationException or EndOfStreamException or OverflowException or ArgumentException)
        {
            throw FrameRefused.Undecodable(isBinary: true, "it is malformed or cut off.");
        }
    }

    /// <param name="json">Valid JSON with numbers that <see cref="Json.StrictJson"/> lets pass.</param>
    public static void FromJson(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        var counts = Counts(json);
        var next = 0;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        var writer = new MessagePackWriter(output);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject: writer.WriteMapHeader(counts[next++]); break;
                case JsonTokenType.StartArray: writer.WriteArrayHeader(counts[next++]); break;
                case JsonTokenType.PropertyName or JsonTokenType.String: WriteText(ref writer, reader); break;
                case JsonTokenType.Number when reader.TryGetInt64(out var whole): writer.Write(whole); break;
                case JsonTokenType.Number: writer.Write(reader.GetDouble()); break;
                case JsonTokenType.True: writer.Write(true); break;
                case JsonTokenType.False: writer.Write(false); break;
                case JsonTokenType.Null: writer.WriteNil(); break;
            }
        }

        writer.Flush();
    }

    private static ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> frame, int maxDepth)
    {
        var reader = new MessagePackReader(frame);
        var output = new ArrayBufferWriter<byte>(frame.Length + (frame.Length / 4) + 64);
        using var json = new Utf8JsonWriter(output, _raw);
        var open = new Stack<(bool IsMap, int Left)>();
        do
        {
            if (open.TryPop(out var inside))
            {
                if (inside.Left == 0)
                {
                    if (inside.IsMap)
                        json.WriteEndObject();
                    else
                        json.WriteEndArray();
                    continue;
                }

                open.Push(inside with { Left = inside.Left - 1 });
                if (inside.IsMap)
                    json.WritePropertyName(Text(ref reader, "a key"));
            }

            switch (reader.NextMessagePackType)
            {
                case MessagePackType.Map:
                    Enter((true, reader.ReadMapHeader()));
                    json.WriteStartObject();
                    break;
                case MessagePackType.Array:
                    Enter((false, reader.ReadArrayHeader()));
                    json.WriteStartArray();
                    break;
                case MessagePackType.String:
                    json.WriteStringValue(Text(ref reader, "text"));
                    break;
                case MessagePackType.Integer:
                    json.WriteNumberValue(reader.ReadInt64());
                    break;
                case MessagePackType.Float:
                    json.WriteRawValue(Spelled(reader.NextCode == MessagePackCode.Float32, ref reader), skipInputValidation: true);
                    break;
                case MessagePackType.Boolean:
                    json.WriteBooleanValue(reader.ReadBoolean());
                    break;
                case MessagePackType.Nil:
                    reader.ReadNil();
                    json.WriteNullValue();
                    break;
                default:
                    throw FrameRefused.Undecodable(isBinary: true, "it has a type that JSON has not.");
            }
        }
        while (open.Count > 0);

        if (!reader.End)
            throw FrameRefused.Undecodable(isBinary: true, "something follows its value.");

        json.Flush();
        return output.WrittenMemory;

        void Enter((bool, int) level)
        {
            if (open.Count >= maxDepth)
                throw FrameRefused.Undecodable(isBinary: true, "it is nested too deeply.");
            open.Push(level);
        }
    }

    private static ReadOnlySpan<byte> Text(ref MessagePackReader reader, string what)
    {
        if (reader.NextMessagePackType != MessagePackType.String)
            throw FrameRefused.Undecodable(isBinary: true, $"{what} is no text.");

        var bytes = reader.ReadStringSequence() is { } text ? text.ToArray() : [];
        return Utf8.IsValid(bytes) ? bytes : throw FrameRefused.Undecodable(isBinary: true, $"{what} is not valid UTF-8.");
    }

    private static string Spelled(bool isSingle, ref MessagePackReader reader)
    {
        var (value, text) = isSingle && reader.ReadSingle() is var single
            ? (single, single.ToString("R", CultureInfo.InvariantCulture))
            : reader.ReadDouble() is var twice ? (twice, twice.ToString("R", CultureInfo.InvariantCulture)) : default;
        if (!double.IsFinite(value))
            throw FrameRefused.Undecodable(isBinary: true, "a number is not finite.");

        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }

    private static void WriteText(ref MessagePackWriter writer, in Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            writer.WriteString(reader.ValueSpan);
            return;
        }

        writer.WriteString(Encoding.UTF8.GetBytes(reader.GetString()!));
    }

    // A header says how many there are before the first of them: of each object and array, in the order in which they open.
    private static List<int> Counts(ReadOnlySpan<byte> json)
    {
        var (counts, open) = (new List<int>(), new Stack<int>());
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                open.Pop();
                continue;
            }

            if (reader.TokenType != JsonTokenType.PropertyName && open.TryPeek(out var inside))
                counts[inside]++;
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                open.Push(counts.Count);
                counts.Add(0);
            }
        }

        return counts;
    }
}
