using System.Net;
using System.Net.Sockets;

namespace Zaqar.Infrastructure.Outbound;

/// <summary>The IPv4 addresses that an IPv6 address carries inside, to which a translator or tunnel on the way would pass its packets.</summary>
/// <remarks>
/// Not told, because nothing in the address tells it: where a local NAT64 prefix (64:ff9b:1::/48) or one of the network's own holds the IPv4 address.
/// The former is refused whole; who runs the latter filters on the gateway.
/// </remarks>
internal static class EmbeddedAddresses
{
    private static readonly IPNetwork _compatible = IPNetwork.Parse("::/96");
    private static readonly IPNetwork _translated = IPNetwork.Parse("::ffff:0:0:0/96");
    private static readonly IPNetwork _nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork _sixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork _teredo = IPNetwork.Parse("2001::/32");

    /// <param name="address">Any address but an IPv4-mapped one, which <em>is</em> an IPv4 address rather than carrying one.</param>
    /// <returns>None for IPv4; two for Teredo, whose packets go to a server first and a client then.</returns>
    public static IReadOnlyList<IPAddress> In(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return [];

        var bytes = address.GetAddressBytes();
        var lowest = bytes.AsSpan(12, 4);

        // ::, ::1 and their neighbours are themselves, not spellings of 0.0.0.x.
        if (_compatible.Contains(address))
            return bytes[12] == 0 ? [] : [new(lowest)];
        if (_translated.Contains(address) || _nat64.Contains(address) || IsIsatap(bytes))
            return [new(lowest)];
        if (_sixToFour.Contains(address))
            return [new(bytes.AsSpan(2, 4))];
        if (_teredo.Contains(address))
            return [new(bytes.AsSpan(4, 4)), new([(byte)~lowest[0], (byte)~lowest[1], (byte)~lowest[2], (byte)~lowest[3]])];

        return [];
    }

    /// <summary>An interface identifier 0000:5efe or 0200:5efe under any prefix. Source: RFC 5214, section 6.1.</summary>
    private static bool IsIsatap(byte[] bytes) => (bytes[8] & 0xfc) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe;
}
