using Zaqar.Api.Claims;
using Zaqar.Api.Deliveries;
using Zaqar.Api.Documents;
using Zaqar.Api.Flavors;
using Zaqar.Api.Health;
using Zaqar.Api.Messages;
using Zaqar.Api.OpenApi;
using Zaqar.Api.Pools;
using Zaqar.Api.Queues;
using Zaqar.Api.Responses;
using Zaqar.Api.Settings;
using Zaqar.Api.Subscriptions;

namespace Zaqar.Api.Routing;

/// <summary>The route table: every path and method of the API, who may ask, what answers, and how it is documented.</summary>
internal static class Routes
{
    private const string Queue = $"/v2/queues/{ApiRoute.QueueName}";
    private const string Messages = $"{Queue}/messages";
    private const string Message = $"{Messages}/{{message_id}}";
    private const string Claims = $"{Queue}/claims";
    private const string Claim = $"{Claims}/{{claim_id}}";
    private const string Subscriptions = $"{Queue}/subscriptions";
    private const string Subscription = $"{Subscriptions}/{{subscription_id}}";
    private const string Deliveries = $"{Subscription}/deliveries";
    private const string Pool = $"{Paths.Pools}/{{pool_name}}";
    private const string Flavor = $"{Paths.Flavors}/{{flavor_name}}";

