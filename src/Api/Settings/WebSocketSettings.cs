namespace Zaqar.Api.Settings;

/// <summary>The WebSocket transport; section <c>Zaqar:WebSocket</c>.</summary>
internal sealed record WebSocketSettings
{
    /// <summary>Where it listens, on a port of its own: any path there is the WebSocket. Empty for nowhere, which leaves <c>/v2/ws</c> of the REST listener.</summary>
    public string Url { get; init; } = "http://127.0.0.1:9000";

    /// <summary>Connections at a time; one more is answered 503.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>Bytes that wait for one connection's client to read them; with more it is closed.</summary>
    public int MaxPendingBytes { get; init; } = 4 << 20;

    /// <summary>How long one frame may wait for its client to read on; after that it is closed.</summary>
    public TimeSpan SlowAfter { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often an idle connection is asked whether it lives, and how long for its answer is waited.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc cref="KeepAliveInterval"/>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a connection may go without showing who it is, where that is asked.</summary>
    public TimeSpan AuthenticateWithin { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Queues that one connection may subscribe itself to.</summary>
    public int MaxSubscriptions { get; init; } = 100;

    /// <summary>Host and port by which a connection is called in listings; null takes this machine's name and the listener's port. The original's notification_bind.</summary>
    public string? NotificationBind { get; init; }

    /// <summary>Bytes of the largest frame: the largest post, metadata or subscription, with room for all around it.</summary>
    public static int MaxFrameBytes(Domain.Limits limits) =>
        Math.Max(Math.Max(limits.MaxMessagesPostSize, limits.MaxQueueMetadata), Json.SubscriptionBody.MaxBytes) + (64 << 10);

    /// <returns>The first rule that is broken, as a sentence that names the setting; null when all hold.</returns>
    public string? Broken()
    {
        return UrlIsRight() ? Between(1, 1_000_000, MaxConnections, nameof(MaxConnections))
            ?? Between(64 << 10, 1 << 30, MaxPendingBytes, nameof(MaxPendingBytes))
            ?? Between(1, 10_000, MaxSubscriptions, nameof(MaxSubscriptions))
            ?? Within(SlowAfter, nameof(SlowAfter)) ?? Within(KeepAliveInterval, nameof(KeepAliveInterval))
            ?? Within(KeepAliveTimeout, nameof(KeepAliveTimeout)) ?? Within(AuthenticateWithin, nameof(AuthenticateWithin))
            : $"Zaqar:WebSocket:{nameof(Url)} is a URL with http or https, or empty; \"{Url}\" was given.";

        static string? Between(int min, int max, int value, string setting) =>
            value < min || value > max ? $"Zaqar:WebSocket:{setting} is between {min} and {max}; {value} was given." : null;

        static string? Within(TimeSpan value, string setting) =>
            value < TimeSpan.FromMilliseconds(100) || value > TimeSpan.FromHours(1)
                ? $"Zaqar:WebSocket:{setting} is between 00:00:00.100 and 01:00:00; {value} was given."
                : null;
    }

    // A star for the host, as the server takes it, is no host for a URI.
    private bool UrlIsRight() => Url.Length == 0
        || (Uri.TryCreate(Url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal),
                UriKind.Absolute, out var url) && url.Scheme is "http" or "https");
}
