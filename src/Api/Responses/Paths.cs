namespace Zaqar.Api.Responses;

/// <summary>Spells the paths that answers point to. Always paths, never whole URLs: clients add their own endpoint.</summary>
internal static class Paths
{
    public const string Queues = "/v2/queues";

    public const string Pools = "/v2/pools";

    public const string Flavors = "/v2/flavors";

    public static string Pool(string name) => $"{Pools}/{Uri.EscapeDataString(name)}";

    public static string Flavor(string name) => $"{Flavors}/{Uri.EscapeDataString(name)}";

    /// <summary>A path with the query it was asked with, as it came, but for what no header may have.</summary>
    /// <param name="query">With its question mark; null or empty for none.</param>
    public static string Asked(string path, string? query) => path + string.Concat((query ?? "").Select(c =>
        c is > ' ' and <= '~' ? c.ToString() : Uri.EscapeDataString(c.ToString())));

    /// <param name="name">A valid name, so it needs no encoding.</param>
    public static string Queue(string name) => $"{Queues}/{name}";

    public static string Messages(string queue) => $"{Queues}/{queue}/messages";

    public static string Message(string queue, Guid id) => $"{Queues}/{queue}/messages/{id:D}";

    public static string Deliveries(string queue, Guid subscription) => $"{Queues}/{queue}/subscriptions/{subscription:D}/deliveries";

    public static string Claim(string queue, Guid id) => $"{Queues}/{queue}/claims/{id:D}";

    public static string Subscriptions(string queue) => $"{Queues}/{queue}/subscriptions";

    public static string Subscription(string queue, Guid id) => $"{Queues}/{queue}/subscriptions/{id:D}";

    public static string Confirmation(string queue, Guid id) => $"{Queues}/{queue}/subscriptions/{id:D}/confirm";
}
