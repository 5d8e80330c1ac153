using System.Buffers.Binary;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>Ids of deliveries, UUIDs of version 7: they rise with time, and in the order in which one relay makes them.</summary>
internal static class DeliveryIds
{
    private const int PerMillisecond = 1 << 12;

    /// <param name="now">When the page was relayed.</param>
    /// <param name="place">In that page, from 0.</param>
    internal static Guid At(DateTimeOffset now, int place)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(now.AddMilliseconds(place / PerMillisecond)).TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)(0x7000 | (place % PerMillisecond)));
        return new(bytes, bigEndian: true);
    }
}
