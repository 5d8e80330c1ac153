namespace Zaqar.Integration.Isolation;

/// <summary>How to ask each action of the WebSocket's table.</summary>
internal static class ActionRecipes
{
    /// <summary>By the action's name.</summary>
    public static IReadOnlyDictionary<string, Way[]> All { get; } = new Dictionary<string, Way[]>(StringComparer.Ordinal)
    {
        ["queue_list"] = [new(200, "{}"), new(200, """{"marker": "{queue_name}", "detailed": true}""") { Name = "after a marker" }],
        ["queue_create"] =
        [
            new(204, """{"queue_name": "{queue_name}"}"""),
            new(201, """{"queue_name": "new.{queue_name}", "metadata": {}}""") { Name = "a new one", Changes = true },
        ],
        ["queue_delete"] = [new(204, """{"queue_name": "{queue_name}"}""") { Changes = true }],
        ["queue_get"] = [new(200, """{"queue_name": "{queue_name}"}""")],
        ["queue_get_stats"] = [new(200, """{"queue_name": "{queue_name}"}""")],
        ["queue_purge"] = [new(204, """{"queue_name": "{queue_name}"}""") { Changes = true }],

        ["message_list"] =
        [
            new(200, """{"queue_name": "{queue_name}", "echo": true, "include_claimed": true, "limit": 20}"""),
            new(200, """{"queue_name": "{queue_name}", "echo": true, "include_claimed": true, "marker": "{message_id}"}""") { Name = "after a marker" },
        ],
        ["message_get"] = [new(200, """{"queue_name": "{queue_name}", "message_id": "{message_id}"}""")],
        ["message_get_many"] = [new(200, """{"queue_name": "{queue_name}", "message_ids": ["{message_id}", "{claimed_id}"]}""")],
        ["message_post"] = [new(201, """{"queue_name": "{queue_name}", "messages": [{"body": 1, "ttl": 60}]}""") { Changes = true }],
        ["message_delete"] =
        [
            new(204, """{"queue_name": "{queue_name}", "message_id": "{message_id}"}""") { Changes = true },
            new(204, """{"queue_name": "{queue_name}", "message_id": "{claimed_id}", "claim_id": "{claim_id}"}""") { Name = "that is claimed", Changes = true },
        ],
        ["message_delete_many"] =
        [
            new(204, """{"queue_name": "{queue_name}", "message_ids": ["{message_id}", "{claimed_id}"]}""") { Name = "by ids", Changes = true },
            new(200, """{"queue_name": "{queue_name}", "pop": 20}""") { Name = "the oldest", Changes = true },
        ],

        ["claim_create"] = [new(201, """{"queue_name": "{queue_name}", "limit": 20, "ttl": 300, "grace": 60}""") { Changes = true }],
        ["claim_get"] = [new(200, """{"queue_name": "{queue_name}", "claim_id": "{claim_id}"}""")],
        ["claim_update"] = [new(204, """{"queue_name": "{queue_name}", "claim_id": "{claim_id}", "ttl": 600, "grace": 60}""") { Changes = true }],
        ["claim_delete"] = [new(204, """{"queue_name": "{queue_name}", "claim_id": "{claim_id}"}""") { Changes = true }],

        ["subscription_create"] =
        [
            new(201, """{"queue_name": "{queue_name}", "ttl": 3600}""") { Name = "itself", Changes = true },
            new(201, """{"queue_name": "{queue_name}", "subscriber": "http://example.com/new", "ttl": 3600}""") { Changes = true },
            new(409, """{"queue_name": "{queue_name}", "subscriber": "http://example.com/{secret}", "ttl": 3600}""") { Name = "one that is there" },
        ],
        ["subscription_list"] =
        [
            new(200, """{"queue_name": "{queue_name}"}"""),
            new(200, """{"queue_name": "{queue_name}", "marker": "{subscription_id}", "limit": 20}""") { Name = "after a marker" },
        ],
        ["subscription_get"] = [new(200, """{"queue_name": "{queue_name}", "subscription_id": "{subscription_id}"}""")],
        ["subscription_delete"] = [new(204, """{"queue_name": "{queue_name}", "subscription_id": "{subscription_id}"}""") { Changes = true }],
    };
}
