namespace Zaqar.Domain.Flavors;

public sealed class FlavorNotFound(string name)
    : RejectedException(ErrorKind.NotFound, $"Flavor {name} does not exist.");

/// <summary>A flavor has at least one pool.</summary>
/// <param name="put">The name of one that was to be put, for the answer says where it would be; null where it was to be changed.</param>
public sealed class FlavorWithoutPools(string? put = null)
    : RejectedException(ErrorKind.UnableToCreate, "A flavor has at least one pool; pool_list is empty.")
{
    /// <summary>The name of one that was to be put; null where it was to be changed.</summary>
    public string? Put { get; } = put;
}

/// <summary>A flavor names a pool that is not there.</summary>
/// <param name="kind">The API has one title where the flavor is put and another where it is changed.</param>
public sealed class PoolUnknown(string name, ErrorKind kind)
    : RejectedException(kind, $"Pool {name} does not exist.");
