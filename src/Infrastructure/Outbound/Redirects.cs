using System.Net;

namespace Zaqar.Infrastructure.Outbound;

/// <summary>Where a redirect leads, and what of the request goes there.</summary>
/// <param name="Target">Absolute, http or https, without a fragment; judged by its text, and to be judged again when connected to.</param>
/// <param name="KeepsBody">Whether body and content headers are sent again.</param>
/// <param name="SameOrigin">
/// Whether scheme, host and port stay. If not, the request's secrets stay behind: <c>X-Auth-Token</c>, <c>Authorization</c>, <c>Cookie</c>.
/// </param>
internal sealed record RedirectHop(Uri Target, HttpMethod Method, bool KeepsBody, bool SameOrigin);

/// <summary>Follows redirects as far as deliveries do: at most three hops, each judged like a subscriber.</summary>
/// <remarks>
/// A message goes where its subscriber has moved: 301, 302, 307 and 308 keep method and body. The original service's HTTP library turns a POST into a
/// GET without a body at 301 and 302, as RFC 9110 (15.4) allows, and so loses the message. 303 says that it was taken and where to look: a GET.
/// </remarks>
internal static class Redirects
{
    /// <summary>Hops after the first request: three, so four requests.</summary>
    public const int MaxHops = 3;

    /// <summary>Request headers that do not cross to another origin.</summary>
    public static IReadOnlyList<string> SecretHeaders { get; } = ["X-Auth-Token", "X-Subject-Token", "X-Service-Token", "Authorization", "Cookie"];

    /// <param name="current">What was requested; absolute.</param>
    /// <param name="location">As the response gives it, absolute or relative to <paramref name="current"/>; null when it has none.</param>
    /// <param name="hops">Redirects followed before this response; 0 for the answer to the first request.</param>
    /// <returns>The next hop; null when the response is no redirect to follow and stands as it is.</returns>
    /// <exception cref="OutboundRefusedException">A redirect too many, from https to http, or to a target the guard refuses.</exception>
    public static RedirectHop? Next(Uri current, HttpMethod method, HttpStatusCode status, Uri? location, int hops, AddressPolicy policy)
    {
        if (location is null || (int)status is not (301 or 302 or 303 or 307 or 308))
            return null;
        if (hops >= MaxHops)
            throw new OutboundRefusedException($"more than {MaxHops} redirects");
        if (!Uri.TryCreate(current, location, out var target))
            throw new OutboundRefusedException("a redirect to something that is no URI");

        if (current.Scheme == Uri.UriSchemeHttps && target.Scheme == Uri.UriSchemeHttp)
            throw new OutboundRefusedException("a redirect from https to http");

        // Both readings, as for subscribers: the text that came and what Uri makes of it.
        if ((location.IsAbsoluteUri ? SubscriberUri.WebRefusal(location.OriginalString, policy) : null) is { } asWritten)
            throw new OutboundRefusedException($"a redirect whose target is refused because {asWritten}");
        if (SubscriberUri.WebRefusal(target.AbsoluteUri, policy) is { } asRead)
            throw new OutboundRefusedException($"a redirect whose target is refused because {asRead}");

        var keeps = (int)status != 303;
        return new(
            target.Fragment.Length == 0 ? target : new Uri(target.GetLeftPart(UriPartial.Query)),
            keeps || method == HttpMethod.Head ? method : HttpMethod.Get,
            keeps,
            Uri.Compare(current, target, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0);
    }
}
