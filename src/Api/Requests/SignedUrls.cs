using Zaqar.Application;

namespace Zaqar.Api.Requests;

/// <summary>Judges pre-signed URLs with the service's own key; without one, none is right.</summary>
/// <remarks>
/// By the node's clock: an expiry is the same credential's on every node and no state that they share, so nodes whose clocks differ by a
/// second disagree for a second and about nothing else. The database's would cost a round trip before the request is let in.
/// </remarks>
internal sealed class SignedUrls(SignedUrlSettings settings, TimeProvider time, DatabaseClock clock)
{
    /// <inheritdoc cref="PreSigned.Admits"/>
    public bool Admit(PreSigned shown, string method, ReadOnlySpan<char> path) =>
        settings.SecretKey is { } key && shown.Admits(method, path, key, time.GetUtcNow() + clock.Ahead);
}
