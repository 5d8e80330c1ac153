using Zaqar.Api.Policies;
using Zaqar.Api.Requests;

namespace Zaqar.Api.Settings;

/// <summary>What kind of service this is. Source: API contract, section 13, DEFAULT.</summary>
internal sealed record ServiceSettings
{
    /// <summary>Who says who a client is: <c>keystone</c>, or with nothing here the client itself.</summary>
    public string AuthStrategy { get; init; } = "";

    /// <summary>Whether clients are who their tokens say.</summary>
    public bool AsksKeystone => AuthStrategy == "keystone";

    /// <summary>Whether health, pools and flavors are reachable at all.</summary>
    public bool AdminMode { get; init; }

    /// <summary>Whether messages are spread over several stores.</summary>
    public bool Pooling { get; init; }

    public PoolingCatalogSettings PoolingCatalog { get; init; } = new();

    /// <summary>Whether each message gets a checksum of its body.</summary>
    public bool EnableChecksum { get; init; }

    public HttpSettings Http { get; init; } = new();

    public PolicySettings Policy { get; init; } = new();

    public CorsSettings Cors { get; init; } = new();

    public RateLimitSettings RateLimit { get; init; } = new();
}

/// <summary>Where queues are kept that no pool takes. Source: API contract, section 13, pooling:catalog.</summary>
internal sealed record PoolingCatalogSettings
{
    /// <summary>Whether the service's own database takes them; otherwise they cannot be made.</summary>
    public bool EnableVirtualPool { get; init; }
}

/// <summary>Bounds of the HTTP listener.</summary>
internal sealed record HttpSettings
{
    /// <summary>Connections at a time, waiting ones included; one more is closed at once.</summary>
    public int MaxConnections { get; init; } = 10_000;
}
