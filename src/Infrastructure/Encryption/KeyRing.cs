using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Zaqar.Application.Encryption;

namespace Zaqar.Infrastructure.Encryption;

/// <summary>AES-256-GCM with one key to seal and any number to open, each by its id.</summary>
/// <remarks>
/// A sealed text is: the version 1; the length of the key's id and the id, in ASCII; 12 bytes of nonce, random; the ciphertext; 16 bytes of tag. The
/// tag covers everything: what stands before the nonce is authenticated with what the text is bound to. With random nonces a key is good for 2^32 texts
/// (NIST SP 800-38D, 8.3). Source: ADR 0016.
/// </remarks>
public sealed class KeyRing : ICipher
{
    /// <summary>Length of a key.</summary>
    public const int KeyBytes = 32;

    /// <summary>Longest id, in characters.</summary>
    public const int MaxIdLength = 32;

    /// <summary>No control character but tab and line ends can begin JSON text, and this is none of them.</summary>
    internal const byte Version = 1;

    internal const int NonceBytes = 12;
    internal const int TagBytes = 16;

    private readonly FrozenDictionary<string, byte[]> _keys;
    private readonly byte[] _header = [];
    private readonly byte[]? _active;

    /// <param name="keys">By id, which <see cref="IsId"/>; each of <see cref="KeyBytes"/>.</param>
    /// <param name="active">Id of the key that seals; null only without any keys.</param>
    public KeyRing(IReadOnlyDictionary<string, byte[]> keys, string? active)
    {
        if (keys.FirstOrDefault(key => !IsId(key.Key) || key.Value.Length != KeyBytes).Key is { } wrong)
            throw new ArgumentException($"The key {wrong} has an id or a length that keys cannot have.", nameof(keys));
        if ((keys.Count == 0) != active is null)
            throw new ArgumentException("There is a key that seals if there are any.", nameof(active));

        _keys = keys.ToFrozenDictionary(StringComparer.Ordinal);
        if (active is null)
            return;

        (ActiveKey, _active) = (active, _keys[active]);
        _header = [Version, (byte)active.Length, .. Encoding.ASCII.GetBytes(active)];
    }

    /// <summary>Has no keys: nothing can be sealed, and nothing opened.</summary>
    public static KeyRing Empty { get; } = new(FrozenDictionary<string, byte[]>.Empty, null);

    /// <summary>Ids of all keys.</summary>
    public IReadOnlyCollection<string> Ids => _keys.Keys;

    /// <summary>Id of the key that seals; null without any.</summary>
    public string? ActiveKey { get; }

    public bool CanSeal => _active is not null;

    /// <summary>Whether a text may name a key: lower-case letters, digits, <c>-</c>, <c>_</c>, <c>.</c>; settings know no difference of case.</summary>
    public static bool IsId(ReadOnlySpan<char> id)
    {
        if (id.Length is 0 or > MaxIdLength)
            return false;

        foreach (var c in id)
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '_' or '.'))
                return false;

        return true;
    }

    public byte[] Seal(ReadOnlySpan<byte> clear, ReadOnlySpan<byte> bound)
    {
        if (_active is null)
            throw new InvalidOperationException("There is no key to seal with.");

        var text = new byte[_header.Length + NonceBytes + clear.Length + TagBytes];
        _header.CopyTo(text, 0);
        var nonce = text.AsSpan(_header.Length, NonceBytes);
        RandomNumberGenerator.Fill(nonce);

        // Not shared: it is not safe for several threads, and costs less than a microsecond.
        using var aes = new AesGcm(_active, TagBytes);
        aes.Encrypt(nonce, clear, text.AsSpan(_header.Length + NonceBytes, clear.Length), text.AsSpan(text.Length - TagBytes), [.. _header, .. bound]);
        return text;
    }

    public byte[] Open(ReadOnlySpan<byte> @sealed, ReadOnlySpan<byte> bound)
    {
        if (@sealed.Length < 2 || @sealed[0] != Version)
            throw new NotOpenedException(null, "The text is not sealed in a form that this version knows.");

        var headerLength = 2 + @sealed[1];
        if (@sealed[1] > MaxIdLength || @sealed.Length < headerLength + NonceBytes + TagBytes)
            throw new NotOpenedException(null, "The sealed text is not whole.");

        // Only ids that can be are named in a log.
        var id = Encoding.ASCII.GetString(@sealed[2..headerLength]);
        if (!IsId(id))
            throw new NotOpenedException(null, "The sealed text names no key.");
        if (!_keys.TryGetValue(id, out var key))
            throw new NotOpenedException(id, $"The key {id} is not among the keys of this node.");

        var header = @sealed[..headerLength];
        var rest = @sealed[headerLength..];
        var clear = new byte[rest.Length - NonceBytes - TagBytes];
        try
        {
            using var aes = new AesGcm(key, TagBytes);
            aes.Decrypt(rest[..NonceBytes], rest[NonceBytes..^TagBytes], rest[^TagBytes..], clear, [.. header, .. bound]);
            return clear;
        }
        catch (AuthenticationTagMismatchException mismatch)
        {
            throw new NotOpenedException(id, $"The key {id} of this node is another than sealed it, or the text or what it belongs to was changed.", mismatch);
        }
    }
}
