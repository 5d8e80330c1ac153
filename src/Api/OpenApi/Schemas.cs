using Microsoft.OpenApi;
using Zaqar.Domain.Pools;

namespace Zaqar.Api.OpenApi;

/// <summary>The documents that requests and answers carry. Source: API contract, section 3.</summary>
internal static class Schemas
{
    private const JsonSchemaType Text = JsonSchemaType.String;
    private const JsonSchemaType Whole = JsonSchemaType.Integer;
    private const JsonSchemaType Flag = JsonSchemaType.Boolean;

    /// <summary>All of them by name, for one document.</summary>
    public static Dictionary<string, IOpenApiSchema> In(OpenApiDocument document)
    {
        return new()
        {
            ["Error"] = Object("What is wrong with a request.", ["title"], new()
            {
                ["title"] = Of(Text, "What sort of error."),
                ["description"] = Of(Text, "What exactly, for people to read."),
            }),
            ["Link"] = Object("The way to the next page.", ["rel", "href"], new() { ["rel"] = Of(Text), ["href"] = Of(Text, "A path.") }),
            ["Versions"] = Object("The versions of the API.", ["versions"], new() { ["versions"] = ArrayOf(Any()) }),
            ["Home"] = Object("What the API offers.", ["resources"], new() { ["resources"] = Any("One member per relation, rel/NAME.") }),
            ["Metadata"] = Object("A queue's metadata: reserved keys that steer it, and any others.", [], new()
            {
                ["_max_messages_post_size"] = Of(Whole | JsonSchemaType.Null, "Bytes of one post."),
                ["_default_message_ttl"] = Of(Whole | JsonSchemaType.Null, "Seconds."),
                ["_default_message_delay"] = Of(Whole | JsonSchemaType.Null, "Seconds; not zero makes it a queue that delays."),
                ["_dead_letter_queue"] = Of(Text | JsonSchemaType.Null, "Name of the queue that takes what was claimed too often."),
                ["_dead_letter_queue_messages_ttl"] = Of(Whole | JsonSchemaType.Null, "Seconds."),
                ["_max_claim_count"] = Of(Whole | JsonSchemaType.Null),
                ["_enable_encrypt_messages"] = Of(Flag | JsonSchemaType.Null),
                ["_retry_policy"] = Any("How webhooks are tried again."),
            }),
            ["MetadataPatch"] = ArrayOf(Object("An operation.", ["op", "path"], new()
            {
                ["op"] = Of(Text, "add, replace or remove."),
                ["path"] = Of(Text, "/metadata/KEY."),
                ["value"] = Any(),
            })),
            ["Queue"] = Object("A queue in a listing.", ["name", "href"], new()
            {
                ["name"] = Of(Text), ["href"] = Of(Text), ["metadata"] = Ref("Metadata"),
            }),
            ["QueuePage"] = Object("A page of queues.", ["queues", "links"], new()
            {
                ["queues"] = ArrayOf(Ref("Queue")), ["links"] = ArrayOf(Ref("Link")), ["count"] = Of(Whole, "All queues of the project."),
            }),
            ["Mark"] = Object("One end of a queue.", ["href", "age", "created"], new()
            {
                ["href"] = Of(Text), ["age"] = Of(Whole, "Seconds."), ["created"] = Of(Text, "UTC.", "date-time"),
            }),
            ["QueueStats"] = Object("How many messages a queue has.", ["messages"], new()
            {
                ["messages"] = Object("The counts.", ["claimed", "free", "total"], new()
                {
                    ["claimed"] = Of(Whole), ["free"] = Of(Whole), ["total"] = Of(Whole), ["oldest"] = Ref("Mark"), ["newest"] = Ref("Mark"),
                }),
            }),
            ["Topic"] = Object("A topic in a listing.", ["name", "href"], new()
            {
                ["name"] = Of(Text), ["href"] = Of(Text), ["metadata"] = Ref("Metadata"),
            }),
            ["TopicPage"] = Object("A page of topics.", ["topics", "links"], new()
            {
                ["topics"] = ArrayOf(Ref("Topic")), ["links"] = ArrayOf(Ref("Link")),
            }),
            ["TopicStats"] = Object("How many messages a topic has.", ["messages"], new()
            {
                ["messages"] = Object("The counts.", ["total"], new()
                {
                    ["total"] = Of(Whole), ["oldest"] = Ref("Mark"), ["newest"] = Ref("Mark"),
                    ["claimed"] = Of(Whole, "Only of a topic that is not there."), ["free"] = Of(Whole, "Likewise."),
                }),
            }),
            ["Purge"] = Object("What to throw away; both without a body.", ["resource_types"], new()
            {
                ["resource_types"] = ArrayOf(Of(Text, "messages or subscriptions.")),
            }),
            ["Share"] = Object("What to let a bearer do; no other keys.", [], new()
            {
                ["paths"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Array | JsonSchemaType.Null, Items = Of(Text, "messages, subscriptions or claims."),
                    Description = "Collections that open, with all in them; messages without any.",
                },
                ["methods"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Array | JsonSchemaType.Null, Items = Of(Text), Description = "Case-sensitive; GET without any.",
                },
                ["expires"] = Of(Text | JsonSchemaType.Null, "ISO 8601 date or date and time, UTC without an offset; a day from now without one."),
            }),
            ["Shared"] = Object("A pre-signed URL.", ["paths", "methods", "project", "expires", "signature"], new()
            {
                ["paths"] = ArrayOf(Of(Text)), ["methods"] = ArrayOf(Of(Text)), ["project"] = Of(Text),
                ["expires"] = Of(Text, "UTC: 2030-01-01T00:00:00."), ["signature"] = Of(Text, "64 hex digits."),
            }),
            ["Post"] = Object("Messages to post.", ["messages"], new()
            {
                ["messages"] = ArrayOf(Object("A message.", ["body"], new()
                {
                    ["body"] = Any("Any JSON, kept byte for byte."),
                    ["ttl"] = Of(Whole, "Seconds."),
                    ["delay"] = Of(Whole, "Seconds; read only by a queue that delays."),
                })),
            }),
            ["Posted"] = Object("Where the messages are.", ["resources"], new() { ["resources"] = ArrayOf(Of(Text)) }),
            ["Message"] = Object("A message.", ["id", "href", "ttl", "age", "body"], new()
            {
                ["id"] = Of(Text, "Opaque.", "uuid"),
                ["href"] = Of(Text, "Names the claim while there is one, as the last thing."),
                ["ttl"] = Of(Whole, "Seconds."),
                ["age"] = Of(Whole, "Seconds."),
                ["body"] = Any(),
                ["checksum"] = Of(Text, "MD5: and 32 hex digits."),
            }),
            ["MessagePage"] = Object("A page of messages.", ["messages"], new()
            {
                ["messages"] = ArrayOf(Ref("Message")), ["links"] = ArrayOf(Ref("Link")),
            }),
            ["Popped"] = Object("Messages that are gone from their queue.", ["messages"], new()
            {
                ["messages"] = ArrayOf(Object("A message.", ["id", "ttl", "age", "body", "claim_id", "claim_count"], new()
                {
                    ["id"] = Of(Text, null, "uuid"), ["ttl"] = Of(Whole), ["age"] = Of(Whole), ["body"] = Any(),
                    ["claim_id"] = Of(JsonSchemaType.Null), ["claim_count"] = Of(Whole), ["checksum"] = Of(Text),
                })),
            }),
            ["ClaimTerms"] = Object("How long a claim lives; null counts as absent.", [], new()
            {
                ["ttl"] = Of(Whole | JsonSchemaType.Null, "Seconds."),
                ["grace"] = Of(Whole | JsonSchemaType.Null, "Seconds that its messages outlive it at least."),
            }),
            ["Claimed"] = Object("The messages of a new claim.", ["messages"], new() { ["messages"] = ArrayOf(Ref("Message")) }),
            ["Claim"] = Object("A claim.", ["age", "ttl", "messages", "href"], new()
            {
                ["age"] = Of(Whole), ["ttl"] = Of(Whole), ["messages"] = ArrayOf(Ref("Message")), ["href"] = Of(Text),
            }),
            ["SubscriptionDraft"] = Object("Whom to tell of a queue's messages.", ["subscriber"], new()
            {
                ["subscriber"] = Of(Text, "URI of the scheme http, https, mailto, trust+http or trust+https.", "uri"),
                ["ttl"] = Of(Whole, "Seconds."),
                ["options"] = Ref("SubscriptionOptions"),
            }),
            ["SubscriptionChange"] = Object("What to change, at least one; null counts as absent.", [], new()
            {
                ["subscriber"] = Of(Text | JsonSchemaType.Null, "As at creation."),
                ["ttl"] = Of(Whole | JsonSchemaType.Null, "Seconds from now."),
                ["options"] = Any("In place of all options; a secret of *** keeps the one that is there."),
            }),
            ["SubscriptionOptions"] = Object("How to tell; any other keys are kept too.", [], new()
            {
                ["_retry_policy"] = Any("How deliveries are tried again, unless the queue's policy overrules it."),
                ["post_data"] = Any("Text of the request; \"$zaqar_message$\", with the quotes, stands for the message."),
                ["post_headers"] = Any("Headers of the request, as an object of texts."),
                ["secret"] = Of(Text, "Key of the signatures: any text, or whsec_ and base64. Shown as ***."),
                ["subject"] = Of(Text, "Of mails."),
                ["from"] = Of(Text, "Of mails."),
                ["trust_id"] = Of(Text, "Keystone's trust for trust+http and trust+https."),
            }),
            ["Subscribed"] = Object("The subscription.", ["subscription_id"], new() { ["subscription_id"] = Of(Text, "Opaque.", "uuid") }),
            ["Subscription"] = Object("A subscription.", ["id", "source", "subscriber", "ttl", "age", "options", "confirmed"], new()
            {
                ["id"] = Of(Text, "Opaque.", "uuid"), ["source"] = Of(Text, "Name of the queue."), ["subscriber"] = Of(Text),
                ["ttl"] = Of(Whole, "Seconds."), ["age"] = Of(Whole, "Seconds since its creation."), ["options"] = Ref("SubscriptionOptions"),
                ["confirmed"] = Of(Flag),
            }),
            ["SubscriptionPage"] = Object("A page of subscriptions.", ["subscriptions", "links"], new()
            {
                ["subscriptions"] = ArrayOf(Ref("Subscription")), ["links"] = ArrayOf(Ref("Link")),
            }),
            ["Confirmation"] = Object("What the subscriber wants.", ["confirmed"], new() { ["confirmed"] = Of(Flag) }),
            ["Delivery"] = Object("What became of one thing that was to be told to a subscriber.",
                ["id", "kind", "message_id", "status", "attempts", "created_at", "next_attempt_at", "last_attempt_at", "ended_at",
                    "last_status", "last_reason", "latency_ms"],
                new()
                {
                    ["id"] = Of(Text, "What the receiver knows repetitions by.", "uuid"),
                    ["kind"] = Of(Text, "Notification, SubscriptionConfirmation or UnsubscribeConfirmation."),
                    ["message_id"] = Of(Text | JsonSchemaType.Null, "Null for a confirmation.", "uuid"),
                    ["status"] = Of(Text, "waiting, delivered or failed."),
                    ["attempts"] = Of(Whole, "Since it was last asked for."),
                    ["created_at"] = Of(Text, "UTC.", "date-time"),
                    ["next_attempt_at"] = Of(Text | JsonSchemaType.Null, "Null when it has ended.", "date-time"),
                    ["last_attempt_at"] = Of(Text | JsonSchemaType.Null, null, "date-time"),
                    ["ended_at"] = Of(Text | JsonSchemaType.Null, null, "date-time"),
                    ["last_status"] = Of(Whole | JsonSchemaType.Null, "What the subscriber last answered, if it did."),
                    ["last_reason"] = Of(Text | JsonSchemaType.Null, "Why the last attempt did not end it well."),
                    ["latency_ms"] = Of(Whole | JsonSchemaType.Null, "Of the last attempt."),
                }),
            ["DeliveryPage"] = Object("A page of deliveries.", ["deliveries", "links"], new()
            {
                ["deliveries"] = ArrayOf(Ref("Delivery")), ["links"] = ArrayOf(Ref("Link")),
            }),
            ["PoolDraft"] = Object("A pool: a database that queues can live in; no other keys.", ["uri", "weight"], PoolMembers()),
            ["PoolChange"] = Object("What to change, at least one; other keys mean nothing.", [], PoolMembers()),
            ["Pool"] = Object("A pool.", ["name", "href", "uri", "weight", "flavor"], new()
            {
                ["name"] = Of(Text), ["href"] = Of(Text, "A path."), ["uri"] = Of(Text, "Its password as ***."),
                ["weight"] = Of(Whole), ["flavor"] = Of(Text | JsonSchemaType.Null), ["options"] = Any("When detailed."),
            }),
            ["PoolPage"] = Object("A page of pools.", ["pools", "links"], new()
            {
                ["pools"] = ArrayOf(Ref("Pool")), ["links"] = ArrayOf(Ref("Link")),
            }),
            ["Move"] = Object("A move of a queue, or of a topic, from one pool to another.", ["id", "project", "from", "to", "state", "copied", "total", "started_at", "failure"], new()
            {
                ["id"] = Of(Text), ["project"] = Of(Text), ["queue"] = Of(Text, "Its name; absent for a topic."), ["topic"] = Of(Text, "Its name; absent for a queue."),
                ["from"] = Of(Text | JsonSchemaType.Null, "Name of the pool; null for the service's own database, here and in to."), ["to"] = Of(Text | JsonSchemaType.Null),
                ["state"] = Of(Text, "moving; switched: served from where it moves to; failing or failed: it stays where it was."),
                ["copied"] = Of(Whole | JsonSchemaType.Null, "Events and messages; null before they are counted."), ["total"] = Of(Whole | JsonSchemaType.Null),
                ["started_at"] = Of(Text, "UTC."), ["failure"] = Of(Text | JsonSchemaType.Null, "Why it stays where it was."),
            }),
            ["MovePage"] = Object("A page of moves.", ["moves", "links"], new()
            {
                ["moves"] = ArrayOf(Ref("Move")), ["links"] = ArrayOf(Ref("Link")),
            }),
            ["FlavorDraft"] = Object("Which pools a flavor has; no other keys.", ["pool_list"], new()
            {
                ["pool_list"] = ArrayOf(Of(Text, "Name of a pool.")), ["capabilities"] = Object("Means nothing: all pools can do the same.", [], []),
            }),
            ["FlavorChange"] = Object("Which pools a flavor has from now on; other keys mean nothing.", ["pool_list"], new()
            {
                ["pool_list"] = ArrayOf(Of(Text, "Name of a pool.")),
            }),
            ["Flavor"] = Object("A flavor.", ["name", "href"], new()
            {
                ["name"] = Of(Text), ["href"] = Of(Text, "A path."),
                ["pool_list"] = ArrayOf(Of(Text, "Name of a pool.")), ["capabilities"] = ArrayOf(Of(Text, "FIFO and the like.")),
            }),
            ["FlavorPage"] = Object("A page of flavors.", ["flavors", "links"], new()
            {
                ["flavors"] = ArrayOf(Ref("Flavor")), ["links"] = ArrayOf(Ref("Link")),
            }),
            ["Health"] = Object("How each operation fared.", ["storage_reachable", "operation_status", "message_volume"], new()
            {
                ["storage_reachable"] = Of(Flag), ["operation_status"] = Any("One member per operation."),
                ["message_volume"] = Any("free, claimed and total."),
            }),
        };

        static Dictionary<string, IOpenApiSchema> PoolMembers() => new()
        {
            ["uri"] = new OpenApiSchema
            {
                Type = Text, MaxLength = PoolDraft.MaxTextLength,
                Description = "postgresql://user:password@host:port/database; a password of *** stands for the one that the pool has with this uri.",
            },
            ["weight"] = new OpenApiSchema
            {
                Type = Whole, Minimum = "0", Maximum = $"{PoolDraft.MaxWeight}", Description = "Its part of the new queues, against those of others.",
            },
            ["flavor"] = new OpenApiSchema
            {
                Type = Text | JsonSchemaType.Null, MaxLength = PoolDraft.MaxTextLength, Description = "Name of a flavor; null or empty for none.",
            },
            ["options"] = Object("Kept and shown, and of no effect.", [], []),
        };

        OpenApiSchemaReference Ref(string name) => new(name, document);
    }

    private static OpenApiSchema Of(JsonSchemaType type, string? description = null, string? format = null) =>
        new() { Type = type, Description = description, Format = format };

    private static OpenApiSchema Any(string? description = null) => new() { Description = description };

    private static OpenApiSchema ArrayOf(IOpenApiSchema items) => new() { Type = JsonSchemaType.Array, Items = items };

    private static OpenApiSchema Object(string description, string[] required, Dictionary<string, IOpenApiSchema> members) => new()
    {
        Type = JsonSchemaType.Object, Description = description, Properties = members, Required = required.ToHashSet(),
    };
}
