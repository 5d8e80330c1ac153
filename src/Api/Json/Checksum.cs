using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Zaqar.Api.Json;

/// <summary>
/// A body's checksum as the original server computes it: MD5 over the body as Python would write it again. Clients compare it
/// with their own, so the spelling of every value counts.
/// </summary>
/// <remarks>Source: API contract, section 5.9.</remarks>
internal static class Checksum
{
    /// <param name="json">A value that <see cref="StrictJson"/> has let pass.</param>
    /// <returns><c>MD5:</c> and 32 lower-case hex digits; null for a null body.</returns>
    [SuppressMessage("Security", "CA5351", Justification = "The API's checksum is MD5; it guards against accidents, not attacks.")]
    public static string? Of(ReadOnlySpan<byte> json) =>
        json.SequenceEqual("null"u8) ? null : $"MD5:{Convert.ToHexStringLower(MD5.HashData(PythonJson.Rewrite(json)))}";
}
