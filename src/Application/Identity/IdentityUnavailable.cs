using Zaqar.Domain;

namespace Zaqar.Application.Identity;

/// <summary>Whether a token is valid could not be found out, so that nothing is granted by it.</summary>
public sealed class IdentityUnavailable() : RejectedException(ErrorKind.Unavailable, "The identity service does not answer.");
