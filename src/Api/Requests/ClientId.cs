using System.Buffers;
using Zaqar.Api.Errors;
using Zaqar.Domain;

namespace Zaqar.Api.Requests;

/// <summary>Judges the <c>Client-ID</c> header. Source: API contract, section 1.4.</summary>
internal static class ClientId
{
    private static readonly SearchValues<char> _hexOrDash = SearchValues.Create("0123456789abcdefABCDEF-");

    /// <returns>A UUID dashed and in lower case, so that all its spellings are one client; in mode <c>off</c> the text itself.</returns>
    /// <exception cref="RequestRefused">Not what the mode asks for.</exception>
    public static string Canonical(string given, Limits limits)
    {
        if (limits.ClientIdUuidSafe == "off")
            return given.Length >= limits.MinLengthClientId && given.Length <= limits.MaxLengthClientId
                ? given
                : throw RequestRefused.ClientIdLength(limits.MinLengthClientId, limits.MaxLengthClientId);

        return TryParse(given, out var id) ? Spelled(id, given) : throw RequestRefused.ClientIdNoUuid();
    }

    /// <summary>Spelled as <see cref="Canonical"/> where it can be, else as it is: for operations whose client id nobody judges.</summary>
    public static string Lenient(string given, Limits limits) =>
        limits.ClientIdUuidSafe != "off" && TryParse(given, out var id) ? Spelled(id, given) : given;

    /// <inheritdoc cref="Canonical"/>
    public static void Check(string given, Limits limits) => Canonical(given, limits);

    // As Python's uuid.UUID reads it: urn:uuid: and braces fall away, dashes may stand anywhere.
    private static bool TryParse(string given, out Guid id)
    {
        if (given.Length is 32 or 36 && !given.AsSpan().ContainsAnyExcept(_hexOrDash) && Guid.TryParse(given, out id))
            return true;

        var digits = given
            .Replace("urn:", "", StringComparison.Ordinal).Replace("uuid:", "", StringComparison.Ordinal)
            .Trim('{', '}')
            .Replace("-", "", StringComparison.Ordinal);

        id = default;
        return digits.Length == 32 && !digits.AsSpan().ContainsAnyExcept(_hexOrDash) && Guid.TryParseExact(digits, "N", out id);
    }

    private static string Spelled(Guid id, string given)
    {
        Span<char> spelled = stackalloc char[36];
        id.TryFormat(spelled, out _);
        return spelled.SequenceEqual(given) ? given : new(spelled);
    }
}
