namespace Zaqar.Application.Identity;

/// <summary>Says whom a token speaks for. Registered only where an identity service is asked.</summary>
public interface ITokens
{
    /// <param name="token">A secret; any text, as the client sent it.</param>
    /// <returns>Null when it is not valid: malformed, over, revoked.</returns>
    /// <exception cref="IdentityUnavailable">Nobody could say now; perhaps later.</exception>
    Task<Identity?> Validate(string token, CancellationToken ct);
}
