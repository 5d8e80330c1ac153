using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Zaqar.Domain;

/// <summary>The signature by which a pre-signed URL lets its bearer in without an account.</summary>
/// <remarks>Source: API contract, section 2.10.</remarks>
public static class UrlSignature
{
    /// <summary>Signs what the bearer may do.</summary>
    /// <param name="secretKey">The service's own key, any text.</param>
    /// <param name="paths">In any order.</param>
    /// <param name="methods">In any order.</param>
    /// <param name="expires">As the bearer shows it: UTC, <c>2030-01-01T00:00:00</c>.</param>
    /// <returns>64 lower-case hex digits: HMAC-SHA256.</returns>
    public static string Of(string secretKey, IEnumerable<string> paths, IEnumerable<string> methods, string project, string expires)
    {
        // The lines are kept apart by a backslash and the letter n, as in the original.
        var text = string.Join(@"\n", Sorted(paths), Sorted(methods), project, expires);
        return Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secretKey), Encoding.UTF8.GetBytes(text)));

        static string Sorted(IEnumerable<string> words) => string.Join(',', words.Order(StringComparer.Ordinal));
    }

    /// <summary>Whether a part of what is signed is without what keeps the parts apart: with it, one signature would fit several sets of parts.</summary>
    public static bool IsPart(string text) => !text.Contains(@"\n", StringComparison.Ordinal);

    /// <summary>An instant as signed URLs write it: UTC, whole seconds, no zone.</summary>
    public static string Expires(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
}
