using Zaqar.Domain;

namespace Zaqar.Application.Identity;

/// <summary>Makes and ends trusts, by which the service acts in a client's name when the client is gone.</summary>
/// <remarks>
/// A trust ends by itself when its time is over. Before that only the client may end it, with a token of its own: the service, which it is given
/// to, may not.
/// </remarks>
public interface ITrusts
{
    /// <summary>Has the service trusted with all that the client's token allows.</summary>
    /// <param name="until">When the trust ends by itself.</param>
    /// <returns>The trust's id, opaque.</returns>
    /// <exception cref="TrustRefused">Not with this token.</exception>
    /// <exception cref="IdentityUnavailable">Not now. There may be a trust that nobody knows of, which ends by itself.</exception>
    Task<string> Create(Trustor trustor, DateTimeOffset until, CancellationToken ct);

    /// <summary>Ends a trust as well as can be: what keeps it from that is logged and no error, for it ends by itself.</summary>
    Task Delete(string trust, Trustor trustor, CancellationToken ct);
}

/// <summary>A client may not trust the service with what its subscription needs.</summary>
/// <param name="reason">A sentence.</param>
public sealed class TrustRefused(string reason) : RejectedException(ErrorKind.InvalidRequest, reason);
