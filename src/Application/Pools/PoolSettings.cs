namespace Zaqar.Application.Pools;

/// <summary>What the service's configuration says of pools.</summary>
public sealed record PoolSettings
{
    /// <summary>Passwords that URIs refer to by <c>?password_from=NAME</c>, by their names in any case; the same on every node.</summary>
    public Dictionary<string, string> Secrets { get; init; } = new(StringComparer.OrdinalIgnoreCase);
}
