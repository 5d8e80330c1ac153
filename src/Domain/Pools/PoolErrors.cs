namespace Zaqar.Domain.Pools;

public sealed class PoolNotFound(string name)
    : RejectedException(ErrorKind.NotFound, $"Pool {name} does not exist.");

/// <summary>Another pool points at the same database.</summary>
public sealed class PoolUriTaken(string by)
    : RejectedException(ErrorKind.Conflict, $"Pool {by} is in that database already.");

/// <summary>A URI that is no pool's; none of it is quoted, for it may be the secret.</summary>
/// <param name="reason">A sentence.</param>
public sealed class PoolUriInvalid(string reason)
    : RejectedException(ErrorKind.InvalidBody, reason);

/// <summary>What a client says of a pool is outside its bounds.</summary>
/// <param name="reason">A sentence.</param>
public sealed class PoolInvalid(string reason)
    : RejectedException(ErrorKind.InvalidBody, reason);

/// <summary>A queue is just moving from the pool, or to it.</summary>
public sealed class PoolOnTheMove(string name)
    : RejectedException(ErrorKind.InUse, $"A queue is moving from or to pool {name}; it can be deleted when that is over.");

/// <summary>Dead letters to queues in other pools wait in the pool.</summary>
public sealed class PoolHasLetters(string name)
    : RejectedException(ErrorKind.InUse, $"Dead letters that pool {name} has to send wait in it; it can be deleted when they have arrived.");

/// <summary>The last pool of a flavor cannot go.</summary>
public sealed class PoolInUse(string name, string flavor)
    : RejectedException(ErrorKind.InUse, $"Pool {name} is the only one left in flavor {flavor}.");
