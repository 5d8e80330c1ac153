using System.Security.Cryptography;
using Zaqar.Application.Encryption;

namespace Zaqar.Integration.Pools;

/// <summary>AES-256-GCM with one key that lives as long as this: nonce, tag, then what is sealed.</summary>
internal sealed class SmallCipher : ICipher, IDisposable
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly AesGcm _aes = new(RandomNumberGenerator.GetBytes(32), TagBytes);

    public bool CanSeal => true;

    public byte[] Seal(ReadOnlySpan<byte> clear, ReadOnlySpan<byte> bound)
    {
        var text = new byte[NonceBytes + TagBytes + clear.Length];
        RandomNumberGenerator.Fill(text.AsSpan(0, NonceBytes));
        lock (_aes)
            _aes.Encrypt(text.AsSpan(0, NonceBytes), clear, text.AsSpan(NonceBytes + TagBytes), text.AsSpan(NonceBytes, TagBytes), bound);
        return text;
    }

    public byte[] Open(ReadOnlySpan<byte> @sealed, ReadOnlySpan<byte> bound)
    {
        var clear = new byte[@sealed.Length - NonceBytes - TagBytes];
        lock (_aes)
            _aes.Decrypt(@sealed[..NonceBytes], @sealed[(NonceBytes + TagBytes)..], @sealed.Slice(NonceBytes, TagBytes), clear, bound);
        return clear;
    }

    public void Dispose() => _aes.Dispose();
}
