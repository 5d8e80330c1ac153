using System.Net;

namespace Zaqar.Infrastructure.Outbound;

/// <summary>Says which addresses a delivery may be sent to: public ones, and those the operator opened.</summary>
/// <remarks>
/// An IPv4-mapped IPv6 address is judged as the IPv4 address that a socket would make of it. An IPv6 address that carries an IPv4 address is allowed
/// only if both are: opening 64:ff9b::/96 lets deliveries through a NAT64 to the public internet, not through it to 10.0.0.0/8.
/// So 0.0.0.0/0 opens IPv4 in every spelling, ::/0 opens IPv6, and both together open everything.
/// </remarks>
internal sealed class AddressPolicy
{
    private readonly IPNetwork[] _opened;

    /// <param name="opened">Ranges allowed besides public addresses; an IPv4-mapped range counts as the IPv4 range it spells.</param>
    public AddressPolicy(IEnumerable<IPNetwork> opened) => _opened = [.. opened.Select(Unmapped)];

    /// <summary>Nothing opened: public addresses only.</summary>
    public static AddressPolicy PublicOnly { get; } = new([]);

    /// <summary>Whether the operator opened any range, so that private names may mean something too.</summary>
    public bool OpensSomething => _opened.Length > 0;

    /// <summary>The address as it is judged and connected to: IPv4-mapped ones as IPv4, all others as they are.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <returns>What is wrong with the address ("a private address"); null when deliveries may go there.</returns>
    public string? Refusal(IPAddress address)
    {
        var plain = Plain(address);
        if (!IsOpened(plain) && SpecialPurposeAddresses.NameOf(plain) is { } special)
            return special;

        foreach (var embedded in EmbeddedAddresses.In(plain))
            if (Refusal(embedded) is { } inner)
                return $"an address that carries {inner}";

        return null;
    }

    private bool IsOpened(IPAddress address)
    {
        foreach (var network in _opened)
            if (network.Contains(address))
                return true;

        return false;
    }

    private static IPNetwork Unmapped(IPNetwork network) => network is { PrefixLength: >= 96, BaseAddress.IsIPv4MappedToIPv6: true }
        ? new(network.BaseAddress.MapToIPv4(), network.PrefixLength - 96)
        : network;
}
