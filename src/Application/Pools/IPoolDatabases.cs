using Zaqar.Domain;

namespace Zaqar.Application.Pools;

/// <summary>The databases that pools are.</summary>
public interface IPoolDatabases
{
    /// <summary>
    /// Connects, makes the database where it is missing and the account may, and brings everything the service keeps in it up to date.
    /// Called before a pool is recorded, so that one that is recorded works.
    /// </summary>
    /// <param name="pool">Its name: it may be in that database already.</param>
    /// <param name="connectionString">Npgsql's form. Holds a secret: never logged, never part of an error.</param>
    /// <exception cref="PoolUnreachable">It did not come about; nothing is left open.</exception>
    Task Prepare(string pool, string connectionString, CancellationToken ct);
}

/// <summary>A pool's database cannot be used; the reason is for the client and holds no secret.</summary>
public sealed class PoolUnreachable(string reason) : RejectedException(ErrorKind.InvalidBody, reason);
