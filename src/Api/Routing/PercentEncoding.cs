using System.Globalization;
using System.Text;

namespace Zaqar.Api.Routing;

/// <summary>Undoes percent-encoding the forgiving way that the original server does.</summary>
internal static class PercentEncoding
{
    /// <summary>Decodes as UTF-8. What is no encoding (<c>%zz</c>, a lone <c>%</c>) stays as it is; bytes that are no UTF-8 become U+FFFD.</summary>
    /// <param name="plusIsSpace">As in query strings.</param>
    public static string Decode(ReadOnlySpan<char> text, bool plusIsSpace)
    {
        if (!text.Contains('%') && !(plusIsSpace && text.Contains('+')))
            return text.ToString();

        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        var length = 0;
        for (var at = 0; at < bytes.Length; at++)
        {
            if (bytes[at] == '%' && at + 2 < bytes.Length && TryHex(bytes.AsSpan(at + 1, 2), out var value))
            {
                bytes[length++] = value;
                at += 2;
            }
            else
            {
                bytes[length++] = plusIsSpace && bytes[at] == '+' ? (byte)' ' : bytes[at];
            }
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private static bool TryHex(ReadOnlySpan<byte> digits, out byte value)
    {
        value = 0;
        return char.IsAsciiHexDigit((char)digits[0]) && char.IsAsciiHexDigit((char)digits[1])
            && byte.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
