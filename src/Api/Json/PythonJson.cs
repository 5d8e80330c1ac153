using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Zaqar.Api.Json;

/// <summary>Writes a JSON value the way Python's <c>json.dumps(json.loads(text))</c> does.</summary>
/// <remarks>
/// Separators <c>", "</c> and <c>": "</c>; ASCII only, the rest as lower-case <c>\uXXXX</c> escapes; integers as they are; floats by
/// Python's <c>repr</c>; a repeated key keeps its first place and takes its last value.
/// </remarks>
internal sealed class PythonJson
{
    private static readonly SearchValues<byte> _floatMarks = SearchValues.Create(".eE"u8);

    private readonly List<byte> _output;

    private PythonJson(int capacity) => _output = new(capacity);

    /// <param name="json">A value that <see cref="StrictJson"/> has let pass, so its depth is bounded and its numbers are finite.</param>
    /// <returns>ASCII.</returns>
    public static ReadOnlySpan<byte> Rewrite(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        var writer = new PythonJson(json.Length + (json.Length / 8) + 16);
        reader.Read();
        writer.WriteValue(ref reader);
        return CollectionsMarshal.AsSpan(writer._output);
    }

    private void WriteValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject: WriteObject(ref reader); break;
            case JsonTokenType.StartArray: WriteArray(ref reader); break;
            case JsonTokenType.String: WriteString(reader.GetString()!); break;
            case JsonTokenType.Number: WriteNumber(reader.ValueSpan); break;
            default: _output.AddRange(reader.ValueSpan); break;
        }
    }

    private void WriteArray(ref Utf8JsonReader reader)
    {
        _output.Add((byte)'[');
        for (var isFirst = true; reader.Read() && reader.TokenType != JsonTokenType.EndArray; isFirst = false)
        {
            if (!isFirst)
                _output.AddRange(", "u8);

            WriteValue(ref reader);
        }

        _output.Add((byte)']');
    }

    private void WriteObject(ref Utf8JsonReader reader)
    {
        var start = _output.Count;
        var places = new Dictionary<string, int>();
        var members = new List<(int Start, int Length)>();
        var hasRepeated = false;

        _output.Add((byte)'{');
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (members.Count > 0)
                _output.AddRange(", "u8);

            var key = reader.GetString()!;
            var memberStart = _output.Count;
            WriteString(key);
            _output.AddRange(": "u8);
            reader.Read();
            WriteValue(ref reader);

            var member = (memberStart, _output.Count - memberStart);
            if (places.TryAdd(key, members.Count))
                members.Add(member);
            else
                (members[places[key]], hasRepeated) = (member, true);
        }

        if (hasRepeated)
            Arrange(start, members);

        _output.Add((byte)'}');
    }

    // Only when a key was repeated, so that honest documents are written straight through.
    private void Arrange(int start, List<(int Start, int Length)> members)
    {
        var written = CollectionsMarshal.AsSpan(_output)[start..].ToArray();
        CollectionsMarshal.SetCount(_output, start);
        _output.Add((byte)'{');
        foreach (var (memberStart, length) in members)
        {
            if (_output.Count > start + 1)
                _output.AddRange(", "u8);

            _output.AddRange(written.AsSpan(memberStart - start, length));
        }
    }

    private void WriteString(string text)
    {
        _output.Add((byte)'"');
        foreach (var c in text)
        {
            switch (c)
            {
                case '"': _output.AddRange("\\\""u8); break;
                case '\\': _output.AddRange("\\\\"u8); break;
                case '\n': _output.AddRange("\\n"u8); break;
                case '\r': _output.AddRange("\\r"u8); break;
                case '\t': _output.AddRange("\\t"u8); break;
                case '\f': _output.AddRange("\\f"u8); break;
                case '\b': _output.AddRange("\\b"u8); break;
                case >= ' ' and <= '~': _output.Add((byte)c); break;
                default: WriteEscape(c); break;
            }
        }

        _output.Add((byte)'"');
    }

    private void WriteEscape(char c)
    {
        _output.AddRange("\\u"u8);
        for (var shift = 12; shift >= 0; shift -= 4)
            _output.Add("0123456789abcdef"u8[(c >> shift) & 0xf]);
    }

    private void WriteNumber(ReadOnlySpan<byte> number)
    {
        if (number.ContainsAny(_floatMarks))
            _output.AddRange(Encoding.ASCII.GetBytes(Repr(double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture))));
        else if (number.SequenceEqual("-0"u8))
            _output.Add((byte)'0');
        else
            _output.AddRange(number);
    }

    /// <summary>Python's <c>repr</c> of a finite float: the shortest digits that read back, an exponent below 1e-4 and from 1e16.</summary>
    private static string Repr(double value)
    {
        // The same shortest digits as Python's, in another layout: -d.ddd, -ddd.ddd or -d.dddE-xx.
        var text = value.ToString("R", CultureInfo.InvariantCulture);

        // At some powers of two the shortest form is one digit too short and reads back as the number below.
        if (!double.Parse(text, CultureInfo.InvariantCulture).Equals(value))
            text = value.ToString("E16", CultureInfo.InvariantCulture);

        var sign = text.StartsWith('-') ? "-" : "";
        var e = text.IndexOf('E', StringComparison.Ordinal);
        var mantissa = (e < 0 ? text : text[..e])[sign.Length..];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? mantissa : mantissa[..point];
        var digits = (whole + (point < 0 ? "" : mantissa[(point + 1)..])).TrimStart('0');
        if (digits.Length == 0)
            return sign + "0.0";

        // The value is 0.DIGITS times ten to this power.
        var leadingZeros = whole.Length + (point < 0 ? 0 : mantissa.Length - point - 1) - digits.Length;
        var power = whole.Length - leadingZeros + (e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), CultureInfo.InvariantCulture));
        digits = digits.TrimEnd('0');

        return sign + power switch
        {
            > 16 or < -3 => $"{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}e{(power > 0 ? '+' : '-')}{Math.Abs(power - 1):00}",
            <= 0 => $"0.{new string('0', -power)}{digits}",
            _ when digits.Length <= power => $"{digits.PadRight(power, '0')}.0",
            _ => $"{digits[..power]}.{digits[power..]}",
        };
    }
}
