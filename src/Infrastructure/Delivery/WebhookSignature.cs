using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>Signs webhooks, so that a receiver knows who sent them, and when.</summary>
/// <remarks>Source: Standard Webhooks 1.0, <c>https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md</c>.</remarks>
internal static class WebhookSignature
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    private const string Base64Prefix = "whsec_";

    /// <summary>The key that a secret stands for.</summary>
    /// <param name="secret"><c>whsec_</c> and base64 as the standard writes it, or else any text, whose UTF-8 is the key.</param>
    /// <returns>Null when there is no base64 after <c>whsec_</c>, or none of its bytes.</returns>
    public static byte[]? KeyOf(string secret)
    {
        if (!secret.StartsWith(Base64Prefix, StringComparison.Ordinal))
            return Encoding.UTF8.GetBytes(secret);

        var key = new byte[secret.Length];
        return Convert.TryFromBase64String(secret[Base64Prefix.Length..], key, out var length) && length > 0 ? key[..length] : null;
    }

    /// <param name="id">The same for every attempt.</param>
    /// <param name="timestamp">Unix time of this attempt.</param>
    /// <returns><c>v1,</c> and the base64 of HMAC-SHA256 over id, timestamp and body with full stops between.</returns>
    public static string Of(byte[] key, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.")));
        hmac.AppendData(body);
        return $"v1,{Convert.ToBase64String(hmac.GetHashAndReset())}";
    }
}
