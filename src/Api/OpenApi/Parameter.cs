using Microsoft.OpenApi;
using Zaqar.Domain;

namespace Zaqar.Api.OpenApi;

/// <summary>A query parameter.</summary>
/// <param name="Min">Bounds apply to whole numbers; null leaves them open.</param>
/// <param name="Max">Depends on what the operator allows.</param>
internal sealed record Parameter(
    string Name, JsonSchemaType Type, string Description, int? Min = null, Func<Limits, int>? Max = null, int? Default = null)
{
    public static Parameter Marker { get; } = new("marker", JsonSchemaType.String,
        "Where the page begins: the marker of a next link, or the last name or id seen. Opaque.");

    public static Parameter Detailed { get; } = new("detailed", JsonSchemaType.Boolean, "Whether to show metadata too.");

    public static Parameter NameContains { get; } = new("name", JsonSchemaType.String, "Only queues whose name contains this text, case-sensitive.");

    public static Parameter WithCount { get; } = new("with_count", JsonSchemaType.Boolean, "Whether to count all queues of the project.");

    public static Parameter QueueLimit { get; } = Limit("Queues", limits => limits.MaxQueuesPerPage);

    public static Parameter MessageLimit { get; } = Limit("Messages", limits => limits.MaxMessagesPerPage);

    public static Parameter DeliveryLimit { get; } = Limit("Deliveries", limits => limits.MaxSubscriptionsPerPage);

    public static Parameter DeliveryStatus { get; } = new("status", JsonSchemaType.String, "Only deliveries that are waiting, delivered or failed.");

    public static Parameter ClaimLimit { get; } = Limit("Messages", limits => limits.MaxMessagesPerClaimOrPop);

    public static Parameter SubscriptionLimit { get; } = Limit("Subscriptions", limits => limits.MaxSubscriptionsPerPage);

    public static Parameter PoolLimit { get; } = Limit("Pools", limits => limits.MaxPoolsPerPage);

    public static Parameter DetailedPools { get; } = new("detailed", JsonSchemaType.Boolean, "Whether to show options too.");

    public static Parameter FlavorLimit { get; } = Limit("Flavors", limits => limits.MaxFlavorsPerPage);

    public static Parameter DetailedFlavors { get; } = new("detailed", JsonSchemaType.Boolean, "Whether to show capabilities too.");

    public static Parameter Echo { get; } = new("echo", JsonSchemaType.Boolean, "Whether to include what this Client-ID posted itself.");

    public static Parameter IncludeClaimed { get; } = new("include_claimed", JsonSchemaType.Boolean, "Whether to include claimed messages.");

    public static Parameter IncludeDelayed { get; } = new("include_delayed", JsonSchemaType.Boolean,
        "Whether to include messages whose delay is not over; always, where the queue has no delay.");

    public static Parameter Ids { get; } = new("ids", JsonSchemaType.Array, "Message ids, repeated or separated by commas.",
        Max: limits => limits.MaxMessagesPerPage);

    public static Parameter Pop { get; } = new("pop", JsonSchemaType.Integer, "How many of the oldest messages to take and delete.",
        1, limits => limits.MaxMessagesPerClaimOrPop);

    public static Parameter ClaimId { get; } = new("claim_id", JsonSchemaType.String, "The claim that holds the message; needed for a claimed one.");

    public static Parameter ClaimIds { get; } = new("claim_ids", JsonSchemaType.Array,
        "The claims that hold the messages; read only where the service demands them.");

    public static Parameter Wait { get; } = new("wait", JsonSchemaType.Integer,
        "Seconds to hold an empty answer back until something arrives. An addition to the original API.", 0, limits => limits.MaxWait, 0);

    private static Parameter Limit(string what, Func<Limits, int> max) =>
        new("limit", JsonSchemaType.Integer, $"{what} at most.", 1, max, 10);
}
