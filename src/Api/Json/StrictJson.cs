using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Zaqar.Api.Json;

/// <summary>
/// The one judge of request bodies: RFC 8259 JSON in valid UTF-8, one document, bounded depth, no lone surrogates, no number
/// that overflows a double, no integer outside signed 64 bits. What passes may be stored and returned byte for byte.
/// </summary>
/// <remarks>
/// One pass in linear time, on the heap and the stack alike independent of the document's size and depth. Escapes (NUL too),
/// repeated keys, key order and the spelling of numbers are the client's business. Source: API contract, section 1.7.
/// </remarks>
internal static class StrictJson
{
    /// <summary>Judges a whole document.</summary>
    /// <param name="maxDepth">Deepest nesting that passes, from 1.</param>
    /// <returns><see cref="JsonTokenType.StartObject"/> or <see cref="JsonTokenType.StartArray"/>: no endpoint takes anything else.</returns>
    /// <exception cref="BodyInvalid">Anything is wrong with it.</exception>
    public static JsonTokenType Validate(ReadOnlySpan<byte> utf8, int maxDepth)
    {
        var reader = new StrictJsonReader(utf8, maxDepth);
        reader.Read();
        var root = reader.TokenType;
        while (reader.Read())
        {
        }

        return root is JsonTokenType.StartObject or JsonTokenType.StartArray
            ? root
            : throw new BodyInvalid("The body is a JSON object or array.");
    }
}

/// <summary>Reads a document token by token and judges each as <see cref="StrictJson"/> says, so that a body is walked over once.</summary>
internal ref struct StrictJsonReader
{
    private static readonly SearchValues<byte> _pointOrExponent = SearchValues.Create(".eE"u8);

    private Utf8JsonReader _reader;

    /// <exception cref="BodyInvalid">No body at all, or no UTF-8.</exception>
    public StrictJsonReader(ReadOnlySpan<byte> utf8, int maxDepth)
    {
        if (utf8.IsEmpty)
            throw new BodyInvalid("The body is missing.");

        if (!Utf8.IsValid(utf8))
            throw new BodyInvalid("The body is not valid UTF-8.");

        _reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = maxDepth });
    }

    public readonly JsonTokenType TokenType => _reader.TokenType;

    /// <summary>Offset of the token's first byte, quotes and brackets included.</summary>
    public readonly int TokenStart => (int)_reader.TokenStartIndex;

    /// <summary>Offset after the token's last byte.</summary>
    public readonly int TokenEnd => (int)_reader.BytesConsumed;

    /// <summary>Whether the string or name that the reader stands on says this, however it is escaped.</summary>
    public readonly bool Says(ReadOnlySpan<byte> utf8Text) => _reader.ValueTextEquals(utf8Text);

    /// <summary>The string that the reader stands on, unescaped; null for everything else.</summary>
    public readonly string? Text => _reader.TokenType == JsonTokenType.String ? _reader.GetString() : null;

    /// <summary>The integer that the reader stands on; true counts as 1 and false as 0, but 60.0 is none. Null for everything else.</summary>
    public readonly long? Integer => _reader.TokenType switch
    {
        JsonTokenType.Number when _reader.TryGetInt64(out var whole) => whole,
        JsonTokenType.True => 1,
        JsonTokenType.False => 0,
        _ => null,
    };

    /// <summary>Goes to the next token.</summary>
    /// <returns>False after the last.</returns>
    /// <exception cref="BodyInvalid">The next token is refused.</exception>
    public bool Read()
    {
        try
        {
            if (!_reader.Read())
                return false;
        }
        catch (JsonException malformed)
        {
            // The reader's own sentence quotes the body.
            throw new BodyInvalid(
                $"The body is not valid JSON, or nested too deeply: line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1}.");
        }

        switch (_reader.TokenType)
        {
            case JsonTokenType.Number:
                CheckNumber(_reader.ValueSpan);
                break;
            case JsonTokenType.String or JsonTokenType.PropertyName when _reader.ValueIsEscaped:
                CheckEscapes(_reader.ValueSpan);
                break;
        }

        return true;
    }

    /// <summary>Goes to the last token of the value that the reader stands on, judging all that it passes.</summary>
    public void Skip()
    {
        if (_reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return;

        var depth = _reader.CurrentDepth;
        do
            Read();
        while (_reader.CurrentDepth > depth);
    }

    private static void CheckNumber(ReadOnlySpan<byte> number)
    {
        if (!number.ContainsAny(_pointOrExponent))
        {
            // 18 digits always fit.
            if (number.Length > 18 && !(Utf8Parser.TryParse(number, out long _, out var used) && used == number.Length))
                throw new BodyInvalid("An integer in the body is outside signed 64 bits.");
        }
        else if (!double.IsFinite(double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture)))
        {
            throw new BodyInvalid("A number in the body is too large for a 64-bit floating-point number.");
        }
    }

    // Raw surrogates cannot be in valid UTF-8, so a pair is two escapes side by side.
    private static void CheckEscapes(ReadOnlySpan<byte> text)
    {
        for (var at = text.IndexOf((byte)'\\'); at >= 0; at = text.IndexOf((byte)'\\'))
        {
            if (text[at + 1] != (byte)'u')
            {
                text = text[(at + 2)..];
                continue;
            }

            var unit = CodeUnit(text[(at + 2)..]);
            text = text[(at + 6)..];
            if (!char.IsSurrogate(unit))
                continue;

            if (!char.IsHighSurrogate(unit) || text is not [(byte)'\\', (byte)'u', ..] || !char.IsLowSurrogate(CodeUnit(text[2..])))
                throw new BodyInvalid("A string in the body has a lone surrogate escape.");

            text = text[6..];
        }
    }

    // The reader has seen to it that four hex digits are there.
    private static char CodeUnit(ReadOnlySpan<byte> hex) =>
        (char)ushort.Parse(hex[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
