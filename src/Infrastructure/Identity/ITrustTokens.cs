namespace Zaqar.Infrastructure.Identity;

/// <summary>Tokens by which the service acts for those who trust it.</summary>
internal interface ITrustTokens
{
    /// <summary>A token for what a trust allows, new or kept from before.</summary>
    /// <exception cref="TrustRefusedException">The trust is over, or is none of ours.</exception>
    /// <exception cref="KeystoneUnavailableException">No token now; perhaps later.</exception>
    Task<TrustToken> Get(string trustId, CancellationToken ct);

    /// <summary>Keeps a token no longer, for somebody did not take it. One that has been replaced already stays replaced.</summary>
    void Drop(string trustId, TrustToken token);
}

/// <param name="Value">A secret, opaque.</param>
/// <param name="IsNew">Whether Keystone gave it for this very call.</param>
internal readonly record struct TrustToken(string Value, bool IsNew)
{
    // Secrets print as nothing.
    public override string ToString() => nameof(TrustToken);
}

/// <summary>Keystone gives no token for a trust and never will; the message is a sentence for the subscription's owner.</summary>
internal sealed class TrustRefusedException(string reason) : Exception(reason);

/// <summary>Keystone gave no answer that can be used; the message is a sentence for the subscription's owner.</summary>
internal sealed class KeystoneUnavailableException(string reason, Exception? cause = null) : Exception(reason, cause);
