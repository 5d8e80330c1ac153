using System.Buffers.Binary;

namespace Zaqar.Domain.Messages;

/// <summary>
/// A message's id: a UUID's shape, whose first half is the message's number in its queue and whose second half is random.
/// The number makes an id a primary-key lookup and any id a valid marker; the random half keeps ids from being guessed.
/// </summary>
/// <remarks>A dead-lettered message keeps its id, so there the number is its place in the queue it came from. Source: ADR 0002.</remarks>
public readonly record struct MessageId(Guid Value)
{
    /// <summary>Place in the order of the queue the message was posted to, from 1.</summary>
    public long Number
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            Value.TryWriteBytes(bytes, bigEndian: true, out _);
            return BinaryPrimitives.ReadInt64BigEndian(bytes);
        }
    }

    /// <param name="number">Place in the queue's order.</param>
    /// <param name="nonce">Random bits that the caller drew.</param>
    public static MessageId For(long number, long nonce)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], nonce);
        return new(new Guid(bytes, bigEndian: true));
    }

    /// <summary>Reads the dashed form; anything else is no id of ours and behaves as not found.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out MessageId id)
    {
        var isId = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return isId && id.Number > 0;
    }

    public override string ToString() => Value.ToString("D");
}
