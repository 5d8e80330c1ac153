using System.Text.Json;

namespace Zaqar.Domain.Queues;

/// <summary>
/// How often and when a failed delivery to a webhook is tried again. A queue gives one for all its subscriptions, a subscription
/// its own. Here are the rules that a policy must keep to be accepted.
/// </summary>
/// <remarks>Source: API contract, section 4.3.</remarks>
public static class RetryPolicy
{
    public const long DefaultRetriesWithNoDelay = 3;

    public const long DefaultMinimumDelayRetries = 3;

    public const long DefaultMaximumDelayRetries = 3;

    /// <summary>Seconds before a retry once the immediate ones are used up.</summary>
    public const long DefaultMinimumDelay = 5;

    /// <summary>Seconds.</summary>
    public const long DefaultMaximumDelay = 30;

    /// <summary>Least difference of the two delays, in seconds: twice the fixed interval of 5.</summary>
    public const long LeastSpread = 10;

    private static readonly string[] _wholeNumbers =
        ["retries_with_no_delay", "minimum_delay_retries", "minimum_delay", "maximum_delay", "maximum_delay_retries"];

    private static readonly string[] _backoffFunctions = ["linear", "arithmetic", "geometric", "exponential"];

    /// <summary>The policy in a queue's metadata or in a subscription's options, where it has the same key.</summary>
    /// <param name="json">Valid JSON of any type.</param>
    /// <returns>JSON of any type, as the client wrote it; null when there is none.</returns>
    public static string? In(string json) => MetadataMembers.TryRead(JsonText.Bytes(json))?.Find(QueueMetadata.RetryPolicyKey);

    /// <summary>Judges a policy; unknown keys pass, and a value that is null, false, zero or empty is not checked for its type.</summary>
    /// <param name="json">Valid JSON of any type.</param>
    /// <returns>The first rule that is broken, as a sentence; null when all hold.</returns>
    public static string? Broken(string json)
    {
        var policy = MetadataValue.Read(json);
        if (policy.IsFalsy)
            return null;

        if (policy.Json is null)
            return "_retry_policy is an object.";

        var members = MetadataMembers.TryRead(JsonText.Bytes(policy.Json))!;
        foreach (var key in _wholeNumbers)
            if (Find(key) is { IsFalsy: false, Integer: null })
                return $"{key} of _retry_policy is a whole number.";

        if (Find("retry_backoff_function") is { IsFalsy: false } function && !_backoffFunctions.Contains(function.Text))
            return $"retry_backoff_function of _retry_policy is one of {string.Join(", ", _backoffFunctions)}.";

        if (Find("ignore_subscription_override") is { IsFalsy: false, IsBoolean: false })
            return "ignore_subscription_override of _retry_policy is true or false.";

        // Wide, for both are any 64-bit numbers.
        Int128 minimum = Find("minimum_delay").Integer ?? DefaultMinimumDelay;
        Int128 maximum = Find("maximum_delay").Integer ?? DefaultMaximumDelay;
        return maximum - minimum < LeastSpread
            ? $"maximum_delay of _retry_policy is at least {LeastSpread} seconds more than minimum_delay; {maximum} and {minimum} were given."
            : null;

        MetadataValue Find(string key) =>
            members.Find(key) is { } value ? MetadataValue.Read(value) : new(JsonTokenType.None, null, null, true, null);
    }
}
