using Zaqar.Application;
using Zaqar.Domain;

namespace Zaqar.Api.Requests;

/// <summary>Makes and judges pre-signed URLs with the service's own keys; without any, none is made and none is right.</summary>
/// <remarks>
/// By the node's clock: an expiry is the same credential's on every node and no state that they share, so nodes whose clocks differ by a
/// second disagree for a second and about nothing else. The database's would cost a round trip before the request is let in. Source: ADR 0014.
/// </remarks>
internal sealed class SignedUrls(SignedUrlSettings settings, TimeProvider time, DatabaseClock clock)
{
    private readonly string[] _keys = settings.SecretKey is { } present ? [present, .. settings.OldKeys] : [];

    /// <summary>What expiries are judged by.</summary>
    public DateTimeOffset Now => time.GetUtcNow() + clock.Ahead;

    /// <inheritdoc cref="PreSigned.Admits"/>
    public bool Admit(PreSigned shown, string method, ReadOnlySpan<char> path) => shown.Admits(method, path, _keys, Now);

    /// <summary>Signs with the present key.</summary>
    /// <param name="expires">Its fraction of a second falls away.</param>
    /// <exception cref="NoSharing">There is no key, or the signature would fit something else too.</exception>
    public SharedUrl Share(string project, IEnumerable<string> methods, IEnumerable<string> paths, DateTimeOffset expires)
    {
        string[] sortedMethods = [.. methods.Order(StringComparer.Ordinal)], sortedPaths = [.. paths.Order(StringComparer.Ordinal)];
        if (settings.SecretKey is not { } key)
            throw new NoSharing("This service makes no pre-signed URLs: it has no secret key.");

        if (!UrlSignature.IsPart(project) || !sortedMethods.All(method => UrlSignature.IsPart(method) && !method.Contains(',', StringComparison.Ordinal)))
            throw new NoSharing("""What is signed has no backslash followed by an n in it, and its methods have no commas.""");

        var until = UrlSignature.Expires(expires);
        return new(sortedPaths, sortedMethods, project, until, UrlSignature.Of(key, sortedPaths, sortedMethods, project, until));
    }
}

/// <summary>A pre-signed URL as its maker gets it.</summary>
/// <param name="Paths">Sorted, as are the methods.</param>
/// <param name="Expires">UTC: <c>2030-01-01T00:00:00</c>.</param>
/// <remarks>Source: API contract, section 2.9.</remarks>
internal sealed record SharedUrl(IReadOnlyList<string> Paths, IReadOnlyList<string> Methods, string Project, string Expires, string Signature)
{
    // It opens doors, so it is not printed.
    public override string ToString() => string.Join(',', Paths);
}

/// <summary>A pre-signed URL that is not made.</summary>
internal sealed class NoSharing(string reason) : RejectedException(ErrorKind.InvalidRequest, reason);
