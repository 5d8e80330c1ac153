using System.Text;

namespace Zaqar.Infrastructure.Outbound;

/// <summary>Judges a subscriber's text, when a subscription is made or changed, as far as text alone tells; nothing is looked up.</summary>
/// <remarks>
/// Schemes: <c>http</c>, <c>https</c>, <c>trust+http</c>, <c>trust+https</c>, <c>mailto</c>, in any case.
/// A name that only a look-up can judge passes here and is judged when it is connected to (<see cref="GuardedConnect"/>).
/// </remarks>
internal static class SubscriberUri
{
    private const string TrustPrefix = "trust+";

    /// <returns>Why the subscriber is refused, as the end of a sentence without a full stop; null when nothing is wrong with its text.</returns>
    public static string? Refusal(string subscriber, AddressPolicy policy)
    {
        if (HasUnprintable(subscriber))
            return "it has control characters";

        if (subscriber.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase))
            return MailRecipient.Refusal(subscriber);

        return WebRefusal(WithoutTrust(subscriber), policy);
    }

    /// <summary>Where deliveries to a web subscriber go: its URI without <c>trust+</c> and without a fragment.</summary>
    /// <param name="subscriber">One that <see cref="Refusal"/> lets pass.</param>
    /// <exception cref="UriFormatException">It is none.</exception>
    public static Uri WebTarget(string subscriber)
    {
        var uri = new Uri(WithoutTrust(subscriber), UriKind.Absolute);
        return uri.Fragment.Length == 0 ? uri : new Uri(uri.GetLeftPart(UriPartial.Query), UriKind.Absolute);
    }

    public static bool IsTrust(string subscriber) => subscriber.StartsWith(TrustPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Judges an http or https URI.</summary>
    /// <returns>As <see cref="Refusal"/>.</returns>
    internal static string? WebRefusal(string text, AddressPolicy policy)
    {
        if (HasUnprintable(text))
            return "it has control characters";

        // Uri is lenient with what stands between scheme and path ([::1]x becomes [::1]/x). The authority is taken apart here, strictly,
        // and then by Uri, because Uri's reading is what the client will follow: both must be innocent.
        var start = text.IndexOf("://", StringComparison.Ordinal) + 3;
        if (start < 3 || text[..(start - 3)].ToLowerInvariant() is not ("http" or "https"))
            return "it is not an absolute URI with the scheme http, https, trust+http, trust+https or mailto";

        var length = text.AsSpan(start).IndexOfAny("/?#\\");
        var authority = length < 0 ? text[start..] : text.Substring(start, length);
        if (length >= 0 && text[start + length] == '\\')
            return "its authority has a backslash";
        if (authority.Contains('@', StringComparison.Ordinal))
            return "it has user information";

        var bracket = authority.LastIndexOf(']');
        var colon = authority.IndexOf(':', bracket + 1);
        var host = colon < 0 ? authority : authority[..colon];
        if (colon >= 0 && colon + 1 < authority.Length && !IsPort(authority.AsSpan(colon + 1)))
            return "its port is not between 1 and 65535";
        if (HostText.Refusal(host, policy) is { } refused)
            return $"its host {refused}";

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            return "it is not an absolute URI";
        if (uri.UserInfo.Length > 0 || uri.Port is < 1 or > 65535)
            return "its authority is ambiguous";

        return HostText.Refusal(uri.IdnHost, policy) is { } alsoRefused ? $"its host {alsoRefused}" : null;
    }

    private static string WithoutTrust(string subscriber) => IsTrust(subscriber) ? subscriber[TrustPrefix.Length..] : subscriber;

    private static bool IsPort(ReadOnlySpan<char> text) =>
        text.IndexOfAnyExceptInRange('0', '9') < 0 && text.TrimStart('0').Length is > 0 and <= 5 && int.Parse(text, null) <= 65535;

    /// <summary>Control characters, line and paragraph separators, and halves of surrogate pairs, none of which a URI has.</summary>
    private static bool HasUnprintable(string text)
    {
        foreach (var rune in text.EnumerateRunes())
            if (Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 || rune == Rune.ReplacementChar)
                return true;

        return false;
    }
}
