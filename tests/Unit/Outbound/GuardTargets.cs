using Xunit;

namespace Zaqar.Unit.Outbound;

/// <summary>Subscribers that no delivery may reach: each special range from its first to its last address, and the spellings that hide one.</summary>
internal static class GuardTargets
{
    /// <summary>Refused addresses in their canonical text.</summary>
    public static readonly string[] Addresses =
    [
        // This network, private, shared, loopback, link-local: first, last and one between.
        "0.0.0.0", "0.0.0.1", "0.255.255.255",
        "10.0.0.0", "10.1.2.3", "10.255.255.255",
        "100.64.0.0", "100.100.100.200", "100.127.255.255",
        "127.0.0.0", "127.0.0.1", "127.0.0.53", "127.1.2.3", "127.255.255.255",
        "169.254.0.0", "169.254.169.254", "169.254.170.2", "169.254.255.255",
        "172.16.0.0", "172.17.0.1", "172.31.255.255",
        "192.168.0.0", "192.168.1.1", "192.168.255.255",
        // Protocol assignments, documentation, shared infrastructure, benchmarking.
        "192.0.0.0", "192.0.0.8", "192.0.0.170", "192.0.0.192", "192.0.0.255",
        "192.0.2.0", "192.0.2.255", "198.51.100.0", "198.51.100.255", "203.0.113.0", "203.0.113.255",
        "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.175.48.1",
        "198.18.0.0", "198.19.255.255",
        // Multicast, reserved, broadcast, and metadata at a public address.
        "224.0.0.0", "224.0.0.1", "239.255.255.250", "240.0.0.0", "250.1.2.3", "255.255.255.254", "255.255.255.255",
        "168.63.129.16",

        // IPv6: unspecified, loopback, and everything else outside global unicast.
        "::", "::1", "::2", "100::", "100::1", "100:0:0:1::1", "200::1", "400::1", "1fff:ffff::1", "4000::1", "5f00::1", "8000::1", "c000::1", "fbff::1",
        "fc00::", "fc00::1", "fd00::1", "fd00:ec2::254", "fd20:ce::254", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "fe00::1", "fe80::", "fe80::1", "fe80::a9fe:a9fe", "febf:ffff::1", "fec0::1", "feff::1",
        "ff00::", "ff02::1", "ff0e::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        // Special ranges inside global unicast.
        "2001::", "2001:1::1", "2001:2::1", "2001:3::1", "2001:4:112::1", "2001:10::1", "2001:20::1", "2001:2f:ffff::1", "2001:30::1", "2001:1ff:ffff::1",
        "2001:db8::", "2001:db8::1", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "3fff::", "3fff:fff:ffff::1", "2620:4f:8000::1",
        // IPv4 inside IPv6: mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP.
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0.0.0.0", "::ffff:192.168.1.1", "::ffff:100.64.0.1",
        "::127.0.0.1", "::10.0.0.1", "::8.8.8.8", "::ffff:0:127.0.0.1", "::ffff:0:8.8.8.8",
        "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b::8.8.8.8", "64:ff9b:1::10.0.0.1", "64:ff9b:1:ffff::8.8.8.8",
        "2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::1", "2002:808:808::1",
        "2001:0:7f00:1::80ff:fffe", "2001:0:4136:e378:8000:63bf:f5ff:fffe", "2001::f7f7:f7f7",
        "2606:4700::5efe:127.0.0.1", "2606:4700::5efe:10.0.0.1", "2606:4700::200:5efe:192.168.1.1", "2a00:1450::5efe:169.254.169.254",
    ];

