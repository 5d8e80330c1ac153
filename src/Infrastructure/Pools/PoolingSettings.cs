namespace Zaqar.Infrastructure.Pools;

/// <summary>What the databases of a node have in common.</summary>
/// <param name="Schema">Where the tables live in each.</param>
/// <param name="Notifies">Whether this node relays and delivers.</param>
/// <param name="EnableVirtualPool">Whether a queue that no pool takes is kept in the service's own database.</param>
/// <param name="Shared">Types of the parts that are about no database, and are the node's own in every pool.</param>
internal sealed record PoolingSettings(string Schema, bool Notifies, bool EnableVirtualPool, IReadOnlyList<Type> Shared);
