namespace Zaqar.Infrastructure.Committing;

/// <summary>COMMIT was sent and its answer never came.</summary>
internal sealed class OutcomeUnknownException(Exception cause) : Exception("The connection broke during COMMIT.", cause);
