using Zaqar.Api.Claims;
using Zaqar.Api.Messages;
using Zaqar.Api.Queues;
using Zaqar.Api.Subscriptions;

namespace Zaqar.Api.WebSockets;

/// <summary>The action table: every action of the API but <c>authenticate</c>, which the connection answers itself.</summary>
/// <remarks>What the original declares and does not implement is not here, and is answered as unknown. Source: API contract, section 7.4.</remarks>
internal static class ActionTable
{
    public const string Authenticate = "authenticate";

    public static IReadOnlyList<ApiAction> All { get; } =
    [
        new("queue_list", "queues:get_all", typeof(QueueListAction), [], "marker", "limit", "detailed"),
        new("queue_create", "queues:create", typeof(QueueCreateAction), ["queue_name"], "metadata"),
        new("queue_delete", "queues:delete", typeof(QueueDeleteAction), ["queue_name"]),
        new("queue_get", "queues:get", typeof(QueueGetAction), ["queue_name"]),
        new("queue_get_stats", "queues:stats", typeof(QueueGetStatsAction), ["queue_name"]),
        new("queue_purge", "queues:purge", typeof(QueuePurgeAction), ["queue_name"], "resource_types"),

        new("message_list", "messages:get_all", typeof(MessageListAction), ["queue_name"], "marker", "limit", "echo", "include_claimed", "include_delayed")
        {
            SignedMethod = "GET",
        },
        new("message_get", "messages:get", typeof(MessageGetAction), ["queue_name", "message_id"]) { SignedMethod = "GET" },
        new("message_get_many", "messages:get_all", typeof(MessageGetManyAction), ["queue_name", "message_ids"]) { SignedMethod = "GET" },
        new("message_post", "messages:create", typeof(MessagePostAction), ["queue_name", "messages"]) { SignedMethod = "POST", IsCommitted = true },
        new("message_delete", "messages:delete", typeof(MessageDeleteAction), ["queue_name", "message_id"], "claim_id")
        {
            SignedMethod = "DELETE", IsCommitted = true,
        },
        new("message_delete_many", "messages:delete_all", typeof(MessageDeleteManyAction), ["queue_name"], "message_ids", "claim_ids", "pop")
        {
            SignedMethod = "DELETE",
        },

        new("claim_create", "claims:create", typeof(ClaimCreateAction), ["queue_name"], "limit", "ttl", "grace"),
        new("claim_get", "claims:get", typeof(ClaimGetAction), ["queue_name", "claim_id"]),
        new("claim_update", "claims:update", typeof(ClaimUpdateAction), ["queue_name", "claim_id"], "ttl", "grace") { IsCommitted = true },
        new("claim_delete", "claims:delete", typeof(ClaimDeleteAction), ["queue_name", "claim_id"]) { IsCommitted = true },

        new("subscription_create", "subscription:create", typeof(SubscriptionCreateAction), ["queue_name"], "subscriber", "ttl", "options"),
        new("subscription_list", "subscription:get_all", typeof(SubscriptionListAction), ["queue_name"], "marker", "limit"),
        new("subscription_get", "subscription:get", typeof(SubscriptionGetAction), ["queue_name", "subscription_id"]),
        new("subscription_delete", "subscription:delete", typeof(SubscriptionDeleteAction), ["queue_name", "subscription_id"]),
    ];
}
