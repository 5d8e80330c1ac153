using Zaqar.Domain.Queues;

namespace Zaqar.Api.Responses;

/// <summary>Spells the paths that answers point to. Always paths, never whole URLs: clients add their own endpoint.</summary>
/// <remarks>Names are valid ones, so they need no encoding.</remarks>
internal static class Paths
{
    public const string Queues = "/v2/queues";

    public const string Topics = "/v2/topics";

    public const string Pools = "/v2/pools";

    public const string Flavors = "/v2/flavors";

    public const string Moves = "/v2/moves";

    public static string Pool(string name) => $"{Pools}/{Uri.EscapeDataString(name)}";

    public static string Flavor(string name) => $"{Flavors}/{Uri.EscapeDataString(name)}";

    /// <summary>A path with the query it was asked with, as it came, but for what no header may have.</summary>
    /// <param name="query">With its question mark; null or empty for none.</param>
    public static string Asked(string path, string? query) => path + string.Concat((query ?? "").Select(c =>
        c is > ' ' and <= '~' ? c.ToString() : Uri.EscapeDataString(c.ToString())));

    /// <summary>The collection that a queue, or a topic, is in.</summary>
    public static string All(QueueId queue) => queue.IsTopic ? Topics : Queues;

    public static string Queue(QueueId queue) => $"{All(queue)}/{queue.ShownName}";

    public static string Messages(QueueId queue) => $"{All(queue)}/{queue.ShownName}/messages";

    public static string Message(QueueId queue, Guid id) => $"{All(queue)}/{queue.ShownName}/messages/{id:D}";

    public static string Claim(QueueId queue, Guid id) => $"{All(queue)}/{queue.ShownName}/claims/{id:D}";

    public static string Subscriptions(QueueId queue) => $"{All(queue)}/{queue.ShownName}/subscriptions";

    public static string Subscription(QueueId queue, Guid id) => $"{All(queue)}/{queue.ShownName}/subscriptions/{id:D}";

    public static string Confirmation(QueueId queue, Guid id) => $"{All(queue)}/{queue.ShownName}/subscriptions/{id:D}/confirm";

    public static string Deliveries(QueueId queue, Guid subscription) => $"{All(queue)}/{queue.ShownName}/subscriptions/{subscription:D}/deliveries";
}