    /// <summary>Spellings whose text alone gives them away.</summary>
    public static readonly string[] Spellings =
    [
        // One number, hexadecimal, octal, short, with zeros, mixed.
        "http://2130706433/", "http://0x7f000001/", "http://0X7F000001/", "http://017700000001/", "http://0/", "http://1/", "http://0x0/",
        "http://0x7f.1/", "http://0x7f.0x0.0x0.0x1/", "http://0177.0.0.1/", "http://0177.1/", "http://00000177.0.0.01/", "http://127.0x1/",
        "http://127.1/", "http://127.0.1/", "http://127.65535/", "http://10.1/", "http://0xa.1/", "http://012.0.0.1/", "http://167772161/",
        "http://2852039166/", "http://0xa9fea9fe/", "http://0251.0376.0251.0376/", "http://169.254.43518/", "http://0xa9.254.0251.254/",
        "http://3232235777/", "http://192.168.257/", "http://172.1048577/", "http://4294967295/",
        // A dot at the end; numbers that only a careless parser takes.
        "http://127.0.0.1./", "http://127.1./", "http://2130706433./", "http://0x7f.1./",
        "http://4294967297/", "http://6425673729/", "http://0x17f000001/", "http://127.0.0.1.1/", "http://256.0.0.1/", "http://383.0.0.1/",
        "http://08.0.0.1/", "http://127.0.0.0x/", "http://0x/", "http://127.0.0.1.0x1/",
        // Schemes, ports, paths and what follows them.
        "HTTP://127.0.0.1/", "https://127.0.0.1/", "trust+http://127.0.0.1/", "TRUST+HTTPS://127.0.0.1/", "http://127.0.0.1", "http://127.0.0.1:8080/x",
        "http://127.0.0.1?x", "http://127.0.0.1#x", "http://127.0.0.1#@8.8.8.8/", "http://127.0.0.1:/",
        // IPv6 spellings.
        "http://[::1]/", "http://[0:0:0:0:0:0:0:1]/", "http://[0000:0000:0000:0000:0000:0000:0000:0001]/", "http://[::0.0.0.1]/", "http://[0::1]:80/",
        "http://[::FFFF:7F00:1]/", "http://[0:0:0:0:0:ffff:127.0.0.1]/", "http://[::ffff:a9fe:a9fe]/", "http://[::ffff:7f00:0001]/",
        "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[fe80::1%251]/", "http://[::1%25lo]/", "http://[::1%251]/",
        "http://[FD00:EC2::254]/", "http://[64:FF9B::7F00:1]/", "http://[::1]x/", "http://[::1/", "http://[]/", "http://[v1.fe]/",
        "http://[127.0.0.1]/", "http://[::ffff:0x7f.1]/", "http://[::1]]/", "http://[[::1]]/", "http://[2606:4700:4700::1111%251]/",
        // User information, in front of and behind decoys.
        "http://8.8.8.8@127.0.0.1/", "http://user:secret@example.com/", "http://8.8.8.8;@127.0.0.1/", "http://@127.0.0.1/", "http://a:80@127.0.0.1:80/",
        "http://example.com\\@127.0.0.1/", "http://127.0.0.1\\@8.8.8.8/", "http://8.8.8.8%40127.0.0.1/",
        // What IDNA and percent-decoding turn into ASCII.
        "http://１２７.0.0.1/", "http://１２７．０．０．１/", "http://127。0。0。1/", "http://127．0．0．1/", "http://127｡0｡0｡1/", "http://127.0.0.1。/",
        "http://①②⑦.⓪.⓪.①/", "http://¹²⁷.0.0.1/", "http://𝟏𝟐𝟕.0.0.1/", "http://٢١٣.1/", "http://２１３０７０６４３３/", "http://０x7f.1/",
        "http://ｌｏｃａｌｈｏｓｔ/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", "http://𝓵𝓸𝓬𝓪𝓵𝓱𝓸𝓼𝓽/", "http://localhoﬆ/", "http://localhoſt/", "http://ˡocalhost/", "http://ℓocalhost/",
        "http://loc\u00adalhost/", "http://loc\u200balhost/", "http://l\u2060ocalhost/", "http://localhost\ufe0f/",
        "http://%31%32%37.0.0.1/", "http://127%2e0.0.1/", "http://%6c%6f%63alhost/", "http://127.0.0.1%00.example.com/", "http://127.0.0.1%20/",
        // Names of this machine and of private networks.
        "http://localhost/", "http://LOCALHOST/", "http://LocalHost:8080/", "http://localhost./", "http://a.localhost/", "http://a.b.localhost./",
        "http://localhost.localdomain/", "http://localhost6/", "http://ip6-localhost/", "http://ip6-loopback/", "http://machine.localdomain/",
        "http://printer.local/", "http://metadata.google.internal/", "http://internal/", "http://router.home.arpa/", "http://db.corp/", "http://nas.lan./",
        // Not addresses at all.
        "http://", "http:///127.0.0.1/", "http:/127.0.0.1/", "http:127.0.0.1", "http://:80/", "http://?x", "http://.localhost/", "http://localhost../",
        "http://a..b/", "http://example.com:0/", "http://example.com:65536/", "http://example.com:80:80/", "http://example.com:-1/", "http://example.com:8o/",
        "http://example.com:0x50/", "http://example.com\t/", "http://exam\nple.com/", "http://example.com/\r\nX-Injected: 1", "\thttp://example.com/",
        " http://example.com/", "http://exa mple.com/", "http:// example.com/", "//127.0.0.1/", "/path", "example.com", "", "trust+", "trust+trust+http://example.com/",
        "ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1/", "ws://example.com/", "javascript:alert(1)", "trust+mailto:a@example.com", "unix:/run/x",
    ];

    /// <summary>Innocent names, with what they resolve to: only a connection can tell.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Names = NamesOfAddresses();

    /// <summary>Subscribers that are refused when a subscription is made.</summary>
    public static TheoryData<string> ToldByTheirText => [.. Literals.Concat(Spellings)];

    /// <summary>Subscribers that pass then and are refused when connected to.</summary>
    public static TheoryData<string> ToldByTheirAddresses => [.. Names.Keys.Select(name => $"http://{name}:8080/hook")];

    public static TheoryData<string> RefusedAddresses => [.. Addresses];

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> Subscribers =
        [.. Literals.Concat(Spellings).Concat(Names.Keys.Select(name => $"https://{name}/hook"))];

    public static TheoryData<string> All => [.. Subscribers];

    private static IEnumerable<string> Literals =>
        Addresses.Select(address => address.Contains(':') ? $"http://[{address}]:8080/hook" : $"http://{address}:8080/hook");

    private static Dictionary<string, string[]> NamesOfAddresses()
    {
        var names = Addresses.Select((address, index) => ($"host-{index}.example.com", new[] { address }))
            .ToDictionary(name => name.Item1, name => name.Item2);

        // What name services spell addresses with, and answers that mix innocent addresses with others.
        names["127.0.0.1.nip.io"] = ["127.0.0.1"];
        names["169-254-169-254.sslip.io"] = ["169.254.169.254"];
        names["localtest.me"] = ["127.0.0.1", "::1"];
        names["single-label"] = ["10.0.0.5"];
        names["bücher.example"] = ["192.168.7.7"];
        names["private-last.example.com"] = ["8.8.8.8", "10.0.0.1"];
        names["private-first.example.com"] = ["10.0.0.1", "8.8.8.8"];
        names["private-in-ipv6.example.com"] = ["8.8.8.8", "2606:4700:4700::1111", "fd00::1"];
        names["mapped.example.com"] = ["::ffff:127.0.0.1", "8.8.8.8"];
        names["many.example.com"] = [.. Enumerable.Range(1, 200).Select(host => $"8.8.4.{host}"), "127.0.0.1"];
        names["xn--8g7ccp.example.com"] = ["127.0.0.1"];
        return names;
    }
}
