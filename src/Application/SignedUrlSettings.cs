namespace Zaqar.Application;

/// <summary>How pre-signed URLs are signed; section <c>Zaqar:SignedUrl</c>, upstream's <c>[signed_url]</c>.</summary>
/// <remarks>Source: API contract, sections 2.10 and 13.</remarks>
public sealed record SignedUrlSettings
{
    /// <summary>Any text, the same on every node, never empty; null turns pre-signed URLs and confirmations off.</summary>
    public string? SecretKey { get; init; }

    /// <summary>
    /// Keys that signed before, separated by commas, spaces around them not counted: what they signed is good until it expires. Not an option of
    /// the original.
    /// </summary>
    public string? OldSecretKeys { get; init; }

    /// <summary>The keys of <see cref="OldSecretKeys"/>; an empty one where two commas meet.</summary>
    public IReadOnlyList<string> OldKeys =>
        string.IsNullOrWhiteSpace(OldSecretKeys) ? [] : OldSecretKeys.Split(',', StringSplitOptions.TrimEntries);

    // Whoever has the key may do anything.
    public override string ToString() => nameof(SignedUrlSettings);
}