    private static readonly ApiRoute[] _everyone =
    [
        Get<VersionsEndpoint>("/", null, new("get_versions", "Documents", "Show the versions of the API",
            new Answer(300, "The versions, of which there is one.", "Versions"))),

        Get<HomeEndpoint>("/v2/", null, new("get_home", "Documents", "Show what the API offers",
            new Answer(200, "The home document.", "Home") { ContentType = "application/json-home" })),

        Get<ListQueuesEndpoint>("/v2/queues", "queues:get_all", new("list_queues", "Queues",
            "List queues by name; any other parameter filters by metadata", new Answer(200, "A page of queues.", "QueuePage"))
        {
            Query = [Parameter.Marker, Parameter.QueueLimit, Parameter.Detailed, Parameter.NameContains, Parameter.WithCount],
        }),

        Put<PutQueueEndpoint>(Queue, "queues:create", new("create_queue", "Queues", "Create a queue",
            new Answer(201, "Created.") { HasLocation = true },
            new Answer(204, "There already, with its metadata as it was.") { HasLocation = true })
        {
            Body = new("Metadata", IsRequired: false),
        }),

        Get<GetQueueEndpoint>(Queue, "queues:get", new("show_queue", "Queues", "Show a queue's metadata",
            new Answer(200, "The metadata and defaults; of a missing queue, the defaults alone.", "Metadata"))),

        Head<HeadQueueEndpoint>(Queue, "queues:get", new("queue_exists", "Queues", "Tell whether a queue exists",
            new Answer(204, "It exists."))
        {
            Refusals = [404],
        }),

        Patch<PatchQueueEndpoint>(Queue, "queues:update", new("update_queue", "Queues", "Change a queue's metadata",
            new Answer(200, "The metadata and defaults after the change.", "Metadata"))
        {
            Body = new("MetadataPatch", IsRequired: true) { ContentType = PatchQueueEndpoint.ContentType },
            Refusals = [404, 409, 415],
        }),

        Delete<DeleteQueueEndpoint>(Queue, "queues:delete", new("delete_queue", "Queues", "Delete a queue and its messages",
            new Answer(204, "Gone, or never there."))),

        Get<QueueStatsEndpoint>($"{Queue}/stats", "queues:stats", new("show_queue_stats", "Queues", "Count a queue's messages",
            new Answer(200, "The counts; all zero for a missing queue.", "QueueStats"))),

        Post<PurgeQueueEndpoint>($"{Queue}/purge", "queues:purge", new("purge_queue", "Queues", "Throw away unclaimed messages and subscriptions",
            new Answer(204, "Purged."))
        {
            Body = new("Purge", IsRequired: false),
        }),

        Post<ShareQueueEndpoint>($"{Queue}/share", "queues:share", new("share_queue", "Queues", "Make a pre-signed URL",
            new Answer(200, "What its bearer sends instead of credentials: methods and paths joined by commas.", "Shared"))
        {
            Body = new("Share", IsRequired: true),
        }),

        Post<PostMessagesEndpoint>(Messages, "messages:create", new("post_messages", "Messages", "Post messages, all or none",
            new Answer(201, "Posted: one path per message, in the order given.", "Posted") { HasLocation = true })
        {
            Body = new("Post", IsRequired: true),
        }),

        Get<GetMessagesEndpoint>(Messages, "messages:get_all", new("list_messages", "Messages",
            "List messages, oldest first, or get those with the given ids",
            new Answer(200, "A page of messages; without links when ids were given.", "MessagePage"))
        {
            Query =
            [
                Parameter.Ids, Parameter.Marker, Parameter.MessageLimit, Parameter.Echo, Parameter.IncludeClaimed,
                Parameter.IncludeDelayed, Parameter.Wait,
            ],
            Refusals = [404],
        }),

        Delete<DeleteMessagesEndpoint>(Messages, "messages:delete_all", new("delete_messages", "Messages",
            "Delete messages by their ids, or pop the oldest",
            new Answer(200, "The popped messages.", "Popped"), new Answer(204, "Those with the given ids are gone."))
        {
            Query = [Parameter.Ids, Parameter.ClaimIds, Parameter.Pop],
        }),

        Get<GetMessageEndpoint>(Message, "messages:get", new("show_message", "Messages", "Show a message",
            new Answer(200, "The message.", "Message"))
        {
            Refusals = [404],
        }),

        Delete<DeleteMessageEndpoint>(Message, "messages:delete", new("delete_message", "Messages", "Delete a message",
            new Answer(204, "Gone, or never there."))
        {
            Query = [Parameter.ClaimId],
        }),

        Post<PostClaimEndpoint>(Claims, "claims:create", new("create_claim", "Claims", "Claim the oldest messages",
            new Answer(201, "The claimed messages.", "Claimed") { HasLocation = true },
            new Answer(204, "Nothing was to be had."))
        {
            Query = [Parameter.ClaimLimit, Parameter.Wait],
            Body = new("ClaimTerms", IsRequired: false),
        }),

        Get<GetClaimEndpoint>(Claim, "claims:get", new("show_claim", "Claims", "Show a live claim",
            new Answer(200, "The claim and what it still holds.", "Claim"))
        {
            Refusals = [404],
        }),

        Patch<PatchClaimEndpoint>(Claim, "claims:update", new("renew_claim", "Claims", "Keep a claim for longer",
            new Answer(204, "It lives from now on for its ttl."))
        {
            Body = new("ClaimTerms", IsRequired: true),
            Refusals = [404],
        }),

        Delete<DeleteClaimEndpoint>(Claim, "claims:delete", new("release_claim", "Claims", "Give claimed messages back",
            new Answer(204, "They are to be had again."))),

        Post<PostSubscriptionEndpoint>(Subscriptions, "subscription:create", new("create_subscription", "Subscriptions", "Subscribe to a queue",
            new Answer(201, "Subscribed, or subscribed already and still to be confirmed.", "Subscribed") { HasLocation = true })
        {
            Body = new("SubscriptionDraft", IsRequired: true),
            Refusals = [409],
        }),

        Get<ListSubscriptionsEndpoint>(Subscriptions, "subscription:get_all", new("list_subscriptions", "Subscriptions",
            "List a queue's subscriptions, oldest first", new Answer(200, "A page of subscriptions.", "SubscriptionPage"))
        {
            Query = [Parameter.Marker, Parameter.SubscriptionLimit],
        }),

        Get<GetSubscriptionEndpoint>(Subscription, "subscription:get", new("show_subscription", "Subscriptions", "Show a subscription",
            new Answer(200, "The subscription.", "Subscription"))
        {
            Refusals = [404],
        }),

        Patch<PatchSubscriptionEndpoint>(Subscription, "subscription:update", new("update_subscription", "Subscriptions", "Change a subscription",
            new Answer(204, "It is as the body says; a ttl counts from now.") { HasLocation = true })
        {
            Body = new("SubscriptionChange", IsRequired: true),
            Refusals = [404, 409],
        }),

        Delete<DeleteSubscriptionEndpoint>(Subscription, "subscription:delete", new("delete_subscription", "Subscriptions", "End a subscription",
            new Answer(204, "Gone, or never there."))),

        Put<ConfirmSubscriptionEndpoint>($"{Subscription}/confirm", "subscription:confirm", new("confirm_subscription", "Subscriptions",
            "Confirm a subscription, or take the confirmation back", new Answer(204, "It is as the body says.") { HasLocation = true })
        {
            Body = new("Confirmation", IsRequired: true),
            Refusals = [404],
        }),

        Get<ListDeliveriesEndpoint>(Deliveries, "subscription:get", new("list_deliveries", "Deliveries",
            "Show what became of the deliveries to a subscription, oldest first. An addition to the original API",
            new Answer(200, "A page of deliveries.", "DeliveryPage"))
        {
            Query = [Parameter.DeliveryStatus, Parameter.Marker, Parameter.DeliveryLimit],
            Refusals = [404],
        }),

        Post<RedeliverEndpoint>($"{Deliveries}/{{delivery_id}}/redeliver", "subscription:update", new("redeliver", "Deliveries",
            "Deliver once more, whatever became of it. An addition to the original API",
            new Answer(202, "An attempt will be made at once; the listing shows what becomes of it.") { HasLocation = true })
        {
            Refusals = [404],
        }),

        Get<PingEndpoint>("/v2/ping", "ping:get", new("ping", "Health", "Ask whether the storage answers",
            new Answer(204, "It does."))),

        Head<HeadPingEndpoint>("/v2/ping", "ping:get", new("ping_service", "Health", "Ask whether the service answers",
            new Answer(204, "It does."))),
    ];

