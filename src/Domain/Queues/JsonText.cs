using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Zaqar.Domain.Queues;

/// <summary>Moves raw JSON between bytes and text without touching its spelling.</summary>
internal static class JsonText
{
    public static string Of(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    public static byte[] Bytes(string json) => Encoding.UTF8.GetBytes(json);

    /// <summary>A string's JSON spelling without its quotes; only what must be escaped is.</summary>
    public static string Escaped(string text) => JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value;
}
