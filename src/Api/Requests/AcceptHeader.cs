using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Zaqar.Api.Requests;

/// <summary>Whether a client takes JSON. Source: API contract, section 1.3, check 3.</summary>
internal static class AcceptHeader
{
    /// <param name="accept">Absent or empty takes anything; what is malformed takes nothing.</param>
    /// <returns>By the most specific range that covers <c>application/json</c>; a quality of 0 refuses.</returns>
    public static bool AdmitsJson(StringValues accept)
    {
        if (accept.Count == 0 || (accept.Count == 1 && accept[0] is null or "" or "*/*" or "application/json" or "*"))
            return true;

        if (!MediaTypeHeaderValue.TryParseList(accept, out var ranges))
            return false;

        var (best, quality) = (0, 0.0);
        foreach (var range in ranges)
        {
            var fit = Fit(range);
            if (fit > best || (fit > 0 && fit == best && (range.Quality ?? 1) > quality))
                (best, quality) = (fit, range.Quality ?? 1);
        }

        return quality > 0;
    }

    private static int Fit(MediaTypeHeaderValue range)
    {
        if (range.MatchesAllTypes)
            return 1;

        if (!range.Type.Equals("application", StringComparison.OrdinalIgnoreCase))
            return 0;

        return range.MatchesAllSubTypes ? 2 : range.SubType.Equals("json", StringComparison.OrdinalIgnoreCase) ? 3 : 0;
    }
}
