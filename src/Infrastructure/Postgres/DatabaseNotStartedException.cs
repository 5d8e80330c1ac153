namespace Zaqar.Infrastructure.Postgres;

/// <summary>There is no database to work on. The message is for the operator and says what to do; no stack is needed with it.</summary>
public sealed class DatabaseNotStartedException(string message, Exception? cause = null) : Exception(message, cause);
