using Npgsql;

namespace Zaqar.Infrastructure.Committing;

/// <summary>Tells a lost race between nodes, after which to decide again on fresh state, from other failures.</summary>
internal static class Fence
{
    /// <summary>Whether COMMIT may have been carried out. It was not where the server refused it or a statement before it,
    /// or where a statement could not be put on the wire.</summary>
    internal static bool LeavesOutcomeUnknown(Exception failure) => failure switch
    {
        PostgresException refused => refused.InvariantSeverity != "ERROR",
        InvalidCastException or ArgumentException => false,
        _ => true,
    };

    /// <summary>How <see cref="EventWriter"/> lets a batch fail that is not at the version it expects.</summary>
    private const string StreamMoved = PostgresErrorCodes.DivisionByZero;

    internal static bool IsLost(Exception failure)
    {
        for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is PostgresException { SqlState: StreamMoved or PostgresErrorCodes.UniqueViolation
                or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected })
                return true;
        }

        return false;
    }
}
