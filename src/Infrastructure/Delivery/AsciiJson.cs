using System.Buffers;
using System.Globalization;
using System.Text;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>Writes JSON in ASCII as Python's <c>json.dumps</c> does: the rest of Unicode as lower-case <c>\uXXXX</c>, in pairs where it takes two.</summary>
internal sealed class AsciiJson
{
    private readonly ArrayBufferWriter<byte> _output = new();

    /// <summary>Writes ASCII as it is.</summary>
    public AsciiJson Raw(ReadOnlySpan<byte> ascii)
    {
        _output.Write(ascii);
        return this;
    }

    public AsciiJson Number(long number)
    {
        number.TryFormat(_output.GetSpan(20), out var length, default, CultureInfo.InvariantCulture);
        _output.Advance(length);
        return this;
    }

    /// <summary>Writes a string with its quotes.</summary>
    public AsciiJson Text(string text)
    {
        Raw("\""u8);
        foreach (var unit in text)
        {
            switch (unit)
            {
                case '"': Raw("\\\""u8); break;
                case '\\': Raw("\\\\"u8); break;
                case '\n': Raw("\\n"u8); break;
                case '\r': Raw("\\r"u8); break;
                case '\t': Raw("\\t"u8); break;
                case '\b': Raw("\\b"u8); break;
                case '\f': Raw("\\f"u8); break;
                case >= ' ' and <= '~': Raw([(byte)unit]); break;
                default: Escape(unit); break;
            }
        }

        return Raw("\""u8);
    }

    /// <summary>Writes a value, escaping what is not ASCII and keeping all else byte for byte.</summary>
    /// <param name="utf8">Valid JSON, in which only strings have anything but ASCII.</param>
    public AsciiJson Value(ReadOnlySpan<byte> utf8)
    {
        Span<char> units = stackalloc char[2];
        while (utf8.IndexOfAnyExceptInRange((byte)0, (byte)127) is >= 0 and var at)
        {
            Raw(utf8[..at]);
            Rune.DecodeFromUtf8(utf8[at..], out var rune, out var used);
            foreach (var unit in units[..rune.EncodeToUtf16(units)])
                Escape(unit);
            utf8 = utf8[(at + used)..];
        }

        return Raw(utf8);
    }

    public byte[] ToArray() => _output.WrittenSpan.ToArray();

    private void Escape(char unit)
    {
        Raw("\\u"u8);
        ((ushort)unit).TryFormat(_output.GetSpan(4), out var length, "x4", CultureInfo.InvariantCulture);
        _output.Advance(length);
    }
}
