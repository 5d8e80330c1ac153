using System.Net;
using System.Net.Sockets;

namespace Zaqar.Infrastructure.Outbound;

/// <summary>The ranges that no delivery has business in: everything that is not plainly somebody's address on the public internet.</summary>
/// <remarks>
/// Sources: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates), the IPv4 and IPv6 multicast registries, the IPv6
/// global unicast registry, and the places where clouds keep instance metadata. Ranges that IANA calls globally reachable but that hold only shared
/// infrastructure (AS112, AMT, anycast) are here too: no subscriber lives there, and a node may meet a private instance of them.
/// Where ranges overlap the narrower comes first, because the first match gives the reason.
/// </remarks>
internal static class SpecialPurposeAddresses
{
    /// <summary>IANA gives out global unicast addresses from here alone; the rest of IPv6 is special or unassigned.</summary>
    private static readonly IPNetwork _globalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly (IPNetwork Network, string Name)[] _table = Parse(
    [
        // Instance metadata, wherever it is: most of it lies in wider ranges below, and 168.63.129.16 looks like any public address.
        ("169.254.169.254/32", "an instance metadata address"),      // AWS, Azure, GCP, OpenStack, DigitalOcean, Oracle
        ("169.254.170.2/32", "an instance metadata address"),        // AWS ECS credentials
        ("169.254.170.23/32", "an instance metadata address"),       // AWS EKS credentials
        ("100.100.100.200/32", "an instance metadata address"),      // Alibaba
        ("168.63.129.16/32", "an instance metadata address"),        // Azure wire server
        ("192.0.0.192/32", "an instance metadata address"),          // Oracle, first generation
        ("fd00:ec2::254/128", "an instance metadata address"),       // AWS
        ("fd00:ec2::23/128", "an instance metadata address"),        // AWS EKS credentials
        ("fd20:ce::254/128", "an instance metadata address"),        // GCP
        ("fd00:42::42/128", "an instance metadata address"),         // Scaleway
        ("fe80::a9fe:a9fe/128", "an instance metadata address"),     // OpenStack

        // IPv4
        ("0.0.0.0/8", "an address of \"this network\""),             // RFC 791
        ("10.0.0.0/8", "a private address"),                         // RFC 1918
        ("100.64.0.0/10", "a shared (carrier-grade NAT) address"),   // RFC 6598
        ("127.0.0.0/8", "a loopback address"),                       // RFC 1122
        ("169.254.0.0/16", "a link-local address"),                  // RFC 3927
        ("172.16.0.0/12", "a private address"),                      // RFC 1918
        ("192.0.0.0/24", "a protocol assignment"),                   // RFC 6890
        ("192.0.2.0/24", "a documentation address"),                 // RFC 5737
        ("192.31.196.0/24", "an AS112 address"),                     // RFC 7535
        ("192.52.193.0/24", "an AMT relay address"),                 // RFC 7450
        ("192.88.99.0/24", "a 6to4 relay address"),                  // RFC 7526
        ("192.168.0.0/16", "a private address"),                     // RFC 1918
        ("192.175.48.0/24", "an AS112 address"),                     // RFC 7534
        ("198.18.0.0/15", "a benchmarking address"),                 // RFC 2544
        ("198.51.100.0/24", "a documentation address"),              // RFC 5737
        ("203.0.113.0/24", "a documentation address"),               // RFC 5737
        ("224.0.0.0/4", "a multicast address"),                      // RFC 5771
        ("255.255.255.255/32", "the broadcast address"),             // RFC 919
        ("240.0.0.0/4", "a reserved address"),                       // RFC 1112

        // IPv6; IPv4-mapped addresses never get here, because they are judged as the IPv4 address they are.
        ("::/128", "the unspecified address"),                       // RFC 4291
        ("::1/128", "a loopback address"),                           // RFC 4291
        ("::/96", "an IPv4-compatible address"),                     // RFC 4291, deprecated
        ("::ffff:0:0:0/96", "an IPv4-translated address"),           // RFC 2765 (SIIT)
        ("64:ff9b::/96", "a NAT64 address"),                         // RFC 6052
        ("64:ff9b:1::/48", "a local NAT64 address"),                 // RFC 8215
        ("100::/64", "a discard-only address"),                      // RFC 6666
        ("100:0:0:1::/64", "a dummy address"),                       // RFC 9780
        ("2001::/32", "a Teredo address"),                           // RFC 4380
        ("2001:2::/48", "a benchmarking address"),                   // RFC 5180
        ("2001:10::/28", "an ORCHID"),                               // RFC 4843, deprecated
        ("2001:20::/28", "an ORCHID"),                               // RFC 7343
        ("2001::/23", "a protocol assignment"),                      // RFC 2928; also AMT, AS112, DRIP and anycast addresses
        ("2001:db8::/32", "a documentation address"),                // RFC 3849
        ("2002::/16", "a 6to4 address"),                             // RFC 3056
        ("2620:4f:8000::/48", "an AS112 address"),                   // RFC 7534
        ("3fff::/20", "a documentation address"),                    // RFC 9637
        ("5f00::/16", "a segment routing identifier"),               // RFC 9602
        ("fc00::/7", "a unique local address"),                      // RFC 4193
        ("fe80::/10", "a link-local address"),                       // RFC 4291
        ("fec0::/10", "a site-local address"),                       // RFC 3879, deprecated
        ("ff00::/8", "a multicast address"),                         // RFC 4291
    ]);

    /// <param name="address">IPv4, or IPv6 that is not IPv4-mapped.</param>
    /// <returns>What kind of address it is, with its article; null for an ordinary public address.</returns>
    public static string? NameOf(IPAddress address)
    {
        foreach (var (network, name) in _table)
            if (network.Contains(address))
                return name;

        return address.AddressFamily != AddressFamily.InterNetworkV6 || _globalUnicast.Contains(address)
            ? null
            : "an address outside global unicast (2000::/3)";
    }

    private static (IPNetwork, string)[] Parse((string Network, string Name)[] table) =>
        [.. table.Select(row => (IPNetwork.Parse(row.Network), row.Name))];
}
