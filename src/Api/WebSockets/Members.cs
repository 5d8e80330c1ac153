using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Zaqar.Api.Errors;
using Zaqar.Api.Json;

namespace Zaqar.Api.WebSockets;

/// <summary>Where the known members of an object stand in a frame; the last of repeated ones, and nothing of the others.</summary>
/// <param name="frame">The frame as JSON, judged by <see cref="StrictJson"/>.</param>
/// <param name="known">Names, case-sensitive; only these are asked for.</param>
/// <remarks>Null counts as absent. What is asked for by another type than it has fails the schema.</remarks>
internal sealed class Members(ReadOnlyMemory<byte> frame, Members.Names known)
{
    private readonly (JsonTokenType Type, int Start, int End)[] _values = new (JsonTokenType, int, int)[known.Count];

    /// <summary>Reads the object that the reader stands on, to its end.</summary>
    public void Read(ref StrictJsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var place = known.Find(reader);
            reader.Read();
            var (type, start) = (reader.TokenType, reader.TokenStart);
            reader.Skip();
            if (place >= 0)
                _values[place] = (type, start, reader.TokenEnd);
        }
    }

    /// <summary>Null exactly when the member is absent.</summary>
    public JsonTokenType? TypeOf(string name) =>
        Value(name) is { Type: not (JsonTokenType.None or JsonTokenType.Null) } value ? value.Type : null;

    /// <summary>The value as it stands in the frame; empty when absent.</summary>
    public ReadOnlyMemory<byte> Slice(string name) => TypeOf(name) is null ? default : frame[Value(name).Start..Value(name).End];

    /// <exception cref="FrameRefused">Not text, or text with a NUL character, which nothing here can have.</exception>
    public string? Text(string name) => TypeOf(name) switch
    {
        null => null,
        JsonTokenType.String => TextOf(Slice(name).Span),
        _ => throw FrameRefused.Schema(),
    };

    /// <summary>Text that the action cannot do without.</summary>
    /// <exception cref="FrameRefused">It is missing.</exception>
    public string Required(string name) => Text(name) ?? throw FrameRefused.Schema();

    /// <exception cref="FrameRefused">Not a whole number.</exception>
    public long? Integer(string name)
    {
        if (TypeOf(name) is not { } type)
            return null;

        var reader = new Utf8JsonReader(Slice(name).Span);
        return type == JsonTokenType.Number && reader.Read() && reader.TryGetInt64(out var value) ? value : throw FrameRefused.Schema();
    }

    /// <exception cref="FrameRefused">Neither true nor false.</exception>
    public bool? Boolean(string name) => TypeOf(name) switch
    {
        null => null,
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw FrameRefused.Schema(),
    };

    /// <summary>Null exactly when the member is absent.</summary>
    /// <exception cref="FrameRefused">Not an array of texts.</exception>
    public IReadOnlyList<string>? Texts(string name)
    {
        if (TypeOf(name) is not { } type)
            return null;

        if (type != JsonTokenType.StartArray)
            throw FrameRefused.Schema();

        var texts = new List<string>();
        var reader = new Utf8JsonReader(Slice(name).Span);
        for (reader.Read(); reader.Read() && reader.TokenType != JsonTokenType.EndArray;)
            texts.Add(reader.TokenType == JsonTokenType.String ? WithoutNul(reader.GetString()!) : throw FrameRefused.Schema());
        return texts;
    }

    /// <summary>A page size or count: 1 to <paramref name="max"/>, 10 when absent (less where not even that many are allowed).</summary>
    /// <exception cref="ParameterOutOfRange">Outside the bounds.</exception>
    public int Limit(string name, int max) => Integer(name) is { } given
        ? given >= 1 && given <= max ? (int)given : throw new ParameterOutOfRange(name, given, 1, max)
        : Math.Min(10, max);

    private (JsonTokenType Type, int Start, int End) Value(string name) => _values[known[name]];

    private static string TextOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return WithoutNul(reader.GetString()!);
    }

    private static string WithoutNul(string text) => text.Contains('\0', StringComparison.Ordinal) ? throw FrameRefused.Schema() : text;

    /// <summary>What an object may have that anyone looks at.</summary>
    internal sealed class Names
    {
        private readonly byte[][] _utf8;
        private readonly FrozenDictionary<string, int> _places;

        public Names(params string[] names) =>
            (_utf8, _places) = (Array.ConvertAll(names, Encoding.UTF8.GetBytes), names.Select((name, at) => (name, at)).ToFrozenDictionary(one => one.name, one => one.at));

        public int Count => _utf8.Length;

        public int this[string name] => _places[name];

        /// <summary>The place of the name that the reader stands on; -1 for one that nobody looks at.</summary>
        public int Find(in StrictJsonReader reader)
        {
            for (var at = 0; at < _utf8.Length; at++)
                if (reader.Says(_utf8[at]))
                    return at;

            return -1;
        }
    }
}
