namespace Zaqar.Application;

/// <summary>How pre-signed URLs are signed; section <c>Zaqar:SignedUrl</c>, upstream's <c>[signed_url]</c>.</summary>
/// <remarks>Source: API contract, sections 2.10 and 13.</remarks>
public sealed record SignedUrlSettings
{
    /// <summary>Any text, the same on every node, never empty; null turns pre-signed URLs and confirmations off.</summary>
    public string? SecretKey { get; init; }

    // Whoever has the key may do anything.
    public override string ToString() => nameof(SignedUrlSettings);
}
