using System.Buffers.Binary;
using System.Text;
using JasperFx.Events;
using Zaqar.Domain;
using Zaqar.Domain.Messages;

namespace Zaqar.Infrastructure.Schema;

/// <summary>
/// Stores <see cref="MessagePosted"/> as bytes, so that a body never passes through <c>jsonb</c>, which would change it.
/// Little-endian; a format byte first, the body last; texts are a 32-bit length (-1 for null) and UTF-8.
/// </summary>
/// <remarks>A new layout gets a new format byte; old ones stay readable for as long as history is kept.</remarks>
internal sealed class BinaryMessagePosted : IEventBinarySerializer
{
    private const byte Format = 1;
    private const int FixedSize = 1 + (8 * 6) + 16 + 4;

    public byte[] Serialize(Type type, object data)
    {
        var posted = (MessagePosted)data;
        var bytes = new byte[FixedSize + SizeOf(posted.Checksum) + SizeOf(posted.DeadLetteredFrom) + SizeOf(posted.By.ClientId)
            + SizeOf(posted.By.User) + SizeOf(posted.By.RequestId) + SizeOf(posted.By.Transport) + 4 + posted.Body.Length];

        var writer = new Writer(bytes);
        writer.Byte(Format);
        writer.Long(posted.Number);
        writer.Id(posted.Id.Value);
        writer.Long(posted.Ttl);
        writer.Long(posted.PostedAt.UtcTicks);
        writer.Long(posted.VisibleAt.UtcTicks);
        writer.Long(posted.ExpiresAt.UtcTicks);
        writer.Long(posted.At.UtcTicks);
        writer.Int(posted.ClaimCount);
        writer.Text(posted.Checksum);
        writer.Text(posted.DeadLetteredFrom);
        writer.Text(posted.By.ClientId);
        writer.Text(posted.By.User);
        writer.Text(posted.By.RequestId);
        writer.Text(posted.By.Transport);
        writer.Int(posted.Body.Length);
        writer.Bytes(posted.Body.Span);
        return bytes;
    }

    public object Deserialize(Type type, byte[] data)
    {
        var reader = new Reader(data);
        if (reader.Byte() is var format && format != Format)
            throw new InvalidDataException($"A stored message has format {format}; this version reads {Format}.");

        var number = reader.Long();
        var id = new MessageId(reader.Id());
        var ttl = reader.Long();
        var (postedAt, visibleAt, expiresAt, at) = (reader.Time(), reader.Time(), reader.Time(), reader.Time());
        var claimCount = reader.Int();
        var (checksum, from) = (reader.Text(), reader.Text());
        var by = new Actor(reader.Text() ?? "", reader.Text(), reader.Text() ?? "", reader.Text() ?? "");
        var body = data.AsMemory(^reader.Int()..);
        return new MessagePosted(number, id, body, ttl, postedAt, visibleAt, expiresAt, claimCount, checksum, from, at, by);
    }

    private static int SizeOf(string? text) => 4 + (text is null ? 0 : Encoding.UTF8.GetByteCount(text));

    private ref struct Writer(Span<byte> bytes)
    {
        private Span<byte> _rest = bytes;

        public void Byte(byte value)
        {
            _rest[0] = value;
            _rest = _rest[1..];
        }

        public void Int(int value)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_rest, value);
            _rest = _rest[4..];
        }

        public void Long(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_rest, value);
            _rest = _rest[8..];
        }

        public void Id(Guid value)
        {
            value.TryWriteBytes(_rest);
            _rest = _rest[16..];
        }

        public void Text(string? value)
        {
            if (value is null)
            {
                Int(-1);
                return;
            }

            var length = Encoding.UTF8.GetBytes(value, _rest[4..]);
            Int(length);
            _rest = _rest[length..];
        }

        public void Bytes(ReadOnlySpan<byte> value)
        {
            value.CopyTo(_rest);
            _rest = _rest[value.Length..];
        }
    }

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public byte Byte()
        {
            var value = _rest[0];
            _rest = _rest[1..];
            return value;
        }

        public int Int()
        {
            var value = BinaryPrimitives.ReadInt32LittleEndian(_rest);
            _rest = _rest[4..];
            return value;
        }

        public long Long()
        {
            var value = BinaryPrimitives.ReadInt64LittleEndian(_rest);
            _rest = _rest[8..];
            return value;
        }

        public DateTimeOffset Time() => new(Long(), TimeSpan.Zero);

        public Guid Id()
        {
            var value = new Guid(_rest[..16]);
            _rest = _rest[16..];
            return value;
        }

        public string? Text()
        {
            var length = Int();
            if (length < 0)
                return null;

            var value = Encoding.UTF8.GetString(_rest[..length]);
            _rest = _rest[length..];
            return value;
        }
    }
}
