using Zaqar.Domain.Queues;

namespace Zaqar.Application;

/// <summary>The one place that spells stream keys. A stream is found by project (Marten's tenant) and key.</summary>
public static class StreamKey
{
    /// <summary>What comes before the id in the keys of subscriptions.</summary>
    public const string SubscriptionPrefix = "subscription/";

    /// <summary>The tenant of what belongs to no project: pools. Their keys are never a project's, so one of that name meets none of them.</summary>
    public const string ServiceTenant = "*service*";

    private const string QueuePrefix = "queue/";
    private const string PlacementPrefix = "placement/";

    /// <summary><c>queue/{name}/{incarnation}/{segment}</c>: one segment of one queue's history, or one topic's.</summary>
    /// <param name="name">As it is stored.</param>
    public static string OfQueue(string name, int incarnation, int segment) => $"{QueuePrefix}{name}/{incarnation}/{segment}";

    /// <summary><c>history/{name}</c>: what became of a queue's history itself.</summary>
    public static string OfHistory(string name) => $"history/{name}";

    /// <summary><c>subscription/{id}</c>: one subscription's history.</summary>
    public static string OfSubscription(Guid id) => $"{SubscriptionPrefix}{id}";

    /// <summary><c>placement/{name}</c>: which pools a queue's name was in.</summary>
    public static string OfPlacement(string name) => $"{PlacementPrefix}{name}";

    /// <summary>Reads what <see cref="OfPlacement"/> wrote.</summary>
    /// <returns>False for a stream that is no placement's.</returns>
    public static bool TryReadPlacement(string key, out string name)
    {
        var isPlacement = key.StartsWith(PlacementPrefix, StringComparison.Ordinal);
        name = isPlacement ? key[PlacementPrefix.Length..] : "";
        return isPlacement;
    }
    /// <summary><c>pool/{name}</c>: all that happened to pools of one name, under <see cref="ServiceTenant"/>.</summary>
    public static string OfPool(string name) => $"pool/{name}";

    /// <summary><c>flavor/{name}</c>: all that happened to a project's flavors of one name.</summary>
    public static string OfFlavor(string name) => $"flavor/{name}";

    /// <summary>Reads what <see cref="OfQueue"/> wrote.</summary>
    /// <returns>False for a stream that is no queue's.</returns>
    public static bool TryReadQueue(string key, out string name, out int incarnation, out int segment)
    {
        (name, incarnation, segment) = ("", 0, 0);
        if (!key.StartsWith(QueuePrefix, StringComparison.Ordinal))
            return false;

        var lastSlash = key.LastIndexOf('/');
        var middleSlash = key.LastIndexOf('/', lastSlash - 1);
        if (middleSlash <= QueuePrefix.Length - 1)
            return false;

        name = key[QueuePrefix.Length..middleSlash];
        return QueueId.IsStoredName(name)
            && int.TryParse(key.AsSpan(middleSlash + 1, lastSlash - middleSlash - 1), out incarnation)
            && int.TryParse(key.AsSpan(lastSlash + 1), out segment);
    }
}
