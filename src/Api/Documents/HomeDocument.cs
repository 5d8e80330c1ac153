using System.Buffers;
using System.Text.Json;
using Zaqar.Api.Responses;

namespace Zaqar.Api.Documents;

/// <summary>What the API offers, for clients that look first.</summary>
/// <remarks>
/// Word for word the original's, oddities included: it names a parameter <c>claim</c> that the server reads as <c>claim_id</c>, and
/// leaves out topics. Source: API contract, section 1.2.
/// </remarks>
internal static class HomeDocument
{
    private static readonly Resource[] _everyone =
    [
        new("queues", "/queues{?marker,limit,detailed}", ["marker", "limit=queue_limit", "detailed"], "GET"),
        new("queue", "/queues/{queue_name}", ["queue_name"], "GET, PUT, DELETE, PATCH"),
        new("queue_stats", "/queues/{queue_name}/stats", ["queue_name"], "GET"),
        new("queue_share", "/queues/{queue_name}/share", ["queue_name"], "POST"),
        new("queue_purge", "/queues/{queue_name}/purge", ["queue_name"], "POST"),
        new("messages", "/queues/{queue_name}/messages{?marker,limit,echo,include_claimed}",
            ["queue_name", "marker", "limit=messages_limit", "echo", "include_claimed"], "GET"),
        new("post_messages", "/queues/{queue_name}/messages", ["queue_name"], "POST"),
        new("messages_delete", "/queues/{queue_name}/messages{?ids,pop}", ["queue_name", "ids", "pop"], "DELETE"),
        new("message_delete", "/queues/{queue_name}/messages/{message_id}{?claim}", ["queue_name", "message_id", "claim=claim_id"], "DELETE"),
        new("message_get", "/queues/{queue_name}/messages/{message_id}", ["queue_name", "message_id"], "GET"),
        new("claim", "/queues/{queue_name}/claims/{claim_id}", ["queue_name", "claim_id"], "GET"),
        new("post_claim", "/queues/{queue_name}/claims{?limit}", ["queue_name", "limit=claim_limit"], "POST"),
        new("patch_claim", "/queues/{queue_name}/claims/{claim_id}", ["queue_name", "claim_id"], "PATCH", TakesJson: true),
        new("delete_claim", "/queues/{queue_name}/claims/{claim_id}", ["queue_name", "claim_id"], "DELETE"),
        new("subscriptions_get", "/queues/{queue_name}/subscriptions{?marker,limit}",
            ["queue_name", "marker", "limit=subscription_limit"], "GET"),
        new("subscriptions_post", "/queues/{queue_name}/subscriptions", ["queue_name", "limit=subscription_limit"], "POST"),
        new("subscription", "/queues/{queue_name}/subscriptions/{subscriptions_id}", ["queue_name", "subscriptions_id"], "GET, DELETE"),
        new("subscription_patch", "/queues/{queue_name}/subscriptions/{subscriptions_id}", ["queue_name", "subscriptions_id"], "PATCH",
            TakesJson: true),
        new("ping", "/ping", [], "GET"),
    ];

    private static readonly Resource[] _administrators =
    [
        new("pools", "/pools{?detailed,limit,marker}", ["detailed", "limit=pool_limit", "marker"], "GET"),
        new("pool", "/pools/{pool_name}", ["pool_name"], "GET, PUT, PATCH, DELETE"),
        new("flavors", "/flavors{?detailed,limit,marker}", ["detailed", "limit=flavor_limit", "marker"], "GET"),
        new("flavor", "/flavors/{flavor_name}", ["flavor_name"], "GET, PUT, PATCH, DELETE"),
        new("health", "/health", [], "GET", IsTemplate: false),
    ];

    /// <param name="adminMode">Whether the administrators' resources are listed too.</param>
    public static byte[] Write(bool adminMode)
    {
        var bytes = new ArrayBufferWriter<byte>(8192);
        using (var json = new Utf8JsonWriter(bytes, JsonAnswer.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteStartObject("resources");
            foreach (var resource in adminMode ? [.. _everyone, .. _administrators] : _everyone)
                resource.Write(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <param name="Name">Without <c>rel/</c>.</param>
    /// <param name="Template">Without <c>/v2</c>.</param>
    /// <param name="Variables"><c>name</c>, or <c>name=type</c> where the two differ, types without <c>param/</c>.</param>
    /// <param name="Methods">Comma-separated, in the order shown.</param>
    /// <param name="TakesJson">Whether it takes a JSON body by another method than POST, which always does.</param>
    /// <param name="IsTemplate">Whether the path stands under <c>href-template</c> or under <c>href</c>.</param>
    private sealed record Resource(
        string Name, string Template, string[] Variables, string Methods, bool TakesJson = false, bool IsTemplate = true)
    {
        public void Write(Utf8JsonWriter json)
        {
            json.WriteStartObject($"rel/{Name}");
            json.WriteString(IsTemplate ? "href-template" : "href", $"/v2{Template}");
            if (Variables.Length > 0)
            {
                json.WriteStartObject("href-vars");
                foreach (var variable in Variables)
                    json.WriteString(variable.Split('=')[0], $"param/{variable.Split('=')[^1]}");
                json.WriteEndObject();
            }

            json.WriteStartObject("hints");
            WriteList(json, "allow", Methods.Split(", "));
            json.WriteStartObject("formats");
            json.WriteStartObject(JsonAnswer.ContentType);
            json.WriteEndObject();
            json.WriteEndObject();
            if (TakesJson || Methods == "POST")
                WriteList(json, "accept-post", JsonAnswer.ContentType);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        private static void WriteList(Utf8JsonWriter json, string name, params string[] items)
        {
            json.WriteStartArray(name);
            foreach (var item in items)
                json.WriteStringValue(item);
            json.WriteEndArray();
        }
    }
}
