using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Zaqar.Domain;

namespace Zaqar.Api.Requests;

/// <summary>What the bearer of a pre-signed URL shows instead of an account.</summary>
/// <param name="Signature">64 lower-case hex digits when it is one.</param>
/// <param name="Methods">Separated by commas, case-sensitive.</param>
/// <param name="Paths">Separated by commas; each opens itself and all below it.</param>
/// <param name="Project">The one that the request is about.</param>
/// <param name="Expires">UTC: <c>2030-01-01T00:00:00</c>.</param>
/// <remarks>Source: API contract, section 2.10.</remarks>
internal sealed record PreSigned(string Signature, string Methods, string Paths, string Project, string Expires)
{
    /// <summary>Reads the headers.</summary>
    /// <param name="project">As the rest of the service will take it; of no other may the signature be.</param>
    /// <returns>Empty text for what is missing, which admits to nothing.</returns>
    public static PreSigned In(IHeaderDictionary headers, string project) =>
        new(headers["URL-Signature"].ToString(), headers["URL-Methods"].ToString(), headers["URL-Paths"].ToString(), project,
            headers["URL-Expires"].ToString());

    /// <summary>Takes it from where methods and paths are lists, as in WebSocket frames.</summary>
    /// <inheritdoc cref="In"/>
    /// <remarks>A comma in a method or path makes two of it: so it does in what is signed.</remarks>
    public static PreSigned Of(string signature, IEnumerable<string> methods, IEnumerable<string> paths, string project, string expires) =>
        new(signature, string.Join(',', methods), string.Join(',', paths), project, expires);

    /// <summary>Whether this lets its bearer do something.</summary>
    /// <param name="path">As it came in the request line: one that is spelled otherwise than it was signed is another.</param>
    /// <param name="keys">Any of them may have signed; which of them did does not show in the time it takes.</param>
    public bool Admits(string method, ReadOnlySpan<char> path, IReadOnlyList<string> keys, DateTimeOffset now)
    {
        var (methods, paths) = (Methods.Split(','), Paths.Split(','));
        if (Array.IndexOf(methods, method) < 0 || !Opens(paths, path) || now >= Until() || !IsUnambiguous())
            return false;

        var isSigned = false;
        foreach (var key in keys)
            isSigned |= IsSigned(UrlSignature.Of(key, paths, methods, Project, Expires));

        return isSigned;
    }

    // It opens doors, so it is not printed.
    public override string ToString() => Paths;

    // The original searches for a regular expression: there, a path opens every longer one, and its dots stand for anything.
    private static bool Opens(string[] paths, ReadOnlySpan<char> path)
    {
        foreach (var open in paths)
            if (open.Length > 1 && path.StartsWith(open) && (path.Length == open.Length || path[open.Length] == '/'))
                return true;

        return false;
    }

    private DateTimeOffset Until() =>
        DateTimeOffset.TryParseExact(Expires, "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until)
            ? until : DateTimeOffset.MinValue;

    private bool IsUnambiguous() => Project.Length > 0 && UrlSignature.IsPart(Methods) && UrlSignature.IsPart(Paths) && UrlSignature.IsPart(Project);

    private bool IsSigned(string expected) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Signature), Encoding.UTF8.GetBytes(expected));
}
