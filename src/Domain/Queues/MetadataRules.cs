using System.Text.Json;

namespace Zaqar.Domain.Queues;

/// <summary>The rules of the reserved keys. Null always passes and means "not set". Source: API contract, section 4.1.</summary>
internal static class MetadataRules
{
    /// <summary>The first rule that is broken, as a sentence; null when all hold.</summary>
    public static string? Broken(MetadataMembers members, Limits limits)
    {
        return Whole(QueueMetadata.DefaultMessageTtlKey, Limits.MinTtl, limits.MaxMessageTtl)
            ?? Whole(QueueMetadata.MaxMessagesPostSizeKey, 1, limits.MaxMessagesPostSize)
            ?? Whole(QueueMetadata.MaxClaimCountKey, long.MinValue, long.MaxValue)
            ?? Whole(QueueMetadata.DeadLetterQueueMessagesTtlKey, Limits.MinTtl, limits.MaxMessageTtl)
            ?? Whole(QueueMetadata.DefaultMessageDelayKey, 0, limits.MaxMessageDelay)
            ?? Boolean(QueueMetadata.EnableEncryptMessagesKey)
            ?? (members.Find(QueueMetadata.RetryPolicyKey) is { } policy ? RetryPolicy.Broken(policy) : null);

        // An empty string or array is refused although it is falsy: the original fails on those, and nobody means them.
        string? Whole(string key, long min, long max) => Find(key) switch
        {
            { Type: JsonTokenType.None or JsonTokenType.Null } => null,
            { Integer: { } given } => given < min || given > max ? $"{key} is between {min} and {max}; {given} was given." : null,
            _ => $"{key} is a whole number.",
        };

        string? Boolean(string key) =>
            Find(key) is { Type: not JsonTokenType.None, IsFalsy: false, IsBoolean: false } ? $"{key} is true or false." : null;

        MetadataValue Find(string key) => members.Find(key) is { } json ? MetadataValue.Read(json) : default;
    }
}
