namespace Zaqar.Api.Policies;

/// <summary>A policy that cannot be taken; the message says what is wrong with it, and once it is known, in which line and rule.</summary>
internal sealed class PolicyInvalidException(string message, Exception? cause = null) : Exception(message, cause);
