using System.Text;
using System.Text.RegularExpressions;

namespace Zaqar.Infrastructure.Outbound;

/// <summary>Who gets the mail of a <c>mailto:</c> subscriber: exactly one plain address, and perhaps a subject.</summary>
/// <param name="Address">A local part, an at sign and a domain, in ASCII; safe as an envelope recipient and in a header.</param>
/// <param name="Subject">Decoded, without line breaks or control characters; null when the URI has none. Of several the first counts.</param>
/// <remarks>
/// Source: RFC 6068, cut down to what cannot be abused. The local part has none of the characters that mail servers route or run by
/// (<c>! % | / `</c>), and does not begin with a hyphen; the domain is a name with a dot, not an address and not this machine.
/// No header field but the subject is taken: <c>to</c>, <c>cc</c> and <c>bcc</c> would add recipients. Which domains are reachable is up to the mail server.
/// </remarks>
internal sealed partial record MailRecipient(string Address, string? Subject)
{
    private const string Scheme = "mailto:";

    /// <returns>Why the subscriber is refused, as the end of a sentence without a full stop; null when it is a good one.</returns>
    public static string? Refusal(string subscriber) => Read(subscriber).Refusal;

    /// <exception cref="FormatException">The subscriber is refused; the message says why.</exception>
    public static MailRecipient Parse(string subscriber)
    {
        var (recipient, refusal) = Read(subscriber);
        return recipient ?? throw new FormatException($"The subscriber is refused: {refusal}.");
    }

    private static (MailRecipient? Recipient, string? Refusal) Read(string subscriber)
    {
        if (!subscriber.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return (null, "it is not a mailto URI");
        if (subscriber.Contains('#', StringComparison.Ordinal))
            return (null, "it has a fragment");

        var question = subscriber.IndexOf('?', StringComparison.Ordinal);
        var address = Uri.UnescapeDataString(question < 0 ? subscriber[Scheme.Length..] : subscriber[Scheme.Length..question]);
        if (AddressRefusal(address) is { } refusal)
            return (null, refusal);

        string? subject = null;
        foreach (var field in question < 0 ? [] : subscriber[(question + 1)..].Split('&'))
        {
            var (name, value) = field.IndexOf('=', StringComparison.Ordinal) is var equals and >= 0
                ? (field[..equals], field[(equals + 1)..])
                : (field, "");
            if (name.Length == 0 && value.Length == 0)
                continue;
            if (!Uri.UnescapeDataString(name).Equals("subject", StringComparison.OrdinalIgnoreCase))
                return (null, "it has a header field other than the subject");

            var decoded = Uri.UnescapeDataString(value);
            if (decoded.EnumerateRunes().Any(rune => Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 || rune == Rune.ReplacementChar))
                return (null, "its subject has line breaks or control characters");

            subject ??= decoded;
        }

        return (new(address, subject), null);
    }

    private static string? AddressRefusal(string address)
    {
        if (!PlainAddress().IsMatch(address) || address.Length > 254)
            return "it does not name exactly one plain mail address";

        var at = address.IndexOf('@', StringComparison.Ordinal);
        var domain = address[(at + 1)..];
        if (at > 64)
            return "its address has more than 64 characters before the at sign";

        return HostText.IsThisMachine(domain) ? "its domain is this machine" : null;
    }

    // The top-level domain begins with a letter, so no domain is an address in any spelling.
    [GeneratedRegex(@"\A[A-Za-z0-9_+=~'&#*$^{}][A-Za-z0-9_+=~'&#*$^{}-]*(\.[A-Za-z0-9_+=~'&#*$^{}-]+)*@([A-Za-z0-9_-]+\.)+[A-Za-z][A-Za-z0-9-]*\z",
        RegexOptions.NonBacktracking)]
    private static partial Regex PlainAddress();
}
