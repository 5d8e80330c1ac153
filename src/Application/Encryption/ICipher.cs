namespace Zaqar.Application.Encryption;

/// <summary>Seals what must not be readable where it is stored. Safe for use by several threads at once.</summary>
public interface ICipher
{
    /// <summary>Whether there is a key to seal with.</summary>
    bool CanSeal { get; }

    /// <returns>Bytes that say themselves which key opens them; the first is never one that JSON text can begin with.</returns>
    /// <param name="bound">What the sealed text belongs to; it opens with exactly this again.</param>
    /// <exception cref="InvalidOperationException">There is no key.</exception>
    byte[] Seal(ReadOnlySpan<byte> clear, ReadOnlySpan<byte> bound);

    /// <exception cref="NotOpenedException">
    /// No key of the ring opens it: the key is gone, or the text, or what it is bound to, is another.
    /// </exception>
    byte[] Open(ReadOnlySpan<byte> @sealed, ReadOnlySpan<byte> bound);
}
