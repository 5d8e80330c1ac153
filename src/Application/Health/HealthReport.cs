namespace Zaqar.Application.Health;

/// <summary>How one database does.</summary>
/// <param name="StorageReachable">Whether it answers. Operations may fail all the same.</param>
/// <param name="Operations">All of <see cref="Names"/>, in that order.</param>
/// <param name="Volume">Messages of all projects, without those of checks; null when there is no saying.</param>
public sealed record HealthReport(bool StorageReachable, IReadOnlyList<OperationHealth> Operations, MessageVolume? Volume)
{
    /// <summary>What is tried, in this order, as the API names it.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "create_queue", "post_messages", "claim_messages", "list_messages", "delete_messages", "delete_claim", "bulk_delete_messages", "delete_queue",
    ];

    /// <summary>Of a database that does not answer: nothing was tried.</summary>
    /// <param name="reference">What to look for in the log.</param>
    public static HealthReport Unreachable(string reference) =>
        new(false, [.. Names.Select(name => new OperationHealth(name, false, 0, reference))], null);
}

/// <param name="Ref">What to look for in the log when it failed; null when it succeeded.</param>
public sealed record OperationHealth(string Name, bool Succeeded, double Seconds, string? Ref);

/// <param name="Free">Messages that no live claim holds.</param>
public sealed record MessageVolume(long Free, long Claimed, long Total);

/// <summary>How a service with pools does.</summary>
/// <param name="CatalogReachable">Whether the catalogue of what lives where answers.</param>
/// <param name="Pools">By the pools' names. One that is down has <see cref="HealthReport.Unreachable"/>.</param>
public sealed record PooledHealth(bool CatalogReachable, IReadOnlyDictionary<string, HealthReport> Pools);
