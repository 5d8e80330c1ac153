namespace Zaqar.Domain.Flavors;

public sealed class FlavorNotFound(string name)
    : RejectedException(ErrorKind.NotFound, $"Flavor {name} does not exist.");

/// <summary>A flavor has at least one pool.</summary>
public sealed class FlavorWithoutPools()
    : RejectedException(ErrorKind.UnableToCreate, "A flavor has at least one pool; pool_list is empty.");

/// <summary>A flavor names a pool that is not there.</summary>
/// <param name="kind">The API has one title where the flavor is put and another where it is changed.</param>
public sealed class PoolUnknown(string name, ErrorKind kind)
    : RejectedException(kind, $"Pool {name} does not exist.");
