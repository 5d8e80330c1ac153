using Zaqar.Application.Identity;

namespace Zaqar.Api.WebSockets;

/// <summary>Who a connection has shown to be, where an identity service is asked. Bound to one project for as long as it is open.</summary>
/// <remarks>Source: API contract, section 7.5.</remarks>
internal sealed class Session
{
    /// <summary>Null before the first success.</summary>
    public Trustor? Trustor { get; private set; }

    private Identity? Identity => Trustor?.Identity;

    /// <summary>Whether something by which it may ask was shown at least once: a token, or a signature.</summary>
    public bool HasShown { get; private set; }

    public bool IsLive(DateTimeOffset now) => Identity is { } identity && now < identity.ExpiresAt;

    /// <summary>Whether the token that was shown has run out since.</summary>
    public bool IsOver(DateTimeOffset now) => Identity is { } identity && now >= identity.ExpiresAt;

    public void ShowedSignature() => HasShown = true;

    /// <returns>False for another project than before, or another than the frame names: nothing has changed then.</returns>
    public bool TryBind(Trustor shown, string project)
    {
        if (shown.Identity.Project != project || (Identity is { } before && before.Project != project))
            return false;

        (Trustor, HasShown) = (shown, true);
        return true;
    }
}
