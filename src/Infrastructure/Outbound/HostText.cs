using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Zaqar.Infrastructure.Outbound;

/// <summary>Judges a host by its text alone: addresses in any spelling, and names that mean this machine or a private network.</summary>
/// <remarks>
/// Pure: nothing is looked up. A name that passes is judged again, by its addresses, when a connection is made.
/// Strict on purpose: resolvers, URI parsers and IDNA mappings disagree about odd spellings, and whoever needs one of those is not a subscriber.
/// </remarks>
internal static class HostText
{
    /// <summary>What distributions' hosts files call loopback, besides <c>localhost</c> and all below it (RFC 6761).</summary>
    private static readonly HashSet<string> _loopbackNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "localhost4", "localhost6", "ip6-localhost", "ip6-loopback",
        "localhost.localdomain", "localhost4.localdomain4", "localhost6.localdomain6",
    };

    /// <summary>RFC 6762 with its appendix G, RFC 8375, ICANN's reservation of <c>internal</c>, and what routers make up.</summary>
    private static readonly string[] _privateSuffixes =
        ["local", "internal", "home.arpa", "intranet", "private", "corp", "home", "lan", "localdomain"];

    private static readonly SearchValues<char> _hexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private static readonly SearchValues<char> _ipv6Characters = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <param name="host">As in a URI's authority, or as given to a resolver: a name, an IPv4 address, or an IPv6 address with or without brackets.</param>
    /// <returns>What is wrong with the host, to follow "the host "; null when nothing is, or only a look-up can tell.</returns>
    public static string? Refusal(string host, AddressPolicy policy)
    {
        if (host.Length == 0)
            return "is empty";
        if (host.Contains(':') || host[0] == '[')
            return IPv6Refusal(host, policy);
        if (CharacterRefusal(host) is { } character)
            return character;

        // One dot at the end makes a name absolute and changes nothing else.
        var name = host[^1] == '.' ? host[..^1] : host;
        var labels = name.Split('.');
        if (name.Length > 253 || labels.Any(label => label.Length is 0 or > 63))
            return "is not a name: its labels have 1 to 63 characters, together at most 253";

        // No top-level domain is a number, so what ends in one was meant as an address (as the WHATWG's URL standard has it).
        if (IsNumber(labels[^1]))
            return !IPAddress.TryParse(name, out var address) || address.AddressFamily != AddressFamily.InterNetwork ? "ends in a number but is no address"
                : policy.Refusal(address) is { } refused ? $"is {refused}"
                : null;

        return IsThisMachine(name)
            ? policy.Refusal(IPAddress.Loopback) is not null && policy.Refusal(IPAddress.IPv6Loopback) is not null ? "is this machine" : null
            : !policy.OpensSomething && _privateSuffixes.Any(suffix => IsWithin(name, suffix)) ? "is a name of private networks"
            : null;
    }

    /// <summary>Whether a name means the machine it is looked up on; with or without a dot at the end.</summary>
    public static bool IsThisMachine(string name)
    {
        var relative = name.EndsWith('.') ? name[..^1] : name;
        return IsWithin(relative, "localhost") || _loopbackNames.Contains(relative);
    }

    private static bool IsWithin(string name, string suffix) => name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) &&
        (name.Length == suffix.Length || name[^(suffix.Length + 1)] == '.');

    private static bool IsNumber(string label) => label.All(char.IsAsciiDigit) ||
        (label.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && label.AsSpan(2).IndexOfAnyExcept(_hexDigits) < 0);

    private static string? IPv6Refusal(string host, AddressPolicy policy)
    {
        const string noAddress = "is no IPv6 address";
        if (host[0] == '[')
        {
            if (host[^1] != ']')
                return noAddress;

            host = host[1..^1];
        }

        // A zone picks an interface of one machine. Percent-encoded in a URI (RFC 6874) or not, it does not change which range the address is in.
        var zone = host.IndexOf('%', StringComparison.Ordinal);
        var written = zone < 0 ? host : host[..zone];
        if (written.AsSpan().IndexOfAnyExcept(_ipv6Characters) >= 0 ||
            !IPAddress.TryParse(written, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
            return noAddress;

        return policy.Refusal(address) is { } refused ? $"is {refused}"
            : zone >= 0 && !address.IsIPv6LinkLocal ? "has a zone but is not link-local"
            : null;
    }

    // IDNA turns full-width, circled, superscript and mathematical letters and digits, ligatures and ideographic dots into ASCII, and drops invisible
    // characters. Whether and when depends on the client, and .NET without ICU does not, so a name that has any of them has no single meaning here.
    private static string? CharacterRefusal(string host)
    {
        foreach (var rune in host.EnumerateRunes())
        {
            var plain = rune.IsAscii
                ? char.IsAsciiLetterOrDigit((char)rune.Value) || rune.Value is '-' or '_' or '.'
                : Rune.GetUnicodeCategory(rune) is UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter or UnicodeCategory.OtherLetter
                    or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark && !IsCompatibilityLetter(rune.Value);
            if (!plain)
                return "has characters that no plain name has; an internationalised name may be given in its xn-- form";
        }

        return null;
    }

    /// <summary>Letters and marks that NFKC or IDNA turns into others, or into nothing. Source: Unicode Character Database, compatibility decompositions to ASCII.</summary>
    private static bool IsCompatibilityLetter(int rune) => rune is
        0xAA or 0xBA or                                              // ordinal indicators
        0x132 or 0x133 or 0x13F or 0x140 or 0x149 or 0x17F or        // ĳ, ŀ, ŉ, long s
        (>= 0x1C4 and <= 0x1CC) or (>= 0x1F1 and <= 0x1F3) or        // digraphs
        0x34F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x3164 or   // marks and fillers without a shape
        (>= 0x180B and <= 0x180F) or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF) or // variation selectors
        (>= 0x2100 and <= 0x214F) or                                 // letter-like symbols
        (>= 0xFB00 and <= 0xFDFF) or (>= 0xFE70 and <= 0xFFEF) or    // ligatures, presentation forms, half and full width
        (>= 0x1D400 and <= 0x1D7FF) or (>= 0x1EE00 and <= 0x1EEFF);  // mathematical letters
}
