using System.Security.Cryptography;

namespace Zaqar.Application.Encryption;

/// <summary>A sealed text that no key of the ring opens. Nothing of the text is in it.</summary>
/// <param name="key">Id of the key that the text names; null where it names none.</param>
public sealed class NotOpenedException(string? key, string reason, Exception? cause = null) : CryptographicException(reason, cause)
{
    /// <inheritdoc cref="NotOpenedException(string?, string, Exception?)"/>
    public string? Key { get; } = key;
}
