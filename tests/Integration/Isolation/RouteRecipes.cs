using Zaqar.Integration.Http;

namespace Zaqar.Integration.Isolation;

/// <summary>How to ask each operation of the route table.</summary>
internal static class RouteRecipes
{
    private const string TopicSubscription = "/v2/topics/{topic_name}/subscriptions/{topic_subscription_id}";

    /// <summary>A pool that is shown, and first in listings.</summary>
    public const string Pool = "a-pool";

    /// <summary>A pool that goes from flavor to flavor.</summary>
    public const string FlavoredPool = "flavored-pool";

    private const string OwnFlavor = "/v2/flavors/{queue_name}";
    private const string Pools = $$"""{"pool_list": ["{{FlavoredPool}}"]}""";

    /// <summary>By the operation's id.</summary>
    public static IReadOnlyDictionary<string, Way[]> All { get; } = new Dictionary<string, Way[]>(StringComparer.Ordinal)
    {
        ["get_versions"] = [new(300)],
        ["get_home"] = [new(200)],
        ["list_queues"] =
        [
            new(200),
            new(200, Query: "?marker={queue_name}&detailed=true&with_count=true") { Name = "after a marker" },
            new(200, Query: "?name={queue_name}&detailed=true&with_count=true") { Name = "by name" },
            new(200, Query: "?secret={secret}&detailed=true&with_count=true") { Name = "by metadata" },
        ],
        ["create_queue"] =
        [
            new(204, "{}"),
            new(201, """{"_default_message_ttl": 60}""") { Name = "a new one", Path = "/v2/queues/new.{queue_name}", Changes = true },
        ],
        ["show_queue"] = [new(200)],
        ["queue_exists"] = [new(204)],
        ["update_queue"] =
        [
            new(200, """[{"op": "replace", "path": "/metadata/secret", "value": "another"}]""") { ContentType = HttpCalls.PatchType, Changes = true },
        ],
        ["delete_queue"] = [new(204) { Changes = true }],
        ["show_queue_stats"] = [new(200)],
        ["purge_queue"] = [new(204) { Changes = true }],
        ["share_queue"] = [new(200, """{"methods": ["GET"], "expires": "2099-01-01T00:00:00"}""")],
        ["post_messages"] = [new(201, """{"messages": [{"body": 1}]}""") { Changes = true }],
        ["list_messages"] =
        [
            new(200, Query: "?echo=true&include_claimed=true&limit=20"),
            new(200, Query: "?echo=true&include_claimed=true&marker={message_id}") { Name = "after a marker" },
            new(200, Query: "?ids={message_id},{claimed_id}") { Name = "by ids" },
        ],
        ["delete_messages"] =
        [
            new(204, Query: "?ids={message_id},{claimed_id}") { Name = "by ids", Changes = true },
            new(204, Query: "?ids={claimed_id}&claim_ids={claim_id}") { Name = "by ids and claims", Changes = true },
            new(200, Query: "?pop=20") { Name = "the oldest", Changes = true },
        ],
        ["show_message"] = [new(200)],
        ["delete_message"] =
        [
            new(204) { Changes = true },
            new(204, Query: "?claim_id={claim_id}") { Name = "that is claimed", Path = "/v2/queues/{queue_name}/messages/{claimed_id}", Changes = true },
        ],
        ["create_claim"] = [new(201, """{"ttl": 300, "grace": 60}""", "?limit=20") { Changes = true }],
        ["show_claim"] = [new(200)],
        ["renew_claim"] = [new(204, """{"ttl": 600, "grace": 60}""") { Changes = true }],
        ["release_claim"] = [new(204) { Changes = true }],
        ["create_subscription"] =
        [
            new(201, """{"subscriber": "http://example.com/new", "ttl": 3600}""") { Changes = true },
            new(201, """{"subscriber": "http://example.com/{secret}", "ttl": 3600}""") { Name = "one that is there", Changes = true },
        ],
        ["list_subscriptions"] = [new(200), new(200, Query: "?marker={subscription_id}&limit=20") { Name = "after a marker" }],
        ["show_subscription"] = [new(200)],
        ["update_subscription"] = [new(204, """{"ttl": 7200}""") { Changes = true }],
        ["delete_subscription"] = [new(204) { Changes = true }],
        ["confirm_subscription"] = [new(204, """{"confirmed": true}""") { Changes = true }],
        ["list_deliveries"] =
        [
            new(200),
            new(200, Query: "?marker={delivery_id}&limit=20") { Name = "after a marker" },
            new(200, Query: "?status=waiting") { Name = "by status" },
        ],
        ["redeliver"] = [new(202) { Changes = true }],
        ["list_topics"] =
        [
            new(200),
            new(200, Query: "?marker={topic_name}&detailed=true") { Name = "after a marker" },
            new(200, Query: "?name={topic_name}&detailed=true") { Name = "by name" },
            new(200, Query: "?secret={secret}&detailed=true") { Name = "by metadata" },
        ],
        ["create_topic"] =
        [
            new(204, "{}"),
            new(201, """{"_default_message_ttl": 60}""") { Name = "a new one", Path = "/v2/topics/new.{topic_name}", Changes = true },
        ],
        ["show_topic"] = [new(200)],
        ["topic_exists"] = [new(204)],
        ["update_topic"] =
        [
            new(200, """[{"op": "replace", "path": "/metadata/secret", "value": "another"}]""") { ContentType = HttpCalls.PatchType, Changes = true },
        ],
        ["delete_topic"] = [new(204) { Changes = true }],
        ["show_topic_stats"] = [new(200)],
        ["purge_topic"] = [new(204) { Changes = true }],
        ["post_messages_of_topic"] = [new(201, """{"messages": [{"body": 1}]}""") { Changes = true }],
        ["list_messages_of_topic"] =
        [
            new(200, Query: "?echo=true&limit=20"),
            new(200, Query: "?echo=true&marker={topic_message_id}") { Name = "after a marker" },
            new(200, Query: "?ids={topic_message_id}") { Name = "by ids" },
        ],
        ["delete_messages_of_topic"] =
        [
            new(204, Query: "?ids={topic_message_id}") { Name = "by ids", Changes = true },
            new(200, Query: "?pop=20") { Name = "the oldest", Changes = true },
        ],
        ["show_message_of_topic"] = [new(200) { Path = "/v2/topics/{topic_name}/messages/{topic_message_id}" }],
        ["delete_message_of_topic"] = [new(204) { Path = "/v2/topics/{topic_name}/messages/{topic_message_id}", Changes = true }],
        ["create_subscription_of_topic"] =
        [
            new(201, """{"subscriber": "http://example.com/new", "ttl": 3600}""") { Changes = true },
            new(201, """{"subscriber": "http://example.com/{secret}", "ttl": 3600}""") { Name = "one that is there", Changes = true },
        ],
        ["list_subscriptions_of_topic"] = [new(200), new(200, Query: "?marker={topic_subscription_id}&limit=20") { Name = "after a marker" }],
        ["show_subscription_of_topic"] = [new(200) { Path = TopicSubscription }],
        ["update_subscription_of_topic"] = [new(204, """{"ttl": 7200}""") { Path = TopicSubscription, Changes = true }],
        ["delete_subscription_of_topic"] = [new(204) { Path = TopicSubscription, Changes = true }],
        ["confirm_subscription_of_topic"] = [new(204, """{"confirmed": true}""") { Path = $"{TopicSubscription}/confirm", Changes = true }],
        ["list_deliveries_of_topic"] =
        [
            new(200) { Path = $"{TopicSubscription}/deliveries" },
            new(200, Query: "?marker={topic_delivery_id}&limit=20") { Path = $"{TopicSubscription}/deliveries", Name = "after a marker" },
            new(200, Query: "?status=waiting") { Path = $"{TopicSubscription}/deliveries", Name = "by status" },
        ],
        ["redeliver_of_topic"] = [new(202) { Path = $"{TopicSubscription}/deliveries/{{topic_delivery_id}}/redeliver", Changes = true }],
        ["ping"] = [new(204)],
        ["ping_service"] = [new(204)],
        ["show_health"] = [new(200)],

        // Pools are no project's: whoever may ask is answered alike, and a project has nothing more or less after it.
        ["list_moves"] = [new(200, Query: "?limit=1")],
        ["list_pools"] = [new(200, Query: "?limit=1&detailed=true")],
        ["put_pool"] = [new(201, $$"""{"uri": "postgresql://zaqar@127.0.0.1:1/{{Pool}}", "weight": 0}""") { Path = $"/v2/pools/{Pool}" }],
        ["show_pool"] = [new(200, Query: "?detailed=true") { Path = $"/v2/pools/{Pool}" }],
        ["update_pool"] = [new(200, """{"weight": 0}""") { Path = $"/v2/pools/{Pool}" }],
        ["delete_pool"] = [new(204) { Path = "/v2/pools/nobodys" }],

        // Flavors are a project's, and each has one that is called as its queue is.
        ["list_flavors"] =
        [
            new(200, Query: "?detailed=true"),
            new(200, Query: "?marker={queue_name}&detailed=true") { Name = "after a marker" },
        ],
        ["put_flavor"] =
        [
            new(201, Pools) { Path = "/v2/flavors/new.{queue_name}", Changes = true },
            new(201, Pools) { Name = "one that is there", Path = "/v2/flavors/{queue_name}" },
        ],
        ["show_flavor"] = [new(200) { Path = OwnFlavor }],
        ["update_flavor"] = [new(200, Pools) { Path = OwnFlavor }],
        ["delete_flavor"] = [new(204) { Path = OwnFlavor, Changes = true }],
    };
}