    private static readonly ApiRoute[] _administrators =
    [
        Get<HealthEndpoint>("/v2/health", "health:get", new("show_health", "Health", "Try every operation out",
            new Answer(200, "How each fared.", "Health"))),
    ];

    private static readonly ApiRoute[] _pooling =
    [
        Get<ListPoolsEndpoint>(Paths.Pools, "pools:get_all", new("list_pools", "Pools", "List pools by name",
            new Answer(200, "A page of pools.", "PoolPage"))
        {
            Query = [Parameter.Marker, Parameter.PoolLimit, Parameter.DetailedPools],
        }),

        Put<PutPoolEndpoint>(Pool, "pools:create", new("put_pool", "Pools", "Make a pool, or put another in its place",
            new Answer(201, "It is there, and its database is ready.") { HasLocation = true })
        {
            Body = new("PoolDraft", IsRequired: true),
            Refusals = [409],
        }),

        Get<GetPoolEndpoint>(Pool, "pools:get", new("show_pool", "Pools", "Show a pool",
            new Answer(200, "The pool.", "Pool"))
        {
            Query = [Parameter.DetailedPools],
            Refusals = [404],
        }),

        Patch<PatchPoolEndpoint>(Pool, "pools:update", new("update_pool", "Pools", "Change a pool",
            new Answer(200, "The pool as it is now, without its options.", "Pool"))
        {
            Body = new("PoolChange", IsRequired: true),
            Refusals = [404, 409],
        }),

        Delete<DeletePoolEndpoint>(Pool, "pools:delete", new("delete_pool", "Pools", "Delete a pool; its database stays as it is",
            new Answer(204, "Gone, or never there."))),

        Get<ListMovesEndpoint>(Paths.Moves, "pools:get_all", new("list_moves", "Pools",
            "Show the moves of queues between pools, under way and failed, oldest first. An addition to the original API",
            new Answer(200, "A page of moves.", "MovePage"))
        {
            Query = [Parameter.Marker, Parameter.PoolLimit],
        }),

        Get<ListFlavorsEndpoint>(Paths.Flavors, "flavors:get_all", new("list_flavors", "Flavors", "List the project's flavors by name",
            new Answer(200, "A page of flavors.", "FlavorPage"))
        {
            Query = [Parameter.Marker, Parameter.FlavorLimit, Parameter.DetailedFlavors],
        }),

        Put<PutFlavorEndpoint>(Flavor, "flavors:create", new("put_flavor", "Flavors", "Make a flavor, or overwrite it",
            new Answer(201, "It is there, and its pools are those.") { HasLocation = true })
        {
            Body = new("FlavorDraft", IsRequired: true),
        }),

        Get<GetFlavorEndpoint>(Flavor, "flavors:get", new("show_flavor", "Flavors", "Show a flavor",
            new Answer(200, "The flavor.", "Flavor"))
        {
            Refusals = [404],
        }),

        Patch<PatchFlavorEndpoint>(Flavor, "flavors:update", new("update_flavor", "Flavors", "Change which pools are of a flavor",
            new Answer(200, "The flavor as it is now.", "Flavor"))
        {
            Body = new("FlavorChange", IsRequired: true),
            Refusals = [404],
        }),

        Delete<DeleteFlavorEndpoint>(Flavor, "flavors:delete", new("delete_flavor", "Flavors", "Delete a flavor; queues stay where they are",
            new Answer(204, "Gone, or never there."))),
    ];

    /// <summary>The routes of a service with these settings.</summary>
    public static IEnumerable<ApiRoute> For(ServiceSettings settings) =>
    [
        .. _everyone,
        .. TopicRoutes.TwinsOf(_everyone),
        .. settings.AdminMode ? _administrators : [],
        .. settings.AdminMode && settings.Pooling ? _pooling : [],
    ];

    private static ApiRoute Get<T>(string pattern, string? rule, Operation operation) where T : IEndpoint =>
        new("GET", pattern, rule, typeof(T), operation);

    private static ApiRoute Head<T>(string pattern, string? rule, Operation operation) where T : IEndpoint =>
        new("HEAD", pattern, rule, typeof(T), operation);

    private static ApiRoute Put<T>(string pattern, string? rule, Operation operation) where T : IEndpoint =>
        new("PUT", pattern, rule, typeof(T), operation);

    private static ApiRoute Post<T>(string pattern, string? rule, Operation operation) where T : IEndpoint =>
        new("POST", pattern, rule, typeof(T), operation);

    private static ApiRoute Patch<T>(string pattern, string? rule, Operation operation) where T : IEndpoint =>
        new("PATCH", pattern, rule, typeof(T), operation);

    private static ApiRoute Delete<T>(string pattern, string? rule, Operation operation) where T : IEndpoint =>
        new("DELETE", pattern, rule, typeof(T), operation);
}
